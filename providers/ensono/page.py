"""A ticket's own page (guide, Get Ticket; dev environment only), as a snapshot. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from providers.ensono.mapping import NEXT_ACTIONS, Plain, as_is, facts, stamp
from providers.ensono.wire import Unreadable, fields_of, fold, folded, text
from providers.model import Attachment, Comment, Order, Patch, Snapshot
from providers.text import safe_line, safe_text

_PAGE: Final = {
    "u_case_type": "ticketType",
    "state": "status",
    "short_description": "shortDescription",
    "description": "description",
    "priority": "priority",
    "impact": "impact",
    "urgency": "urgency",
    "opened_at": "openedTime",
    "sys_updated_on": "updatedOn",
    "x_aito_data_sync_client_number": "clientTicketNumber",
    "assignment_group": "ensonoGroup",
    "category": "category",
    "closeNotes": "closeNotes",
    "resolution_code": "closeCode",
    "contact": "contact",
    "company": "company",
    "u_hold_reason": "holdReason",
    "u_off_hold_date": "offHoldDate",
    "resolved_at": "resolvedAt",
    "closed_at": "closedAt",
}


def page(document: object, number: str, order: Order, raw: str, plain: Plain = as_is) -> Snapshot:
    """A ticket's own page as a snapshot. Unreadable where it holds neither case nor incident."""
    sections = folded(document) if isinstance(document, Mapping) else {}
    case = _section(sections, "case") or _section(sections, "incident")
    if not case:
        raise Unreadable("the ticket's page holds no case")
    fields = fields_of({name: case[key] for key, name in _PAGE.items() if case.get(key) not in (None, "")})
    if fold(fields.get("holdReason", "")) in NEXT_ACTIONS:
        fields["statusNextAction"] = fields.pop("holdReason")
    ours, others = facts(fields, fields, number, plain=plain, strict=False)
    if ours.get("state") == "pending" and "statusNextAction" not in fields:
        ours.pop("awaiting_us", None)  # the page does not say for whom it waits; the queue may have
    due = stamp(_word(case, "due_date")) or stamp(_word(case, "sla_due"))
    if due is not None:
        ours["due_at"] = due
    if internal := safe_line(_word(case, "sys_id")):
        ours["internal_id"] = internal
    patch = Patch(
        number=number,
        set=ours,
        vendor=others,
        comments=tuple(_comments(_section(sections, "comments"), plain)),
        attachments=tuple(_attachments(_section(sections, "attachments"))),
        complete=True,
    )
    return Snapshot(patch=patch, order=order, detailed=True, raw=raw)


def _section(sections: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = sections.get(name)
    return section if isinstance(section, Mapping) else {}


def _word(fields: Mapping[str, object], name: str) -> str:
    try:
        return text(fields.get(name))
    except Unreadable:
        return ""


def _rows(section: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    rows = [(safe_line(_word(row, "sys_id") or key), row) for key, row in section.items() if isinstance(row, Mapping)]
    return sorted(rows, key=lambda item: _word(item[1], "sys_created_on"))


def _comments(section: Mapping[str, Any], plain: Plain) -> list[Comment]:
    return [
        Comment(
            id=identity,
            author=safe_line(_word(row, "sys_created_by")),
            at=stamp(_word(row, "sys_created_on")),
            body=safe_text(plain(_word(row, "value"))),
        )
        for identity, row in _rows(section)
    ]


def _attachments(section: Mapping[str, Any]) -> list[Attachment]:
    found = []
    for identity, row in _rows(section):
        size = _word(row, "size_bytes").replace(",", "")
        found.append(
            Attachment(
                id=identity,
                name=safe_line(_word(row, "file_name")),
                size=int(size) if re.fullmatch(r"[0-9]{1,15}", size) else None,
                content_type=safe_line(_word(row, "content_type")),
                at=stamp(_word(row, "sys_created_on")),
            )
        )
    return found
