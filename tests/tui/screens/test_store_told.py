"""What the dashboard says of its store."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from tests.support.dashboard import dashboard, lines, picture, press, running, until
from tests.support.night import night
from tests.support.scripted_desk import ScriptedDesk

LOST = "Part of the store was damaged and is missing."
FAR = "The store's folder is on a network file system (nfs4)."


def telling(**told: Any) -> ScriptedDesk:
    """A desk with a store that says this of itself."""
    desk = night()
    desk.store = cast("Any", SimpleNamespace(**{**vars(desk.store), **told}))
    return desk


async def test_lost_bytes_stand_in_the_strip_and_among_the_providers() -> None:
    app = dashboard(telling(alarms=(LOST,), warnings=(FAR,)))
    async with running(app) as pilot:
        assert f"FAULT  {LOST}" in lines(app)[1]
        await press(pilot, "H")
        await until(pilot, lambda: FAR in picture(app), "the store's lines")
        assert LOST in picture(app)


async def test_why_nothing_can_be_written_comes_before_what_was_lost() -> None:
    app = dashboard(telling(alarms=(LOST,), read_only="there is no room left"))
    async with running(app):
        assert "READ-ONLY" in lines(app)[1]
