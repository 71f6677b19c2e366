"""Files that the command line names and that cannot be read: a plain sentence, and nothing of Python's."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.tui.commands.conftest import Bench


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none.json", "there is no file"),
        ("latin.json", "is not UTF-8 text"),
        ("folder", "is a folder"),
    ],
)
@pytest.mark.parametrize("command", [("create", "ensono", "--from"), ("update", "ensono", "X1", "description=@")])
def test_what_cannot_be_read_is_said_plainly(bench: Bench, command: Sequence[str], name: str, words: str) -> None:
    (bench.folder / "latin.json").write_bytes(b'{"summary": "caf\xe9"}')
    (bench.folder / "folder").mkdir()
    file = str(bench.folder / name)
    given = [*command[:-1], command[-1] + file] if command[-1].endswith("@") else [*command, file]
    message = bench.failed(2, *given)["error"]["message"]
    assert file in message
    assert words in message
    assert "codec" not in message
    assert "Errno" not in message
