"""The first picture is whole: nothing is painted before every pane has its size and its lines."""

from __future__ import annotations

import pytest
from textual._compositor import LayoutUpdate
from textual.strip import Strip

from tests.support.dashboard import NARROW, WIDE, dashboard, running
from tests.support.night import night
from tui.on_terminal import OnTerminal


@pytest.mark.parametrize(
    ("size", "panes"),
    [(WIDE, ("Needs me", "Incoming", "Description")), (NARROW, ("Needs me",))],
    ids=["wide", "narrow"],
)
async def test_the_first_thing_painted_is_the_whole_picture(
    size: tuple[int, int], panes: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[str] = []
    display = OnTerminal._display

    def note(app: OnTerminal, screen: object, renderable: object) -> None:
        if isinstance(renderable, LayoutUpdate):
            lines = ("".join(segment.text for segment in Strip.join(strips)) for strips in renderable.strips)
            painted.append("\n".join(lines))
        display(app, screen, renderable)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(OnTerminal, "_display", note)
    async with running(dashboard(night()), size):
        assert painted
    assert all(pane in painted[0] for pane in panes)
    assert "1 of " in painted[0]
