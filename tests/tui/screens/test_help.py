"""The help is one key away on every screen, and one key back."""

from __future__ import annotations

import pytest

from tests.support.dashboard import dashboard, picture, press, running, until
from tests.support.night import night
from tui.actions import BY_ID
from tui.screens.help import HelpScreen

SCREENS = ["app.outbox", "app.health", "app.log", "app.handover"]


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("own", ["", "f9"])
async def test_help_opens_over_a_screen_once_and_leads_back_to_it(name: str, own: str) -> None:
    app = dashboard(night(), keys={"app.help": own} if own else {})
    async with running(app) as pilot:
        await press(pilot, BY_ID[name].keys.split(",")[0])
        await until(pilot, lambda: app.screen is not app.main, name)
        below = app.screen
        help_key = own or "question_mark"
        await press(pilot, help_key, help_key)
        await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")
        assert "Every key works in every pane" in picture(app)
        await press(pilot, "escape")
        await until(pilot, lambda: app.screen is below, "the way back")
