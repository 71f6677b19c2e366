"""The real program on a real terminal: what it writes, and that it leaves when the line is gone."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from providers.sandbox import Sandbox
from tests.support.command_line import command, environment
from tests.support.hostile import HOSTILE
from tests.support.terminal import Terminal, on_terminal

ALLOWED = re.compile(
    rb"\x1b(?:"
    rb"\[[0-9;]*[HGCm]"  # moves and styles
    rb"|\[2J"  # clear, on redraw
    rb"|\[\?(?:25|7|1004|1049|2004|2026|2048)[hl]"  # modes of a full-screen program
    rb"|\[\?(?:2026|2048)\$p"  # what the terminal can do
    rb"|\[[<>][0-9]*u"  # the keyboard's protocol
    rb"|\]22;[a-z]+\x07"  # the pointer's shape
    rb"|\]52;c;[A-Za-z0-9+/=]*\x07"  # the clipboard
    rb")"
)


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """The vendors."""
    with Sandbox(seed=1) as box:
        yield box


@contextmanager
def vendorq(box: Sandbox, folder: Path, *words: str, **variables: str) -> Iterator[Terminal]:
    """The dashboard on the sandbox, once its first picture stands."""
    config = folder / "config.toml"
    config.write_text(box.config(folder / "store"))
    config.chmod(0o600)
    with on_terminal(
        command("--config", str(config), *words),
        environment(folder, VENDORQ_ENGINEER="Ada <ada@client.example>", **variables),
        folder=folder,
    ) as terminal:
        terminal.until_shown("Needs me")
        yield terminal


def stray(written: bytes) -> bytes:
    """What is left of control characters when all that is allowed is taken out."""
    rest = ALLOWED.sub(b"", written)
    return bytes(byte for byte in rest if (byte < 0x20 and byte not in b"\n\r\x07") or byte == 0x7F)


def test_whatever_vendors_write_only_our_own_sequences_reach_the_terminal(box: Sandbox, tmp_path: Path) -> None:
    for place, text in enumerate(HOSTILE):
        number = box.ensono.create(client_number=f"INC{place}", shortDescription=text[:160], description=text)
        box.ensono.comment(number, text)
        box.kpn_connect.create(reference=f"REF{place}", short_description=text[:160], description=text)
    with vendorq(box, tmp_path) as terminal:
        terminal.press(b"2")
        terminal.until_shown("[@click=app.quit]press")
        for keys in (
            b"2",
            b"\x1b[6~",
            b"\r",
            b"v",
            b"\x1b",
            b"\t",
            b"\x1b[F",
            b"H",
            b"\x1b",
            b"y",
            b":",
            b"\x1b",
            b"2",
        ):
            terminal.press(keys)
            terminal.settle()
        terminal.press(b"q")
        assert terminal.wait() == 0
        assert stray(bytes(terminal.written)) == b""
        assert b"\xc2\x9b" not in terminal.written
        assert b"\x1b]0;" not in terminal.written


def test_the_terminal_is_left_as_it_was_found(box: Sandbox, tmp_path: Path) -> None:
    with vendorq(box, tmp_path) as terminal:
        terminal.press(b"q")
        assert terminal.wait() == 0
        assert terminal.written.count(b"\x1b[?1049h") == terminal.written.count(b"\x1b[?1049l") == 1
        assert terminal.written.rfind(b"\x1b[?25h") > terminal.written.rfind(b"\x1b[?25l")


def test_a_lost_line_ends_the_program_within_its_deadline(box: Sandbox, tmp_path: Path) -> None:
    with vendorq(box, tmp_path) as terminal:
        terminal.hang_up()
        assert terminal.wait(10) in (128 + signal.SIGHUP, -signal.SIGHUP)


def test_termination_ends_the_program_with_its_code_and_the_terminal_whole(box: Sandbox, tmp_path: Path) -> None:
    with vendorq(box, tmp_path) as terminal:
        os.kill(terminal.process, signal.SIGTERM)
        assert terminal.wait(10) == 128 + signal.SIGTERM
        assert b"\x1b[?1049l" in terminal.written


def test_half_typed_words_outlive_a_lost_line(box: Sandbox, tmp_path: Path) -> None:
    number = box.ensono.create(client_number="INC0001", shortDescription="Order entry stands still")
    with vendorq(box, tmp_path) as terminal:
        terminal.press(b"2")
        terminal.until_shown(number, "1 of 1")  # in the list: the message is there a moment before its ticket
        terminal.press(b"c")
        terminal.until_shown("Comment *")
        terminal.press(b"The node")
        terminal.until_shown("The node")
        terminal.hang_up()
        terminal.wait(10)
    with vendorq(box, tmp_path) as terminal:
        terminal.press(b"2")
        terminal.until_shown(number, "1 of 1")  # in the list: the message is there a moment before its ticket
        terminal.press(b"c")
        terminal.until_shown("The node")


def test_no_colour_at_all_where_none_is_wanted(box: Sandbox, tmp_path: Path) -> None:
    with vendorq(box, tmp_path, NO_COLOR="1") as terminal:
        terminal.press(b"2")
        terminal.settle()
        assert not re.search(
            rb"\x1b\[(?:[0-9;]*;)?(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])(?:;[0-9;]*)?m", bytes(terminal.written)
        )


def test_stopping_and_going_on_draws_the_whole_screen_again(box: Sandbox, tmp_path: Path) -> None:
    with vendorq(box, tmp_path) as terminal:
        terminal.settle()
        terminal.screen.reset()
        terminal.press(b"\x0c")
        terminal.until_shown("Needs me")
        terminal.until_shown("Incoming")


def test_another_size_draws_another_layout(box: Sandbox, tmp_path: Path) -> None:
    with vendorq(box, tmp_path) as terminal:
        terminal.until_shown("Incoming")
        terminal.resize(80, 24)
        terminal.until(lambda: "Incoming" not in terminal.text, "one pane")
        terminal.resize(120, 40)
        terminal.until_shown("Incoming")
