"""`vendorq demo` on a real terminal: it opens, it ends with a key, and nothing of it stays behind."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

from tests.support.command_line import PATIENCE, command, environment


def read_until(terminal: int, words: str) -> str:
    """What the program wrote, until these words are among it."""
    shown = b""
    end = time.monotonic() + PATIENCE
    while words.encode() not in shown:
        assert time.monotonic() < end, shown[-2000:]
        if select.select([terminal], [], [], 0.2)[0]:
            shown += os.read(terminal, 65_536)
    return shown.decode("utf-8", "replace")


def test_the_demo_opens_and_leaves_nothing_behind(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    places = tmp_path / "tmp"
    places.mkdir()
    process = subprocess.Popen(
        command("demo"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(tmp_path, TERM="xterm-256color", TMPDIR=str(places)),
        start_new_session=True,
    )
    os.close(theirs)
    try:
        read_until(ours, "Needs me")
        (folder,) = places.glob("vendorq-demo-*")
        assert folder.stat().st_mode & 0o777 == 0o700
        os.write(ours, b"q")
        end = time.monotonic() + PATIENCE
        while process.poll() is None:
            assert time.monotonic() < end
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    os.read(ours, 65_536)
                except OSError:
                    break  # Linux' way of saying that the other end of a terminal is closed
        assert process.wait(PATIENCE) == 0
        assert list(places.glob("vendorq-demo-*")) == []
        assert list(tmp_path.glob(".local/state/*")) == []
    finally:
        process.kill()
        process.wait(PATIENCE)
        os.close(ours)
