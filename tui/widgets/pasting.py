"""Inputs that take in what is pasted whole and without anything that could drive a terminal."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, TextArea

from providers.text import safe_line, safe_text
from tui.paste_parser import Pasted


class LineInput(Input):
    """One line. Textual's own keeps the first of several pasted lines; here they are joined by blanks."""

    def _on_paste(self, event: events.Paste) -> None:
        _say_whether_cut(self, event)
        # Textual's own handler comes after this one, and takes what stands in the event then.
        event.text = safe_text(event.text).strip("\n") if self.password else safe_line(event.text)


class TextInput(TextArea):
    """A text of several lines. Ctrl-Z goes back to the shell, as everywhere; Ctrl-_ undoes, as in a shell's line."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+underscore", "undo", "Undo", show=False)]

    async def _on_paste(self, event: events.Paste) -> None:
        _say_whether_cut(self, event)
        event.text = safe_text(event.text)


def _say_whether_cut(widget: Widget, event: events.Paste) -> None:
    if isinstance(event, Pasted) and event.is_cut:
        sentence = "The paste was too long: only its beginning is here. Attach long text as a file."
        widget.notify(sentence, severity="warning")
