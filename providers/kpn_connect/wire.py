"""What KPN Connect sends, as it comes: any field may be null, empty, absent or of another kind.

Lenient on purpose: a field that cannot be read counts as absent, and the whole is kept as raw text beside it.
Sections are those of "2: Customers", version 0.95.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from providers.lenient import body_of, line_of


def _objects(value: object) -> list[dict[str, Any]]:
    """A list of objects from a list, a single object, or a bare text, which becomes a comment."""
    given = value if isinstance(value, list) else [value]
    found = []
    for item in given:
        if isinstance(item, dict):
            found.append(item)
        elif isinstance(item, str) and item.strip():
            found.append({"comment": item})
    return found


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


Line = Annotated[str, BeforeValidator(line_of)]
Text = Annotated[str, BeforeValidator(body_of)]
Attributes = Annotated[dict[str, Any], BeforeValidator(_object)]


class Wire(BaseModel):
    """One object of KPN's. Fields that are not named here are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class CommentWire(Wire):
    """One comment on a ticket's page (4.3). `date_time` is local, to the minute."""

    comment: Text = ""
    date_time: Line = ""
    user: Line = ""


Comments = Annotated[tuple[CommentWire, ...], BeforeValidator(_objects)]


class TicketWire(Wire):
    """A ticket's page (4.3); the fields that mean the same for every ticket type.

    An incident's page has `category` and no `ticket_type`.
    """

    kpn_ticket_number: Line = ""
    customer_reference_number: Line = ""
    ticket_type: Line = ""
    category: Line = ""
    state: Line = ""
    on_hold_reason: Line = ""
    priority: Line = ""
    short_description: Line = ""
    description: Text = ""
    sla_due: Line = ""
    comments: Comments = ()


class UpdateWire(Wire):
    """One message of TicketUpdates (4.1). `ticket_attributes` hold what the action brings along."""

    message_datetime_utc: Line = ""
    transaction_id: Line = ""
    ticket_type: Line = ""
    action: Line = ""
    kpn_ticket_number: Line = ""
    customer_reference_number: Line = ""
    ticket_attributes: Attributes = {}


class AttributesWire(Wire):
    """What is known of ticket_attributes: the sample of 4.1, and the page's names for the rest."""

    state: Line = ""
    comments: Comments = ()
    on_hold_reason: Line = ""
    priority: Line = ""
    short_description: Line = ""
    description: Text = ""
    sla_due: Line = ""


class WriteWire(Wire):
    """The answer to a write that was taken (2.5, 3, 3.1)."""

    kpn_ticket_number: Line = ""
    customer_reference_number: Line = ""
    note: Line = ""


def known_keys(*models: type[Wire]) -> frozenset[str]:
    """The names that these models read."""
    return frozenset(name for model in models for name in model.model_fields)
