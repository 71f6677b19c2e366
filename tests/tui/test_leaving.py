"""Leaving: by a signal, by a lost line, and in any case."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tui import leaving

HANGS = """
import asyncio, os, signal
from tui import leaving

leaving.DEADLINE = 0.2


async def leave(code):
    await asyncio.to_thread(__import__("threading").Event().wait)


async def main():
    found = leaving.Leaving(leave)
    found.install()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(60)


asyncio.run(main())
"""


def test_what_hangs_on_its_way_out_is_ended_all_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HANGS],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 128 + signal.SIGTERM


def test_a_terminal_that_hung_up_is_noticed_and_one_that_is_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    near, far = pty.openpty()
    look = os.get_terminal_size
    monkeypatch.setattr(os, "get_terminal_size", lambda _: look(far))
    assert not leaving.is_lost()
    os.close(near)
    assert leaving.is_lost()
    os.close(far)


def test_where_there_never_was_a_terminal_none_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = os.get_terminal_size
    with (tmp_path / "plain").open("w") as file:
        monkeypatch.setattr(os, "get_terminal_size", lambda _: look(file.fileno()))
        assert not leaving.is_lost()


async def test_a_second_signal_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    monkeypatch.setattr(leaving, "end_in_any_case", lambda code: None)

    async def leave(code: int) -> None:
        left.append(code)

    found = leaving.Leaving(leave)
    found.install()
    try:
        assert found.installed
        found._caught(signal.SIGTERM)
        found._caught(signal.SIGTERM)
        assert found._task is not None
        await found._task
    finally:
        found.remove()
    assert left == [128 + signal.SIGTERM]
    assert not found.installed
