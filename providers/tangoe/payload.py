"""From our values to what Tangoe is sent, after what its document forbids has been refused. Pure.

Sections: Create Cases, Modifying Cases, Cancel a Case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from providers.base import Declaration, Operation
from providers.errors import NotOffered, Rejected, WrongState
from providers.evidence import same_text
from providers.fields import require
from providers.lenient import text_of
from providers.model import Comment, Patch, Ticket, Write
from providers.offering import offered_write
from providers.tangoe.declaration import CONFIGURED, STATES
from providers.tangoe.settings import Callback, Settings

HIDDEN: Final = "[redacted]"
_ENDED: Final = ("closed", "cancelled")


def checked_values(
    settings: Settings, declaration: Declaration, write: Write, ticket: Ticket | None
) -> dict[str, object]:
    """A write's values by the document's names. Raises NotOffered, WrongState or Rejected where it forbids them."""
    operation = offered_write(settings.name, declaration, write.action, ticket)
    if write.files:
        raise NotOffered(settings.name, declaration.refusal(Operation.ATTACH))
    if ticket is not None and ticket.state in _ENDED and operation not in (Operation.COMMENT, Operation.CREATE):
        raise WrongState(
            settings.name,
            f"{ticket.number} is {ticket.vendor_state or ticket.state}: Tangoe takes no change of a closed case",
            next_step="Create a new case that names this one.",
        )
    values = require(settings.name, declaration.forms[operation], _given(settings, operation, write))
    # Our number is searched for later, and ^ parts the terms of a query: it could never be found.
    if "^" in str(values.get("correlation_id", "")):
        raise Rejected(settings.name, "nothing was sent: correlation_id cannot hold ^", field="correlation_id")
    if operation is Operation.CREATE and "contact_email" not in values:
        raise Rejected(
            settings.name,
            "nothing was sent: contact_email is required, and neither the config nor [engineer] has one",
            field="contact_email",
        )
    if operation is Operation.UPDATE:
        values = changes_of(values, ticket)
        if not values:
            raise Rejected(settings.name, "nothing was sent: an update changes at least one field")
    return values


def _given(settings: Settings, operation: Operation, write: Write) -> dict[str, object]:
    """What was given, without what is empty, and the config's values for what was not."""
    given = {name: value for name, value in write.values.items() if value not in ("", None)}
    if operation is Operation.CREATE:
        given.setdefault("contact_email", settings.contact_email or write.engineer.email)
        given.setdefault("entitlement_id", settings.entitlement_id)
    numbered = operation in (Operation.CREATE, Operation.LINK)
    if numbered and not {"client_number", "correlation_id"} & given.keys():
        given["correlation_id"] = write.client_number
    if operation is Operation.CANCEL and not {"code", "cancel_type"} & given.keys():
        given["cancel_type"] = "1"
    return given


def changes_of(values: Mapping[str, object], ticket: Ticket | None) -> dict[str, object]:
    """Of an update's values, those that differ from what the case holds. All where it is not known."""
    if ticket is None:
        return dict(values)
    held = {
        "short_description": ticket.summary,
        "description": ticket.description,
        "priority": "" if ticket.priority is None else str(ticket.priority),
        "correlation_id": ticket.client_number,
        "correlation_display": text_of(ticket.vendor.get("correlation_display")),
    }
    return {
        name: value
        for name, value in values.items()
        if name not in held or (str(value) != held[name] and not _same_line(name, value, held[name]))
    }


def _same_line(name: str, value: object, held: str) -> bool:
    """A description's white space may be what is to change; in a line it says nothing."""
    return name != "description" and same_text(value, held)


def payload_of(values: Mapping[str, object], callback: Mapping[str, str] | None) -> dict[str, object]:
    """Values as Tangoe takes them: all strings; the callback whole where it was asked for."""
    payload: dict[str, object] = {
        name: str(value) for name, value in values.items() if name not in ("callback", "cancel_type")
    }
    if values.get("callback") == CONFIGURED and callback is not None:
        payload["callback"] = dict(callback)
    return payload


def callback_of(callback: Callback | None, password: str) -> dict[str, str] | None:
    """The configured callback, all five attributes, with this in the password's place; None where there is none."""
    if callback is None:
        return None
    return {
        "callback_url": callback.callback_url,
        "callback_type": callback.callback_type,
        "callback_auth_type": callback.callback_auth_type,
        "callback_auth_user": callback.callback_auth_user,
        "callback_auth_password": password if callback.callback_auth_password is not None else "",
    }


def believed(write: Write, values: Mapping[str, object], number: str, internal_id: str) -> Patch:
    """What a write that was taken says of the case, where it could not be read again."""
    said: dict[str, object] = {"type": "case", "internal_id": internal_id}
    for name, ours in (
        ("short_description", "summary"),
        ("description", "description"),
        ("correlation_id", "client_number"),
    ):
        if name in values:
            said[ours] = values[name]
    if write.action == "create":
        said["state"], said["vendor_state"] = STATES["1"]
    if write.action == "cancel":
        said["state"], said["vendor_state"] = STATES["7" if values["cancel_type"] == "1" else "3"]
        said["awaiting_us"] = False
    comments: tuple[Comment, ...] = ()
    if write.action == "comment":
        at = write.sent_at or write.created_at
        body = str(values["comment"])
        comments = (Comment(id=f"own:{write.id}:0", author=write.engineer.name, at=at, body=body, origin="us"),)
    return Patch(number=number, set={name: value for name, value in said.items() if value != ""}, comments=comments)
