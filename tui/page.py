"""One ticket as a page of text for a terminal. Pure; vendor text comes in already made safe, and is again."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from providers.text import safe_line, safe_text
from tui import words
from tui.widgets.vendor_facts import vendor_facts

if TYPE_CHECKING:
    from providers.model import Ticket
    from tui.desk.desk import TimelineItem

INDENT: Final = "    "
NAMES: Final = 18
"""Columns for the names of facts."""


def ticket_page(
    ticket: Ticket,
    timeline: Sequence[TimelineItem],
    now: datetime,
    vendor_zone: str = "UTC",
    *,
    needs: Sequence[str] = (),
) -> str:
    """Facts, description, a change's plans, approvals, files, timeline (oldest first), and what else the vendor says.

    `vendor_zone` is the zone of the vendor's stamps that carry none. `needs` says why the ticket needs someone: not
    what the vendor's own state says of that, which may stand as it was when it has our answer.
    """
    found = vendor_facts(ticket.vendor, vendor_zone, None)
    lines = [f"{ticket.provider}  {ticket.number}  {safe_line(ticket.summary)}".rstrip(), *_facts(ticket, now, needs)]
    lines += _pairs(found.leading)
    if ticket.description:
        lines += ["", "Description", *_block(ticket.description)]
    for title, text in found.texts:
        lines += ["", title, *_block(text)]
    if ticket.approvals:
        lines += ["", "Approvals"]
        lines += [
            f"{INDENT}{item.state}: {safe_line(item.approver_name or item.approver)} (id {safe_line(item.id)}, "
            f"round {item.cycle})"
            for item in ticket.approvals
        ]
    if ticket.attachments:
        lines += ["", "Files"]
        lines += [
            f"{INDENT}{safe_line(item.name)}{'' if item.size is None else f', {item.size} bytes'}"
            f"{', sent by us' if item.direction == 'out' else ''}"
            for item in ticket.attachments
        ]
    if timeline:
        lines += ["", "Timeline"]
        for item in timeline:
            lines += _story(item)
    if found.others:
        lines += ["", "What else the vendor says", *_pairs(found.others)]
    return "\n".join(lines)


def _facts(ticket: Ticket, now: datetime, needs: Sequence[str]) -> Iterator[str]:
    state = ticket.state
    if ticket.vendor_state and ticket.vendor_state.casefold() != state:
        state += f" (vendor: {safe_line(ticket.vendor_state)})"
    facts = {
        "Our number": ticket.client_number or "none",
        "Type": ticket.type,
        "State": state,
        "Needs you": ", ".join(needs),
        "Priority": str(ticket.priority) if ticket.priority else "none",
        "Opened": words.local(ticket.opened_at),
        "Updated": words.local(ticket.updated_at),
        "Due": f"{words.local(ticket.due_at)} ({words.due(ticket.due_at, now)})" if ticket.due_at else "",
        "Known": "in part only: it came in a message that did not carry everything" if ticket.partial else "",
    }
    yield from _pairs((name, value) for name, value in facts.items() if value)


def _pairs(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in facts:
        yield f"{INDENT}{name:<{NAMES}} {safe_line(value)}"


def _story(item: TimelineItem) -> Iterator[str]:
    who = "we" if item.origin == "us" else "vendor"
    author = f"{safe_line(item.author)} ({who})" if item.author else who
    status = f", {item.status}" if item.status else ""
    yield f"{INDENT}{words.local(item.at) or 'no time'}  {item.kind}, {author}{status}"
    for line in _block(item.body):
        yield INDENT + line


def _block(text: str) -> list[str]:
    wrapped: list[str] = []
    for line in safe_text(text).splitlines():
        wrapped += textwrap.wrap(line, 100, replace_whitespace=False) or [""]
    return [f"{INDENT}{line}".rstrip() for line in wrapped]
