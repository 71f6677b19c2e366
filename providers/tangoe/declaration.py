"""What Tangoe offers, as data. Sections are those of its Case API document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from providers.base import Choice, Declaration, Field, Kind, Operation, Settling

if TYPE_CHECKING:
    from providers.tangoe.settings import Settings

CONFIGURED: Final = "configured"
"""The value of the field `callback`: the one from the config. Its password stays there."""

OPEN_STATES: Final = ("1", "5", "10", "-5", "-10")
STATES: Final = {
    "1": ("new", "New"),
    "3": ("closed", "Closed"),
    "5": ("open", "Assigned"),
    "6": ("resolved", "Complete/Resolved"),
    "7": ("cancelled", "Cancelled"),
    "10": ("open", "Work In Progress"),
    "-5": ("pending", "On Hold"),
    "-10": ("open", "Reassigned"),
}
"""Our state and Tangoe's word for each code (Retrieving Cases, state)."""
_SOURCE: Final = "Create Cases, Request Parameters"

SUMMARY: Final = Field(
    name="short_description", title="Summary", common="summary", required=True, editable=True, source=_SOURCE
)
DESCRIPTION: Final = Field(
    name="description",
    title="Description",
    kind=Kind.TEXT,
    common="description",
    required=True,
    editable=True,
    source=_SOURCE,
)
PRIORITY: Final = Field(
    name="priority",
    title="Priority",
    kind=Kind.CHOICE,
    common="priority",
    choices=(
        Choice(value="1", label="1 - System Outage"),
        Choice(value="2", label="2 - Critical"),
        Choice(value="3", label="3 - High"),
        Choice(value="4", label="4 - Medium"),
        Choice(value="5", label="5 - Low"),
    ),
    editable=True,
    help="Tangoe's default where none is given.",
    source=_SOURCE,
)
CORRELATION_ID: Final = Field(
    name="correlation_id",
    title="Our number",
    common="client_number",
    required=True,
    editable=True,
    help="Tangoe does not ask for it; it is how an unanswered create is found again.",
    source=_SOURCE,
)
CORRELATION_DISPLAY: Final = Field(
    name="correlation_display", title="Our number as shown", editable=True, source=_SOURCE
)
ENTITLEMENT: Final = Field(
    name="entitlement_id",
    title="Entitlement",
    help="Without it Tangoe handles the case more slowly. Cannot be changed later.",
    source=_SOURCE,
)
CONTACT: Final = Field(
    name="contact_email",
    title="Contact's e-mail",
    required_when="neither the config nor the engineer has one",
    help="Replaced by Tangoe where it does not know it. Cannot be changed later.",
    source=_SOURCE,
)
ADDITIONAL: Final = Field(
    name="additional_contacts",
    title="More contacts",
    help="E-mail addresses parted by commas. Cannot be changed later.",
    source=_SOURCE,
)
CALLBACK: Final = Field(
    name="callback",
    title="Callback",
    kind=Kind.CHOICE,
    choices=(Choice(value=CONFIGURED, label="as configured"),),
    editable=True,
    help="Have Tangoe call the configured URL when it changes the case.",
    source=_SOURCE,
)
CANCEL_TYPE: Final = Field(
    name="cancel_type",
    title="Reason",
    kind=Kind.CHOICE,
    common="code",
    choices=(Choice(value="1", label="1 - Cancelled"), Choice(value="2", label="2 - Closed Out of Scope")),
    default="1",
    source="Cancel a Case, Query Parameters",
)
COMMENT: Final = Field(
    name="comment",
    title="Comment",
    kind=Kind.TEXT,
    common="comment",
    required=True,
    source="public material, not the document",
)

_CREATE: Final = (
    CORRELATION_ID,
    SUMMARY,
    DESCRIPTION,
    PRIORITY,
    ENTITLEMENT,
    CONTACT,
    ADDITIONAL,
    CORRELATION_DISPLAY,
)
_UPDATE: Final = tuple(
    replace(field, required=False) for field in (SUMMARY, DESCRIPTION, PRIORITY, CORRELATION_ID, CORRELATION_DISPLAY)
)
_OFFERED: Final = frozenset(
    {Operation.LIST, Operation.DETAIL, Operation.CREATE, Operation.UPDATE, Operation.CANCEL, Operation.LINK}
)

DECLARATION: Final = Declaration(
    kind="tangoe",
    title="Tangoe",
    document="Tangoe ServiceNow API, Case API",
    support="Tangoe's document names no support line; call your Tangoe account manager with the case number",
    offered=_OFFERED,
    refusals={
        Operation.QUEUE: "a queue is not offered by Tangoe: messages are derived from what changed between polls",
        Operation.COMMENT: "comment is not offered by Tangoe's document; set comments = true in the config to try it",
        Operation.RESOLVE: "resolve is not offered by Tangoe: only its own agents resolve a case",
        Operation.CLOSE: "close is not offered by Tangoe: cancel it, or ask in its portal",
        Operation.REOPEN: "reopen is not offered by Tangoe: create a new case that names the old one",
        Operation.ATTACH: "attach is not offered by Tangoe: its interface takes no files",
        Operation.DOWNLOAD: "download is not offered by Tangoe: its interface hands out no files",
        Operation.ACKNOWLEDGE: "ack is not offered by Tangoe: it has no queue",
        Operation.APPROVE: "approve is not offered by Tangoe: it has no changes",
        Operation.REJECT: "reject is not offered by Tangoe: it has no changes",
        Operation.TAKE: "take is not offered by Tangoe: a case's group cannot be set",
    },
    forms={
        Operation.CREATE: _CREATE,
        Operation.UPDATE: _UPDATE,
        Operation.CANCEL: (CANCEL_TYPE,),
        Operation.LINK: (CORRELATION_ID,),
    },
    ticket_types={"case": "Case"},
    settling={
        "create": Settling(by="lookup", fallback="send_again"),
        "comment": Settling(by="lookup", fallback="engineer"),
        "update": Settling(by="lookup", fallback="engineer"),
        "cancel": Settling(by="lookup", fallback="engineer"),
        "link": Settling(by="lookup", fallback="engineer"),
    },
    poll_seconds=120,
    irreversible=frozenset({Operation.CANCEL}),
    time_zone="UTC",
    notes=(
        "A list answers in pages; all pages are read, with the open states as filter.",
        "Entitlement, contact and additional contacts cannot be changed once set.",
        "A closed or cancelled case takes no update.",
        "Tangoe may replace a contact's e-mail that it does not know, and reset a priority: a case is read again "
        "after each write.",
    ),
)


def declaration_for(settings: Settings) -> Declaration:
    """The declaration as this config makes it: comments, entitlements and a callback where configured."""
    offered = DECLARATION.offered | ({Operation.COMMENT} if settings.comments else set())
    callback = (CALLBACK,) if settings.callback is not None else ()
    choices = tuple(dict.fromkeys(filter(None, (settings.entitlement_id, *settings.entitlements))))
    entitlement = replace(ENTITLEMENT, suggestions=choices, default=settings.entitlement_id)
    contact = replace(CONTACT, default=settings.contact_email)
    create = tuple({ENTITLEMENT: entitlement, CONTACT: contact}.get(field, field) for field in _CREATE)
    forms = {
        **DECLARATION.forms,
        Operation.CREATE: (*create, *callback),
        Operation.UPDATE: (*_UPDATE, *callback),
    }
    refusals = dict(DECLARATION.refusals)
    if settings.comments:
        forms[Operation.COMMENT] = (COMMENT,)
        del refusals[Operation.COMMENT]
    return replace(
        DECLARATION, offered=frozenset(offered), refusals=refusals, forms=forms, time_zone=settings.time_zone
    )
