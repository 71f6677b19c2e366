"""An app around one widget, with a theme's colours, for tests of widgets."""

from __future__ import annotations

from typing import Any

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

import themes


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys, and let what they start come to rest."""
    await pilot.press(*keys)
    await pilot.pause()


class WidgetApp(App[None]):
    """Shows one widget and writes down its messages."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, widget: Widget, theme: str = themes.DEFAULT) -> None:
        self.palette = themes.load(theme)
        super().__init__()
        self.widget = widget
        self.heard: list[Message] = []
        self.register_theme(self.palette.textual())
        self.theme = self.palette.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(self.palette.textual().variables)

    def compose(self) -> ComposeResult:
        yield self.widget

    def heard_of(self, kind: type[Any]) -> list[Any]:
        """The messages of a kind."""
        return [message for message in self.heard if isinstance(message, kind)]
