"""What a form says about sending: what changed meanwhile, and how it ended."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

from providers.model import TicketKey
from providers.text import safe_line
from tui.desk.entries import OutboxEntry
from tui.forms.plan import FormPlan
from tui.widgets.lines import Piece
from tui.widgets.times import local
from tui.words import sentences

if TYPE_CHECKING:
    from tui.desk.desk import Desk

SHOWN = 6


def latest_on(desk: Desk, key: TicketKey, shown: int = SHOWN, zone: tzinfo | None = None) -> list[Piece]:
    """The latest on a ticket, newest first, a line each: what one answers to should be in sight."""
    now = desk.clock.now()
    paragraphs: list[Piece] = []
    for item in reversed(desk.timeline(key)[-shown:]):
        when = f"{local(item.at, zone, now)}  " if item.at else ""
        who = f"{item.author}: " if item.author else ""
        # What was refused, or may not have been done, must not read as if it had been.
        ended = f"  ({item.status})" if item.kind == "write" and item.status not in ("", "done", "sent") else ""
        words = safe_line(f"{when}{who}{item.body}", 400) + ended
        paragraphs.append((words, "us" if item.origin == "us" else "muted"))
    return paragraphs


def sent_since(desk: Desk, entry_id: str) -> list[Piece]:
    """What became of a refused write whose text is about to be sent again; empty where it says nothing of it."""
    if not entry_id:
        return []
    entry = next((entry for entry in desk.outbox(settled=True) if entry.id == entry_id), None)
    if entry is None:
        return []
    became = "was given up or corrected" if entry.dropped else f"is {entry.state}"
    words = f"This text was refused before, and decided on in the outbox since: {entry.write.action} {became}."
    return [(sentences(words, entry.note), "warning")]


def changes_since(
    desk: Desk, key: TicketKey, revision: int, zone: tzinfo | None = None, *, besides: str = ""
) -> list[Piece]:
    """What happened to a ticket since a revision, as text; empty where nothing did and no write waits for it.

    The entry `besides` does not count: what is about to be sent takes its place.
    """
    paragraphs: list[Piece] = []
    waiting = [
        entry
        for entry in desk.outbox()
        if (entry.write.provider, entry.write.number) == (key.provider, key.number) and entry.id != besides
    ]
    for entry in waiting:
        paragraphs.append((f"Another write waits: {entry.write.action}, {entry.state}.", "warning"))
    ticket = desk.ticket(key)
    if ticket is not None and ticket.revision != revision:
        paragraphs.append((f"It is now {ticket.vendor_state or ticket.state}. The latest on it:", "text"))
        paragraphs += latest_on(desk, key, zone=zone)
    return paragraphs


def outcome_sentence(plan: FormPlan, entry: OutboxEntry) -> tuple[str, str]:
    """How a write ended, in a sentence, and the role to show it in."""
    what = f"{plan.title} · {plan.subject}"
    if entry.state == "done":
        number = f" as {entry.write.number}" if plan.key is None and entry.write.number else ""
        return safe_line(sentences(f"{what}: done{number}.", entry.note)), "good"
    if entry.state == "rejected":
        return safe_line(sentences(f"Not done: {entry.error}", entry.next_step)), "bad"
    # A correction was opened from the outbox, and is told of there.
    where, told = ("here", "Its entry") if plan.corrects else ("in the outbox", "The outbox")
    if entry.state == "unconfirmed":
        return safe_line(f"{what}: no answer; it may have been done. {told} says how that is settled."), "warning"
    return safe_line(sentences(f"{what}: waits {where}.", entry.error)), "warning"
