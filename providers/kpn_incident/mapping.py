"""From KPN Incident's rows and pages to ours. Pure. Headings are those of its documentation page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from providers.kpn.words import numbered, state_of
from providers.kpn_incident.wire import IncidentWire
from providers.lenient import line_of, other_fields, priority_of, time_of
from providers.model import ENDED_STATES, Comment, Order, Patch, Snapshot

_PATCHED: Final = frozenset({"ticket_number", "reference_number", "short_description", "description", "state"})
"""What a patch says in our own words; the page's other fields are kept under KPN's names."""
_STATE: Final = lru_cache(maxsize=64)(state_of)


def row_snapshot(row: object, raw: str, order: Order) -> Snapshot | None:
    """One row of GetActiveIncidents; None where it names no incident.

    Called by the thousand, so it reads the row without a model. A row does not tell for whom it waits; its page does.
    """
    if not isinstance(row, dict):
        return None
    get = row.get
    number = line_of(get("ticket_number"))
    if not number:
        return None
    said = _facts(line_of(get("reference_number")), line_of(get("short_description")), line_of(get("state")))
    return Snapshot(patch=Patch(number=number, set=said), order=order, raw=raw)


def page_snapshot(page: Mapping[str, Any], raw: str, order: Order, number: str, zone: ZoneInfo) -> Snapshot:
    """An incident's own page. `number` stands in where the page does not repeat it.

    It waits for us where KPN asks for information, or for the user to try a solution.
    """
    wire = IncidentWire.model_validate(page)
    said = _facts(wire.reference_number, wire.short_description, wire.state)
    if wire.description:
        said["description"] = wire.description
    asked = bool(wire.required_information or wire.reason_user_required)
    said["awaiting_us"] = asked and said.get("state") not in ENDED_STATES
    if "priority" in page:
        said["priority"] = priority_of(wire.priority)
    if "sla_due" in page:
        said["due_at"] = time_of(wire.sla_due, zone)
    # What KPN asks of us is what one answers to: it belongs in the timeline, not among the facts.
    asking = filter(None, (wire.required_information, wire.reason_user_required))
    questions = tuple(Comment(id="", author="KPN", body=text) for text in asking)
    other = other_fields(page, _PATCHED)
    patch = Patch(
        number=wire.ticket_number or number, set=said, vendor=other, comments=numbered(questions), complete=True
    )
    return Snapshot(patch=patch, order=order, detailed=True, raw=raw)


def _facts(reference: str, summary: str, word: str) -> dict[str, object]:
    """The fields that row and page share; what KPN leaves empty says nothing."""
    said: dict[str, object] = {"type": "incident"}
    if reference:
        said["client_number"] = reference
    if summary:
        said["summary"] = summary
    if word:
        said["state"] = _STATE(word, "incident")
        said["vendor_state"] = word
    return said
