"""The terminals that engineers have: none, a dumb one, one of few colours or none, of a poor locale, of any size."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.support.command_line import SandboxProcess, run
from tests.support.escapes import strays, tokens
from tests.support.on_sandbox import Place, until_ready
from tests.support.tour import walk

SGR = re.compile(r"\x1b\[([\d;]*)m")
PLAIN = {0, 1, 2, 3, 4, 7, 9, 22, 23, 24, 27, 29}
"""Attributes without a colour."""
SIXTEEN = {39, 49, *range(30, 38), *range(40, 48), *range(90, 98), *range(100, 108)}
"""The default colours and the sixteen."""


def styles(written: bytes) -> set[int]:
    """Every number in every change of style."""
    found = [SGR.fullmatch(token.text) for token in tokens(written) if token.kind == "csi"]
    return {int(number or 0) for match in found if match for number in match[1].split(";")}


def seen_around(box: SandboxProcess, place: Place, **variables: str) -> bytes:
    """What the dashboard writes in such an environment, while somebody looks around and leaves."""
    box.call("ensono", "create", shortDescription="Order entry stands still 漢字 é", client_number="INC0931")
    with place.dashboard(variables=variables) as terminal:
        until_ready(terminal)
        walk(terminal, b"2", b"j", b"H", b"\x1b", b"c", b"\x1b", b"q")
        assert terminal.wait() == 0
    return bytes(terminal.written)


@pytest.mark.parametrize(("term", "words"), [("dumb", ()), ("", ()), ("dumb", ("demo",))])
def test_a_terminal_that_cannot_gets_a_sentence_and_no_escape(place: Place, term: str, words: tuple[str, ...]) -> None:
    with place.dashboard(*words, variables={"TERM": term}) as terminal:
        assert terminal.wait() == 2
        assert b"\x1b" not in terminal.written
        assert b"needs a terminal" in terminal.written


@pytest.mark.parametrize("words", [(), ("demo",)], ids=["dashboard", "demo"])
def test_no_terminal_gets_a_sentence_and_no_escape(place: Place, words: tuple[str, ...]) -> None:
    ended = run("--config", str(place.config), *words, home=place.home, TERM="xterm-256color")
    assert ended.code == 2
    assert "\x1b" not in ended.out + ended.err
    assert "needs a terminal" in ended.err


def test_one_stream_that_is_no_terminal_is_enough_to_refuse(place: Place) -> None:
    words = ["sh", "-c", '"$@" 2> told', "sh", *place.words()]
    done = subprocess.run(
        words, env=place.environment(TERM="xterm"), cwd=place.home, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 2
    assert "needs a terminal" in (place.home / "told").read_text()


def test_no_colour_where_none_is_wanted(box: SandboxProcess, place: Place) -> None:
    written = seen_around(box, place, NO_COLOR="1")
    assert styles(written) <= PLAIN


def test_sixteen_colours_are_enough(box: SandboxProcess, place: Place) -> None:
    written = seen_around(box, place, TERM="xterm-16color")
    assert styles(written) <= PLAIN | SIXTEEN


def test_a_poor_locale_shows_all_it_can(box: SandboxProcess, place: Place) -> None:
    written = seen_around(box, place, LANG="C", LC_ALL="C")
    assert "Order entry stands still" in written.decode()
    assert strays(written) == []


def test_a_terminal_of_one_byte_a_character_gets_no_byte_it_would_obey(box: SandboxProcess, place: Place) -> None:
    written = seen_around(box, place, PYTHONIOENCODING="iso-8859-1:replace", PYTHONUTF8="0")
    text = written.decode("iso-8859-1")
    assert "Order entry stands still" in text
    assert not re.search("[\x80-\x9f]", text)


def test_any_size_shows_what_fits_and_the_next_size_all_of_it(box: SandboxProcess, place: Place) -> None:
    box.call("ensono", "create", shortDescription="Order entry stands still", client_number="INC0932")
    with place.dashboard() as terminal:
        until_ready(terminal)
        walk(terminal, b"2")
        for columns, rows in ((80, 24), (200, 60), (40, 10), (20, 5), (1, 1)):
            terminal.resize(columns, rows)
            terminal.settle()
            walk(terminal, b"j", b"z", b"z")
            terminal.resize(120, 40)
            terminal.until_shown("Incoming", "All open", "Order entry stands still")
        walk(terminal, b"q")
        assert terminal.wait() == 0
    assert strays(bytes(terminal.written)) == []


def test_a_terminal_of_80_by_24_has_one_pane_at_a_time(box: SandboxProcess, place: Place) -> None:
    number = box.call("ensono", "create", shortDescription="Order entry stands still", client_number="INC0933")
    with place.dashboard(columns=80, rows=24) as terminal:
        until_ready(terminal)
        walk(terminal, b"2")
        terminal.until_shown(number)
        assert "Incoming" not in terminal.text
        terminal.press(b"\t")
        terminal.until_shown("─ Incoming ─")
        terminal.until_gone("─ All open ─")


@pytest.mark.parametrize(
    ("more", "words"),
    [("[dashboard]\nthem = 'x'\n", "them"), ("[[view]]\nname = 'Late'\nfilter = 'due:<<'\n", "Late")],
    ids=["unknown-key", "unreadable-filter"],
)
def test_a_fault_in_the_config_ends_it_with_words_and_the_terminal_whole(place: Place, more: str, words: str) -> None:
    text = place.config.read_text().replace("[dashboard]\nbell = false\n", more)
    place.config.write_text(text)
    with place.dashboard() as terminal:
        assert terminal.wait() == 78
        terminal.until_shown("config.toml", words)
    written = bytes(terminal.written)
    assert written.count(b"\x1b[?1049h") == written.count(b"\x1b[?1049l")
