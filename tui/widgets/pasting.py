"""Inputs that take in what is pasted whole and without anything that could drive a terminal."""

from __future__ import annotations

from textual import events
from textual.widgets import Input, TextArea

from providers.text import safe_line, safe_text


class LineInput(Input):
    """One line. Textual's own keeps the first of several pasted lines; here they are joined by blanks."""

    def _on_paste(self, event: events.Paste) -> None:
        # Textual's own handler comes after this one, and takes what stands in the event then.
        event.text = safe_text(event.text).strip("\n") if self.password else safe_line(event.text)


class TextInput(TextArea):
    """A text of several lines."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = safe_text(event.text)
