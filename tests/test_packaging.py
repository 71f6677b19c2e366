"""The package: what is in it, that each installer takes it, and that the README alone leads to a listed ticket."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.terminal import on_terminal

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).parents[1]
PATIENCE = 600.0
TICKET = re.compile(r"\b(?:e-CS\d{7}|INC#\d{8}|INC\d{4,7}|CS\d{7})\b")


def environment(home: Path, **given: str) -> dict[str, str]:
    """This machine's, so that the installers find their index, with another home and nothing of a Python of ours."""
    dropped = ("PYTHON", "VIRTUAL_ENV", "XDG_", "VENDORQ", "NO_COLOR")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, "HOME": str(home), **given}


def run(words: Sequence[str | Path], home: Path) -> str:
    """A program that must go well; what it printed."""
    done = subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        env=environment(home),
        cwd=home,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def new_environment(folder: Path, home: Path) -> Path:
    """A fresh virtual environment's Python."""
    run([sys.executable, "-m", "venv", folder], home)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is committed, and nothing else."""
    folder = tmp_path_factory.mktemp("clone") / "vendorq"
    run(["git", "clone", "--quiet", ROOT, folder], folder.parent)
    return folder


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """uv and pipx, in an environment of their own."""
    folder = tmp_path_factory.mktemp("tools")
    python = new_environment(folder / "venv", folder)
    run([python, "-m", "pip", "install", "--quiet", "uv", "pipx"], folder)
    return python.parent


@pytest.fixture(scope="module")
def wheel(clone: Path, tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist that lies beside it."""
    folder = tmp_path_factory.mktemp("dist")
    run([tools / "uv", "build", "--quiet", "--out-dir", folder, clone], folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_themes_and_the_manual_page_and_no_tests(wheel: Path, clone: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (page,) = [name for name in names if name.endswith("/share/man/man1/vendorq.1")]
        assert archive.read(page) == (clone / "docs" / "vendorq.1").read_bytes()
    assert {f"themes/{file.name}" for file in (clone / "themes").glob("*.toml")} <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"tui", "providers", "themes", "vendorq"}


def test_the_sdist_holds_what_is_needed_to_build_test_and_read_it(wheel: Path) -> None:
    (sdist,) = wheel.parent.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "docs/vendorq.1", "docs/constraints.txt"}
    assert wanted <= names
    assert {"tests/test_packaging.py", "themes/vendorq-dark.toml", "docs/systemd/vendorq-sync.service"} <= names


def installed_with_pip(wheel: Path, tools: Path, home: Path) -> tuple[Path, Path]:
    """Plain pip in a fresh environment, with the versions it was tested with."""
    python = new_environment(home / "venv", home)
    pinned = ROOT / "docs" / "constraints.txt"
    run([python, "-m", "pip", "install", "--quiet", "-c", pinned, wheel], home)
    return python.parent / "vendorq", home / "venv"


def installed_with_uv(wheel: Path, tools: Path, home: Path) -> tuple[Path, Path]:
    """uv tool install."""
    run([tools / "uv", "tool", "install", "--quiet", "--python", sys.executable, wheel], home)
    return home / ".local" / "bin" / "vendorq", home / ".local" / "share" / "uv"


def installed_with_pipx(wheel: Path, tools: Path, home: Path) -> tuple[Path, Path]:
    """pipx install."""
    places = {"PIPX_HOME": "pipx", "PIPX_BIN_DIR": "bin", "PIPX_MAN_DIR": "man"}
    given = [f"{name}={home / folder}" for name, folder in places.items()]
    run(["env", *given, tools / "pipx", "install", "--quiet", "--python", sys.executable, wheel], home)
    return home / "bin" / "vendorq", home / "man"


@pytest.mark.parametrize("install", [installed_with_pip, installed_with_uv, installed_with_pipx])
def test_each_installer_takes_it(install: object, wheel: Path, tools: Path, tmp_path: Path) -> None:
    assert callable(install)
    vendorq, tree = install(wheel, tools, tmp_path)
    version = wheel.name.split("-")[1]
    assert run([vendorq, "--version"], tmp_path) == f"vendorq {version}\n"
    assert "Start:" in run([vendorq, "--help"], tmp_path)
    schema = json.loads(run([vendorq, "config", "schema"], tmp_path))
    assert len(schema["properties"]["provider"]["items"]["oneOf"]) == 5
    assert "[[provider]]" in run([vendorq, "init", "--print"], tmp_path)
    assert run([vendorq, "man"], tmp_path) == (ROOT / "docs" / "vendorq.1").read_text()
    assert [page.name for page in tree.rglob("vendorq.1")]


def test_an_installation_without_extras_carries_no_server(wheel: Path, tools: Path, tmp_path: Path) -> None:
    vendorq, _ = installed_with_pip(wheel, tools, tmp_path)
    done = subprocess.run(
        [vendorq, "sandbox"], capture_output=True, text=True, env=environment(tmp_path), timeout=PATIENCE, check=False
    )
    assert done.returncode == 78
    assert "vendorq[sandbox]" in done.stderr


def test_a_stranger_with_the_readme_alone_gets_to_a_ticket(clone: Path, tmp_path: Path) -> None:
    """An empty home, a fresh clone, and what the README's first block says, letter for letter."""
    stranger = tmp_path / "vendorq"
    shutil.copytree(clone, stranger)
    found = re.search(r"^```sh\n(.*?)^```$", (stranger / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert found is not None
    home = tmp_path / "home"
    home.mkdir()
    folder = Path(sys.executable).resolve().parent  # a python3 that is no environment of ours
    given = environment(home, PATH=f"{folder}:{os.environ['PATH']}", LANG="C.UTF-8")
    with on_terminal(["bash", "-euo", "pipefail", "-c", found[1]], given, folder=stranger) as terminal:
        terminal.until(lambda: TICKET.search(terminal.text) is not None, "a ticket's number", patience=PATIENCE)
        terminal.press(b"q")
        assert terminal.wait() == 0
    assert not list(home.rglob("*vendorq*"))
