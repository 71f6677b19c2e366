"""Vendor text is safe to show, whatever comes."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.text import safe_line, safe_text

HOSTILE = "\x1b[]P;?0123456789mhABC\\\x07\x9b\x9d\x9c\x90\u202e\u2066\u200b\u2028\r\n\t\x85\ud800\U000e0041x\u0301[/b]"
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
text = st.one_of(st.text(st.sampled_from(HOSTILE), max_size=60), st.text(max_size=60))


def drives_a_terminal(character: str) -> bool:
    if character in "\n\t":
        return False
    return unicodedata.category(character) in ("Cc", "Cs") or character in BIDI


@given(text)
def test_nothing_that_drives_a_terminal_survives(value: str) -> None:
    assert not [character for character in safe_text(value) if drives_a_terminal(character)]


@given(text)
def test_safe_text_is_a_fixed_point(value: str) -> None:
    assert safe_text(safe_text(value)) == safe_text(value)


@given(text, st.integers(1, 80))
def test_a_line_is_one_line_within_its_limit_and_a_fixed_point(value: str, limit: int) -> None:
    line = safe_line(value, limit)
    assert len(line.splitlines()) <= 1
    assert len(line) <= limit
    assert safe_line(line, limit) == line


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_plain_text_stays_as_it_is(value: str) -> None:
    assert safe_text(value) == value


def test_printable_characters_need_no_second_look() -> None:
    printable = [chr(number) for number in range(sys.maxunicode + 1) if chr(number).isprintable()]
    assert not [each for each in printable if drives_a_terminal(each) or unicodedata.category(each) in ("Cf", "Zl")]
    assert [each for each in printable if each.isspace()] == [" "]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    )
)
def test_any_json_value_becomes_text(value: object) -> None:
    assert not [character for character in safe_text(value) if drives_a_terminal(character)]


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b2Jdefused", "2Jdefused"),
        ("he said \xe2\x80\x9cyes\xe2\x80\x9d and left", "he said \xe2yes\xe2 and left"),
        ("\x1b]52;c;aGVsbG8=\x07copied", "copied"),
        ("\x1b]0;title\x1b\\after", "after"),
        ("\x1bP1$r0m\x1b\\after", "after"),
        ("\x1b(Bafter", "after"),
        ("\x1bcafter", "after"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("[/b][@click=app.quit]x[/]", "[/b][@click=app.quit]x[/]"),
        ("日本語 ünïcode 👩\u200d🚒", "日本語 ünïcode 👩\u200d🚒"),
        ("soft\u00adhyphen \u2062invisible\u180e", "softhyphen invisible"),
        (None, ""),
        (17, "17"),
    ],
)
def test_sequences_go_whole_and_text_stays(given_text: object, shown: str) -> None:
    assert safe_text(given_text) == shown


def test_an_unfinished_sequence_does_not_eat_what_follows_on_the_next_line() -> None:
    assert "kept" in safe_text("\x1b]0;never ended\nkept")


def test_a_line_folds_white_space_and_says_that_it_was_cut() -> None:
    assert safe_line("  a \n\t b  ") == "a b"
    assert safe_line("abcdef", 4) == "abc…"
