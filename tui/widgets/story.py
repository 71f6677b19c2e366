"""A ticket as lines to read: why it needs someone, its facts, an approval to give, and its story. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

from providers.base import Declaration
from providers.model import ENDED_STATES, Attachment, Ticket, TicketRow
from tui.sizes import human_size
from tui.views import DUE_SOON, reasons
from tui.widgets.lines import Piece, fit, spread, width_of_all, wrap
from tui.widgets.times import ago, day_heading, due_in_words, local
from tui.widgets.vendor_facts import VendorFacts, vendor_facts

if TYPE_CHECKING:
    from tui.desk.desk import TimelineItem


Line = list[Piece]
LABELS: Final = (13, 20)
TYPES: Final = {"service_request": "service request", "rfi": "request for information"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that a story is told from. `stale` says in words that the vendor has not answered of late."""

    ticket: Ticket
    row: TicketRow | None
    timeline: Sequence[TimelineItem]
    declaration: Declaration | None
    now: datetime
    zone: tzinfo | None = None
    stale: str = ""
    hints: Sequence[tuple[str, str]] = ()


def story(reading: Reading, width: int) -> list[Line]:
    """The whole of it, in lines of `width` cells."""
    ticket = reading.ticket
    declared_zone = reading.declaration.time_zone if reading.declaration is not None else "UTC"
    facts = vendor_facts(ticket.vendor, declared_zone, reading.zone)
    lines: list[Line] = []
    lines += [[(text, "strong")] for text in wrap(ticket.summary or "(no summary)", width)]
    lines += _needs(reading, width)
    lines.append([])
    lines += _approval(reading, facts, width)
    lines += _facts(reading, facts, width)
    lines += _text("Description", ticket.description, width)
    for title, text in facts.texts:
        lines += _text(title, text, width)
    lines += _files(ticket, width)
    lines += _timeline(reading, width)
    lines += _other(facts, width)
    return lines


def heading(text: str, width: int) -> list[Line]:
    """A rule with a title, and a blank line before it."""
    return [[], [(f"{text} ", "muted"), ("─" * max(0, width - len(text) - 1), "faint")]]


def _needs(reading: Reading, width: int) -> list[Line]:
    lines: list[Line] = []
    if reading.row is not None:
        for reason in reasons(reading.row, reading.now):
            lines += [[(f"▲ {text}", "warning")] for text in wrap(reason[0].upper() + reason[1:], width - 2)]
    if reading.stale:
        lines += [[(text, "muted")] for text in wrap(reading.stale, width)]
    return lines


Fact = tuple[str, str, str]
"""A label, a value and its role."""


def _fact_lines(facts: Sequence[Fact], width: int) -> list[Line]:
    """Facts in two columns; the labels' is as wide as the longest needs, within LABELS."""
    label = min(max(max((len(name) for name, _, _ in facts), default=0) + 2, LABELS[0]), LABELS[1])
    lines: list[Line] = []
    for name, value, role in facts:
        first, *rest = wrap(value, max(8, width - label)) or [""]
        lines.append([(fit(name, label - 1) + " ", "muted"), (first, role)])
        lines += [[(" " * label, "muted"), (text, role)] for text in rest]
    return lines


def _facts(reading: Reading, facts: VendorFacts, width: int) -> list[Line]:
    ticket, now, zone = reading.ticket, reading.now, reading.zone
    state = ticket.state
    if ticket.vendor_state and ticket.vendor_state.casefold() != ticket.state:
        state = f"{ticket.state}  ({ticket.vendor_state})"
    found: list[Fact] = [("State", state, "text")]
    if ticket.priority is not None:
        found.append(("Priority", str(ticket.priority), {1: "bad", 2: "warning"}.get(ticket.priority, "text")))
    if ticket.due_at is not None:
        over = ticket.state in ENDED_STATES or ticket.state == "resolved"
        when = local(ticket.due_at, zone, now)
        words = when if over else f"{due_in_words(ticket.due_at, now)}, {when}"
        found.append(("Due", words, "text" if over else _due_role(ticket.due_at, now)))
    found.append(("Vendor", f"{ticket.provider}, {TYPES.get(ticket.type, ticket.type)}", "text"))
    found.append(("Our number", ticket.client_number or "none yet", "text" if ticket.client_number else "muted"))
    for label, at in (("Opened", ticket.opened_at), ("Last change", ticket.updated_at)):
        if at is not None:
            found.append((label, _when(at, reading), "text"))
    card = facts.deciding if any(item.state == "requested" for item in ticket.approvals) else ()
    found += [(label, value, "text") for label, value in facts.leading if (label, value) not in card]
    lines = _fact_lines(found, width)
    if ticket.partial:
        words = "Known from messages only: what came before the first of them is not here."
        lines += [[(text, "muted")] for text in wrap(words, width)]
    return lines


def _when(at: datetime, reading: Reading) -> str:
    return f"{local(at, reading.zone, reading.now)}, {ago(at, reading.now)}"


def _due_role(due: datetime, now: datetime) -> str:
    if due < now:
        return "bad"
    return "warning" if due - now <= DUE_SOON else "text"


def _approval(reading: Reading, facts: VendorFacts, width: int) -> list[Line]:
    """The card that asks for a decision on a change; nothing where none is asked."""
    asked = [item for item in reading.ticket.approvals if item.state == "requested"]
    if not asked:
        return []
    found: list[Fact] = []
    for item in asked:
        who = item.approver_name or item.approver or "an approver"
        found.append(("Approver", f"{who} <{item.approver}>" if item.approver and item.approver_name else who, "text"))
        if item.at is not None:
            found.append(("Asked", _when(item.at, reading), "text"))
    found += [(label, value, "text") for label, value in facts.deciding]
    inner: list[Line] = [[("Your approval is asked", "strong")], *_fact_lines(found, width - 2)]
    if reading.hints:
        inner.append([])
        keys: Line = []
        for key, words in reading.hints:
            keys += [(key, "key"), (f" {words}   ", "text")]
        inner.append(keys)
    return [[("┃ ", "warning"), *line] for line in inner] + [[]]


def _text(title: str, text: str, width: int) -> list[Line]:
    if not text.strip():
        return []
    return [*heading(title, width), *([(line, "text")] for line in wrap(text.strip("\n"), width))]


def _timeline(reading: Reading, width: int) -> list[Line]:
    """What happened, the newest first, under the day it happened on."""
    if not reading.timeline:
        return []
    lines = heading("Timeline, newest first", width)
    day = ""
    for item in reversed(reading.timeline):
        this = "Undated" if item.at is None else day_heading(item.at, reading.zone, reading.now)
        if this != day:
            lines += [*([[]] if day else []), [(this, "muted")]]
        elif item.kind != "state":
            lines.append([])
        day = this
        lines += _item(item, reading, width)
    return lines


def _files(ticket: Ticket, width: int) -> list[Line]:
    """The vendor's files, each with its size and whether it is here; the folder of those that are."""
    files = [item for item in ticket.attachments if item.direction == "in"]
    if not files:
        return []
    lines = heading(f"Files ({len(files)})", width)
    for item in files:
        lines.append(spread([(item.name, "text"), (f"  {human_size(item.size)}", "muted")], [file_state(item)], width))
    for folder in dict.fromkeys(str(Path(item.path).parent) for item in files if item.path):
        lines += [[(text, "muted")] for text in wrap(folder, width)]
    return lines


def file_state(item: Attachment) -> Piece:
    """Where a file is, in a word or two."""
    if item.direction == "out":
        return "sent", "muted"
    return ("here", "good") if item.path else ("not here yet", "muted")


_BADGES: Final = {
    "queued": ("· queued", "warning"),
    "sending": ("· sending", "warning"),
    "done": ("✓ sent", "good"),
    "sent": ("✓ sent", "good"),
    "rejected": ("✕ rejected", "bad"),
    "unconfirmed": ("▲ unconfirmed", "warning"),
    "given up": ("✕ given up", "muted"),
    "given up, may have been done": ("▲ given up, may have been done", "warning"),
}


def _item(item: TimelineItem, reading: Reading, width: int) -> list[Line]:
    time = f"{item.at.astimezone(reading.zone):%H:%M}" if item.at is not None else "--:--"
    if item.kind == "state":
        return [[("○ ", "faint"), (f"{time}  ", "muted"), (text, "muted")] for text in wrap(item.body, width - 9)[:1]]
    ours = item.origin == "us"
    bar: Piece = ("┃ ", "us") if ours else ("│ ", "faint")
    who = item.author or ("us" if ours else "vendor")
    left: Line = [bar, (f"{time}  ", "muted"), (who, "us" if ours else "text")]
    if item.kind in ("note", "attachment", "approval"):
        left.append((f"  {'our note, not sent' if item.kind == 'note' else item.kind}", "muted"))
    badge = _BADGES.get(item.status, (item.status, "muted")) if item.status else None
    first = spread(left, [badge] if badge else [], width) if badge else left
    body: list[Line] = []
    if badge is not None and width_of_all([*left, badge]) + 1 > width:
        # Who it was and how it ended are both told, on a line each where they do not go into one.
        first, body = spread(left, [], width), [[bar, (fit(badge[0], width - 2).rstrip(), badge[1])]]
    body += [[bar, (text, "text")] for text in wrap(item.body, width - 2)]
    return [first, *body]


def _other(facts: VendorFacts, width: int) -> list[Line]:
    if not facts.others:
        return []
    others = _fact_lines([(label, value, "text") for label, value in facts.others], width)
    return [*heading("What else the vendor says", width), *others]
