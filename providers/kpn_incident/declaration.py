"""What the KPN ServiceNow Incident API offers, as data. Headings are those of its documentation page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from providers.base import AttachmentLimits, Declaration, Field, Kind, Operation, Settling
from providers.kpn.words import SUPPORT, TIME_ZONE

if TYPE_CHECKING:
    from providers.kpn_incident.settings import Settings

FILES_LIMIT: Final = 10_000_000
"""Bytes of a message with its files in base64 ("Constraints": 10 Mb in all)."""
CLOSING_WORDS: Final = "Closed by the customer."
REOPENING_WORDS: Final = "Reopened by the customer: it is not solved."

_CREATE_SOURCE: Final = "Create a new Incident-ticket"
_UPDATE_SOURCE: Final = "Update an incident"
_CREATE: Final = (
    Field(
        name="reference_number",
        title="Our number",
        common="client_number",
        required=True,
        help="Unique; it can only be given here.",
        source=_CREATE_SOURCE,
    ),
    Field(name="short_description", title="Summary", common="summary", required=True, source=_CREATE_SOURCE),
    Field(
        name="description",
        title="Description",
        kind=Kind.TEXT,
        common="description",
        required=True,
        source=_CREATE_SOURCE,
    ),
    Field(
        name="ci",
        title="Configuration item",
        required=True,
        help="From a list that KPN agreed with you and the API does not tell; anything can be typed.",
        source="Constraints; " + _CREATE_SOURCE,
    ),
    Field(name="service", title="Service", source=_CREATE_SOURCE),
)


def _comment(title: str, common: str, default: str = "") -> tuple[Field, ...]:
    """The comment that every update carries."""
    return (
        Field(
            name="comment",
            title=title,
            kind=Kind.TEXT,
            common=common,
            required=True,
            default=default,
            source=_UPDATE_SOURCE,
        ),
    )


_NO_QUEUE: Final = "the API has no queue: news is found by comparing what each poll reads"
DECLARATION: Final = Declaration(
    kind="kpn-incident",
    title="KPN ServiceNow Incident",
    document="KPN Developer: ServiceNow Incident API",
    support=SUPPORT,
    offered=frozenset(
        {
            Operation.LIST,
            Operation.DETAIL,
            Operation.CREATE,
            Operation.COMMENT,
            Operation.CLOSE,
            Operation.REOPEN,
            Operation.ATTACH,
        }
    ),
    refusals={
        Operation.QUEUE: f"a queue is not offered by KPN Incident: {_NO_QUEUE}",
        Operation.ACKNOWLEDGE: f"acknowledging is not offered by KPN Incident: {_NO_QUEUE}",
        Operation.DOWNLOAD: "downloading files is not offered by KPN Incident: its pages name none; use KPN's portal",
        Operation.LINK: "linking our number is not offered by KPN Incident: it takes one only when an incident is"
        " created",
        Operation.UPDATE: "changing fields is not offered by KPN Incident: its only actions are Comment, Close and"
        " Reopen; ask for the change in a comment",
        Operation.RESOLVE: "resolving is not offered by KPN Incident: KPN resolves its incidents, and you close or"
        " reopen them then",
        Operation.CANCEL: "cancelling is not offered by KPN Incident; ask for it in a comment",
        Operation.APPROVE: "approving is not offered by KPN Incident: it has no changes",
        Operation.REJECT: "rejecting is not offered by KPN Incident: it has no changes",
        Operation.TAKE: "taking a ticket over is not offered by KPN Incident: its groups cannot be changed from here",
    },
    forms={
        Operation.CREATE: _CREATE,
        Operation.COMMENT: _comment("Comment", "comment"),
        Operation.CLOSE: _comment("Closing words", "notes", CLOSING_WORDS),
        Operation.REOPEN: _comment("What is not solved", "notes", REOPENING_WORDS),
    },
    ticket_types={"incident": "Incident"},
    settling={
        Operation.CREATE.value: Settling(by="lookup", fallback="send_again"),
        Operation.COMMENT.value: Settling(by="nothing", fallback="engineer"),
        Operation.ATTACH.value: Settling(by="nothing", fallback="engineer"),
        Operation.CLOSE.value: Settling(by="lookup", fallback="engineer"),
        Operation.REOPEN.value: Settling(by="lookup", fallback="engineer"),
    },
    attachments=AttachmentLimits(file_bytes=(FILES_LIMIT - 16 * 1024) // 4 * 3, encoded_bytes=FILES_LIMIT),
    poll_seconds=60,
    details_per_poll=20,
    files_with_create=True,
    irreversible=frozenset({Operation.CLOSE}),
    needs_state=dict.fromkeys((Operation.CLOSE, Operation.REOPEN), frozenset({"resolved"})),
    time_zone=TIME_ZONE,
    notes=(
        "Close and Reopen go from Resolved only, and always with a comment.",
        "The pages show no comments: what KPN's people write is seen in KPN's portal alone.",
    ),
)


def declaration_for(settings: Settings) -> Declaration:
    """The declaration with the configured items offered in the form; anything else can still be typed."""
    if not settings.configuration_items:
        return DECLARATION
    create = tuple(
        replace(item, suggestions=settings.configuration_items) if item.name == "ci" else item
        for item in DECLARATION.forms[Operation.CREATE]
    )
    return replace(DECLARATION, forms={**DECLARATION.forms, Operation.CREATE: create})
