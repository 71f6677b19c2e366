"""Over a real sshd on loopback: the same sequences as on a terminal of our own, and a lost line that ends it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import sshd
from tests.support.command_line import SandboxProcess
from tests.support.escapes import strays
from tests.support.on_sandbox import Place, until_ready
from tests.support.poison import poison
from tests.support.terminal import on_terminal
from tests.support.tour import walk

pytestmark = pytest.mark.skipif(bool(sshd.missing()), reason=sshd.missing())


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sshd.Line]:
    """A way in."""
    with sshd.line(tmp_path_factory.mktemp("sshd")) as line:
        yield line


def until_ended(process: int, seconds: float) -> bool:
    """Whether a process that is not our child is gone, or only its entry left, within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_poisoned_vendors_write_nothing_over_ssh(box: SandboxProcess, place: Place, line: sshd.Line) -> None:
    poison(box)
    words = line.words(place.words(), place.environment(), place.home)
    with on_terminal(words, {"PATH": os.environ["PATH"], "HOME": str(place.home)}) as terminal:
        until_ready(terminal)
        walk(terminal, b"2")
        terminal.until_shown("begin-0")
        walk(terminal, b"g", b"j", b"v", b"v", b"\t", b"j", b"H", b"\x1b", b"q")
        assert terminal.wait() == 0
    written = bytes(terminal.written)
    assert b"begin-0" in written
    assert strays(written) == []


def test_a_dropped_connection_keeps_what_was_typed_and_leaves_nothing_behind(
    box: SandboxProcess, place: Place, line: sshd.Line
) -> None:
    number = box.call("ensono", "create", shortDescription="Order entry stands still", client_number="INC0905")
    words = line.words(place.words(), place.environment(), place.home)
    with on_terminal(words, {"PATH": os.environ["PATH"], "HOME": str(place.home)}) as terminal:
        until_ready(terminal)
        walk(terminal, b"2", b"/")
        terminal.until_shown("Filter")
        walk(terminal, number.encode(), b"\r")
        terminal.until_shown("1 of 1")
        terminal.press(b"cThe node is")
        terminal.until_shown("The node is")
        process = int((place.home / "pid").read_text())
        os.kill(terminal.process, signal.SIGKILL)
        assert until_ended(process, 20)
    with place.dashboard() as terminal:
        until_ready(terminal)
        walk(terminal, b"2", b"/")
        terminal.until_shown("Filter")
        walk(terminal, number.encode(), b"\r")
        terminal.until_shown("1 of 1")
        terminal.press(b"c")
        terminal.until_shown("The node is")
