"""The strip on top."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.dashboard import ZONE
from tests.support.night import ago, night
from tests.support.scripted_desk import NOW
from tui.desk.desk import ProviderHealth
from tui.widgets.health_strip import StripState, news, providers_line, short_names, status_part
from tui.widgets.lines import Piece, width_of_all
from tui.widgets.times import minute

STATE = StripState(health=tuple(night().healths.values()), now=minute(NOW), zone=ZONE, engineer="Ann de Vries")


def said(pieces: list[Piece]) -> str:
    """Pieces as text."""
    return "".join(text for text, _ in pieces)


def ok(name: str, **given: Any) -> ProviderHealth:
    """A provider that answers."""
    fields: dict[str, Any] = {"state": "ok", "last_good": ago(0.5)} | given
    return ProviderHealth(name=name, kind=name, **fields)


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_all_providers_are_there_with_glyph_and_word_at_any_width(width: int) -> None:
    line = providers_line(STATE, width)
    assert width_of_all(line) < width
    for part in ("● ensono", "● kpn-co", "◐ kpn-in", "✕ tangoe", "● smarto", "ok", "late", "down"):
        assert part in said(line)


def test_the_age_of_the_last_good_poll_is_said_where_there_is_room() -> None:
    assert "ensono ok <1m" in said(providers_line(STATE, 120))
    assert "down 2h13m" in said(providers_line(STATE, 80))


def test_the_queue_says_how_many_and_how_old() -> None:
    assert "queue 3, 4m" in said(providers_line(STATE, 160))


def test_the_worst_error_is_said_with_its_next_try() -> None:
    assert said(news(STATE)) == " tangoe  no connection: the host name is not known. Next try 14:04."


def test_read_only_offline_and_faults_come_first() -> None:
    down = tuple(replace(health, state="down") for health in STATE.health)
    assert "OFFLINE" in said(news(replace(STATE, health=down)))
    assert "since 14:01" in said(news(replace(STATE, health=down)))
    assert "READ-ONLY" in said(news(replace(STATE, health=down, read_only="the disk is full")))
    assert "FAULT" in said(news(replace(STATE, read_only="the disk is full", fault="Polling has stopped")))


def test_gaps_and_warnings_are_said_when_nothing_is_down() -> None:
    state = replace(STATE, health=(ok("a"), ok("b", gap="an answer was cut at 13:50")))
    assert said(news(state)) == " b: an answer was cut at 13:50"


def test_who_polls_is_said_where_it_is_another_process() -> None:
    state = replace(STATE, health=(ok("a"),), followed="Another vendorq polls: pid 42 on pts/3, last sign 1m ago.")
    assert "pid 42 on pts/3" in said(news(state))


def test_a_queue_that_is_not_read_here_is_named_once_it_was_decided() -> None:
    assert said(news(replace(STATE, health=(ok("a", consumes=False),)))) == " a: queue not read here"
    assert "not read" not in said(news(replace(STATE, health=(ok("a", consumes=False, asks_consume=True),))))


def test_all_is_well_in_words() -> None:
    assert said(news(replace(STATE, health=(ok("a"),)))) == " All providers answer."


def test_the_right_side_has_outbox_engineer_and_clock() -> None:
    state = replace(STATE, outbox=2, deciding=1)
    assert said(status_part(state)) == "▲ outbox 2, 1 to decide   Ann de Vries   14:02 CET "
    assert said(status_part(state, short=True)) == "▲ outbox 2   AdV   14:02 CET "
    assert said(status_part(STATE)) == "Ann de Vries   14:02 CET "


def test_short_names_still_differ() -> None:
    assert short_names(["ensono", "kpn-connect", "kpn-incident"]) == {
        "ensono": "ensono",
        "kpn-connect": "kpn-co",
        "kpn-incident": "kpn-in",
    }
    names = ["production-a", "production-b"]
    assert len(set(short_names(names).values())) == 2
