"""A bare `vendorq` goes straight to the dashboard; whatever else stands there is the command line's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import environment
from tui.entry import bare
from tui.session import Session


@pytest.mark.parametrize(
    ("words", "session"),
    [
        ([], Session(config_file=None, read_only=False)),
        (["--config", "a.toml"], Session(config_file="a.toml", read_only=False)),
        (["--config=a.toml", "--read-only"], Session(config_file="a.toml", read_only=True)),
    ],
)
def test_without_a_command_the_dashboard_opens(words: list[str], session: Session) -> None:
    assert bare(words) == session


@pytest.mark.parametrize(
    "words", [["list"], ["--config"], ["--help"], ["--config", "a.toml", "list"], ["--con=x"], [""]]
)
def test_all_else_is_for_the_command_line(words: list[str]) -> None:
    assert bare(words) is None


def test_the_dashboard_s_beginning_imports_no_command_line(tmp_path: Path) -> None:
    code = (
        "import sys; from tui.entry import main; code = main([])\n"
        "print(code, 'click' in sys.modules, 'textual' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert done.stdout.split() == ["2", "False", "False"]
    assert "needs a terminal" in done.stderr
