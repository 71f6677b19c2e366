"""Between the marks of a paste everything is text; outside them everything is as Textual alone would have it.

Models: Textual's own parser for what is no paste, and the text itself, made safe, for what is one.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste
from textual.message import Message

from providers.text import safe_text
from tui.paste_parser import LONGEST, PATIENCE, SILENCE, PasteParser

START, END = "\x1b[200~", "\x1b[201~"
KEYS = ("a", "é", "\x13", "\r", "\x1b[A", "\x1bOP", "\x1b[97;5u", "\x1b[24~", "\x1b[I", "\x1b[<0;3;4M")
ENDED = "z"
"""A key after all: nothing may wait for more of a sequence then."""
SPLITS = st.lists(st.integers(0, 400), max_size=8)
# Letters that make marks and parts of marks, sequences and control characters.
TEXT = st.text("\x1b[]0123~;mA\x07\x13\x1a\r\n\t\\é", max_size=30)

Seen = tuple[str, ...]


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def seen(messages: Iterable[Message]) -> list[Seen]:
    """What each event says."""
    found: list[Seen] = []
    for message in messages:
        match message:
            case Paste():
                found.append(("paste", message.text))
            case Key():
                found.append(("key", message.key, repr(message.character)))
            case _:
                found.append((type(message).__name__,))
    return found


def split(text: str, places: list[int]) -> list[str]:
    """The text cut at these places: the reads it may come in."""
    cuts = sorted({0, len(text), *(place for place in places if place < len(text))})
    return [text[begin:end] for begin, end in pairwise(cuts)]


def by_textual(reads: list[str]) -> list[Seen]:
    """What Textual alone makes of it."""
    parser = XTermParser()
    return [event for data in reads for event in seen(parser.feed(data))]


def by_ours(reads: list[str]) -> list[Seen]:
    """What we make of it."""
    parser = PasteParser(clock=Clock())
    return [event for data in reads for event in seen(parser.feed(data))]


class Line:
    """A parser, and a clock to wait by."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.parser = PasteParser(clock=self.clock)

    def read(self, data: str, after: float = 0.0) -> list[Seen]:
        """What comes of a read after so many seconds, in which the driver looked again and again."""
        return self.wait(after) + seen(self.parser.feed(data))

    def wait(self, seconds: float) -> list[Seen]:
        """What comes of waiting."""
        self.clock.now += seconds
        return seen(self.parser.tick())


@given(st.lists(st.sampled_from(KEYS) | TEXT.map(lambda text: START + text + END), max_size=6), SPLITS)
@example(["a", f"{START}\x1b[31mred\x1b[0m\r\n\x13{END}", "\x13"], list(range(400)))
def test_however_it_is_cut_pastes_are_texts_and_keys_are_keys(parts: list[str], places: list[int]) -> None:
    assume(all(part.count(END) == 1 for part in parts if part.startswith(START)))
    wanted: list[Seen] = []
    for part in parts:
        if part.startswith(START):
            wanted.append(("paste", safe_text(part.removeprefix(START).removesuffix(END))))
        else:
            wanted += by_textual([part])
    assert by_ours(split("".join(parts), places)) == wanted


@given(TEXT, SPLITS)
def test_what_is_no_paste_is_as_textual_has_it(text: str, places: list[int]) -> None:
    assume(START not in text)
    assert by_ours([*split(text, places), ENDED]) == by_textual([*split(text, places), ENDED])


def test_a_mark_cut_anywhere_is_a_mark_however_slow_the_line() -> None:
    for mark in range(1, len(START)):
        line = Line()
        found = line.read(START[:mark]) + line.read(START[mark:] + "x", after=PATIENCE / 2)
        found += line.read(END[:mark]) + line.read(END[mark:], after=PATIENCE * 9)
        assert [event for event in found if event != ("key", "escape", repr("\x1b"))] == [("paste", "x")]


def test_an_escape_is_one_after_the_usual_delay() -> None:
    line = Line()
    assert line.read("\x1b") == []
    assert line.wait(0.05) == []
    assert line.wait(0.06) == [("key", "escape", repr("\x1b"))]
    assert line.wait(9) == []


def test_an_escape_before_a_paste_comes_before_it() -> None:
    assert by_ours([f"\x1b{START}x{END}"]) == [("key", "escape", repr("\x1b")), ("paste", "x")]


def test_a_paste_that_pauses_goes_on_as_text() -> None:
    line = Line()
    assert line.read(f"{START}one\n") == []
    assert line.read("d\x13two\n", after=SILENCE * 9) == []
    assert line.read("\x1b[O", after=SILENCE) == [], "the terminal lost the focus: nobody pressed a key"
    assert line.read(END, after=SILENCE) == [("paste", "one\ndtwo\n")]


def test_a_mark_that_comes_a_character_at_a_time_ends_the_paste() -> None:
    line = Line()
    line.read(f"{START}one\x1b")
    assert [event for letter in "[201~" for event in line.read(letter, after=SILENCE)] == [("paste", "one")]


@pytest.mark.parametrize("key", ["j", "\x1b", "\x03", "\x1b[A", "\x1b[27u", "\x1bOP"])
def test_one_key_after_a_silence_ends_a_paste_whose_mark_is_lost(key: str) -> None:
    line = Line()
    assert line.read(f"{START}one\x1b[20") == []
    assert line.read("two", after=SILENCE / 2) == []
    pressed = line.read(key, after=SILENCE) + line.wait(PATIENCE)
    assert pressed == [("paste", safe_text("one\x1b[20two")), *key_of(key)]
    assert line.read("k") == key_of("k")


def key_of(data: str) -> list[Seen]:
    """The key that Textual takes it for."""
    return [("key", "escape", repr("\x1b"))] if data == "\x1b" else by_textual([data])


def test_the_next_paste_ends_one_whose_mark_is_lost() -> None:
    assert by_ours([f"{START}one ", f"{START}two{END}", "k"]) == [("paste", "one two"), *key_of("k")]


def test_a_paste_of_any_length_takes_little_memory_and_says_that_it_was_cut() -> None:
    parser, block = PasteParser(), "x" * 4096
    list(parser.feed(START))
    tracemalloc.start()
    for _ in range(25 * LONGEST // len(block)):
        assert list(parser.feed(block)) == []
    (paste,) = parser.feed(END)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(paste, Paste)
    assert (len(paste.text), getattr(paste, "is_cut", False)) == (LONGEST, True)
    assert most < 5 * LONGEST
    (paste,) = parser.feed(f"{START}x{END}")
    assert isinstance(paste, Paste)
    assert (paste.text, getattr(paste, "is_cut", True)) == ("x", False)
