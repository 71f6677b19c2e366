"""From a write of ours to the message KPN Incident wants. Pure. Headings are those of its documentation page.

Everything the document forbids is refused here, before a byte has left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from providers.base import Operation
from providers.errors import Rejected, TooLarge, WrongState
from providers.fields import require, text_problem
from providers.kpn.files import check_names
from providers.kpn_incident.declaration import DECLARATION, FILES_LIMIT
from providers.model import ENDED_STATES, FileRef, Ticket, Write
from providers.offering import offered_write
from providers.text import safe_line
from providers.transfer import Upload

_ACTIONS: Final = {
    Operation.COMMENT: "Comment",
    Operation.ATTACH: "Comment",
    Operation.CLOSE: "Close",
    Operation.REOPEN: "Reopen",
}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request: its method, its path under the base URL, and its document, in which files stand as FileRef."""

    method: str
    path: str
    document: Mapping[str, Any]

    def naming_its_files(self) -> Outgoing:
        """The same message with a comment that names the files."""
        names = ", ".join(item["name"] for item in self.document["attachments"])
        return replace(self, document={**self.document, "comment": safe_line(f"Attached: {names}", 400)})


def outgoing(provider: str, write: Write, ticket: Ticket | None) -> Outgoing:
    """The message for a write. Raises NotOffered, Rejected, WrongState or TooLarge; nothing has been sent then."""
    operation = offered_write(provider, DECLARATION, write.action, ticket)
    if operation is Operation.CREATE:
        message = Outgoing("POST", "NewIncident", _create(provider, write))
    else:
        message = Outgoing("PATCH", "UpdateIncident", _update(provider, write, ticket, operation))
    length = Upload.json(provider, message.document).length
    if length > FILES_LIMIT:
        raise TooLarge(
            provider,
            f"nothing was sent: with its files in base64 the message has {length} bytes; the limit is {FILES_LIMIT}",
            field="attachments",
            next_step="Just under 7.5 MB of files go into one message: send them in several, or compress them.",
        )
    return message


def _create(provider: str, write: Write) -> dict[str, Any]:
    if write.ticket_type not in ("", *DECLARATION.ticket_types):
        raise Rejected(
            provider,
            f"nothing was sent: KPN Incident takes incidents, no {write.ticket_type}",
            field="type",
            next_step="Choose the type incident.",
        )
    values = dict(write.values)
    if write.client_number and not values.get("client_number"):
        values.setdefault("reference_number", write.client_number)
    checked = require(provider, DECLARATION.forms[Operation.CREATE], values)
    return {**checked, **_attachments(provider, write.files)}


def _update(provider: str, write: Write, ticket: Ticket | None, operation: Operation) -> dict[str, Any]:
    _check_state(provider, ticket, operation)
    number = write.number or (ticket.number if ticket else "")
    reference = write.client_number or (ticket.client_number if ticket else "")
    if not number:
        raise Rejected(provider, "nothing was sent: the message needs a ticket_number", field="ticket_number")
    document = {"action": _ACTIONS[operation], "ticket_number": number}
    if operation is not Operation.ATTACH:
        document["comment"] = _comment(provider, write, operation)
    elif not write.files:
        raise Rejected(provider, "nothing was sent: no file was named", field="attachments")
    else:
        require(provider, (), write.values)
    if reference:
        document["reference_number"] = reference
    for name in ("ticket_number", "reference_number"):
        problem = text_problem(name, document.get(name, ""), None)
        if problem:
            raise Rejected(provider, f"nothing was sent: {problem}", field=name)
    return {**document, **_attachments(provider, write.files)}


def _check_state(provider: str, ticket: Ticket | None, operation: Operation) -> None:
    """Close and Reopen go from Resolved only; what has ended takes nothing more."""
    if ticket is None:
        return
    if operation in (Operation.CLOSE, Operation.REOPEN) and ticket.state != "resolved":
        raise WrongState(
            provider,
            f"nothing was sent: {ticket.number} is {ticket.state}; only a resolved incident can be {_done(operation)}",
            next_step="Wait until KPN has resolved it, or refresh it if you think it is.",
        )
    if ticket.state in ENDED_STATES:
        raise WrongState(
            provider,
            f"nothing was sent: {ticket.number} is {ticket.state}, and takes no more updates",
            next_step="Create a new incident that names this one, or refresh it if you think it is open.",
        )


def _done(operation: Operation) -> str:
    return "closed" if operation is Operation.CLOSE else "reopened"


def _comment(provider: str, write: Write, operation: Operation) -> str:
    """The words of an update: what was typed, else the form's default."""
    fields = DECLARATION.forms[operation]
    values = dict(write.values)
    if fields[0].default and not any(str(values.get(name) or "").strip() for name in ("comment", "notes")):
        values = {name: value for name, value in values.items() if name != "notes"}
        values["comment"] = fields[0].default
    return str(require(provider, fields, values)["comment"])


def _attachments(provider: str, files: tuple[FileRef, ...]) -> dict[str, Any]:
    """The files by name and content. The document has no content_type here."""
    check_names(provider, files)
    return {"attachments": [{"name": file.name, "content": file} for file in files]} if files else {}
