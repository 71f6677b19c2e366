"""The detail pane: one ticket's story, or what the vendor sent of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, tzinfo

from providers.model import TicketKey
from providers.text import safe_text
from tui.desk.entries import InboxEntry
from tui.widgets.lines import Piece, wrap
from tui.widgets.reader import Reader
from tui.widgets.story import Line, Reading, heading, story
from tui.widgets.times import moment

_RAW_LIMIT = 200_000
"""Characters of one answer that are shown; what is longer is cut, and says so."""


def raw_lines(
    texts: Sequence[tuple[datetime | None, str]], vendor: object, zone: tzinfo | None, width: int
) -> list[Line]:
    """What the vendor sent, as it came, JSON with indents; where nothing is kept, the fields taken from it."""
    lines: list[Line] = []
    for at, text in texts:
        lines += heading(moment(at, zone) if at is not None else "Undated", width)[1 if not lines else 0 :]
        lines += [[(line, "text")] for line in wrap(_indented(text), width)]
    if not lines:
        lines.append([("Nothing is kept as it came. The vendor's fields:", "muted")])
        lines += [[(line, "text")] for line in wrap(_indented(json.dumps(vendor, default=str)), width)]
    return lines


def _indented(text: str) -> str:
    if len(text) > _RAW_LIMIT:
        return safe_text(text[:_RAW_LIMIT]) + "\n… cut here"
    try:
        return safe_text(json.dumps(json.loads(text), indent=2, ensure_ascii=False))
    except ValueError:
        return safe_text(text)


class Detail(Reader):
    """A ticket to read. `key` is the one shown, whatever the lists' cursors do meanwhile."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__("Detail", divided=True, id=id)
        self.key: TicketKey | None = None
        self.message: InboxEntry | None = None
        self.raw = False
        self._showed: tuple[TicketKey | None, bool] | None = None

    def tell(self, reading: Reading) -> None:
        """Tell a ticket's story, from the top where something else was shown before."""
        key = reading.ticket.key
        again = self._showed == (key, False)
        self.key, self.message, self.raw, self._showed = key, None, False, (key, False)
        self.show(story(reading, self.text_width), title=_title(key), top=None if again else 0)

    def tell_raw(
        self, key: TicketKey, texts: Sequence[tuple[datetime | None, str]], vendor: object, zone: tzinfo | None
    ) -> None:
        """Show what the vendor sent of a ticket."""
        again = self._showed == (key, True)
        self.key, self.message, self.raw, self._showed = key, None, True, (key, True)
        summary: list[Piece] = [("as it came", "muted")]
        lines = raw_lines(texts, dict(vendor) if isinstance(vendor, dict) else vendor, zone, self.text_width)
        self.show(lines, title=_title(key), summary=summary, top=None if again else 0)

    def tell_message(self, entry: InboxEntry, zone: tzinfo | None) -> None:
        """Show a message that belongs to no ticket we know: why, and the whole of it."""
        self.key, self.message, self.raw, self._showed = None, entry, False, None
        message = entry.message
        width = self.text_width
        lines: list[Line] = []
        if message is not None:
            words = message.problem or message.summary or "A message."
            lines += [[(line, "strong")] for line in wrap(words, width)]
            if entry.status == "parked":
                note = "It could not be read, so it is kept and set aside. h marks it as handled."
                lines += [[(line, "muted")] for line in wrap(note, width)]
            lines += heading("As it came", width)
            lines += [[(line, "text")] for line in wrap(_indented(message.raw), width)]
        self.show(lines, title=f"{entry.provider}  message", top=0)

    def tell_nothing(self, words: str) -> None:
        """Nothing is chosen; say what could be done."""
        self.key, self.message, self.raw, self._showed = None, None, False, None
        self.show([[], *([(line, "muted")] for line in wrap(words, self.text_width))], title="Detail", top=0)


def _title(key: TicketKey) -> str:
    return f"{key.number}  {key.provider}"
