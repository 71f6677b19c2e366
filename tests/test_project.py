"""The project's own promises: its top level, its README's commands, its pinned dependencies."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "docs",
    "providers",
    "pyproject.toml",
    "tests",
    "themes",
    "tui",
    "uv.lock",
}


def blocks() -> list[tuple[str, str]]:
    return re.findall(r"^```(\w*)\n(.*?)^```$", (ROOT / "README.md").read_text(), re.S | re.M)


def test_the_top_level_holds_what_belongs_there_and_nothing_else() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split("/")[0] for line in tracked.splitlines()} == TOP_LEVEL


def test_the_readme_opens_with_one_command_to_try_it_and_one_to_test_it() -> None:
    first, second = blocks()[:2]
    for language, body in (first, second):
        assert language == "sh"
        assert len(body.splitlines()) == 1
        assert not body.startswith("$")
    assert first[1].rstrip().endswith("vendorq demo")
    assert "pytest" in second[1]


def test_the_pinned_versions_are_the_locked_ones() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    locked = {(package["name"], package["version"]) for package in lock["package"] if package["name"] != "vendorq"}
    pinned = set()
    for line in (ROOT / "docs" / "constraints.txt").read_text().splitlines():
        name, _, version = line.split(";")[0].strip().partition("==")
        pinned.add((name, version))
    assert pinned == locked


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    for line in re.findall(r'^  "[a-z].*[<>=].*$', text, re.M):
        assert "#" in line, f"a dependency without its reason: {line}"
