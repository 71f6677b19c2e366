"""What KPN ServiceNow Connect offers, as data. Sections are those of "2: Customers", version 0.95."""

from __future__ import annotations

from typing import Final

from providers.base import AttachmentLimits, Choice, Declaration, Field, Kind, Operation, Settling
from providers.kpn.words import SUPPORT, TIME_ZONE

PRIORITIES: Final = ("1 - Critical", "2 - High", "3 - Moderate", "4 - Low", "5 - Planning")
TICKET_TYPES: Final = {
    "incident": "Incident",
    "rfi": "Request for Information",
    "change": "Change Request",
    "service_request": "Service Request",
}
TASK_TYPES: Final = ("Incident Task", "Change Task", "Request Task")
MESSAGE_LIMIT: Final = 80_000_000
"""Bytes of a whole message with its files in base64 (2, attachments): just under 60 MB of files."""
REFERENCE_LENGTH: Final = 50
COMMENT_LENGTH: Final = 4000

_CREATE_SOURCE: Final = "2 Create New Ticket"
_ITEM_COLUMNS: Final = (
    Field(name="item", title="Catalogue item", required=True, max_length=100, source=_CREATE_SOURCE),
    Field(
        name="customer_order_item_id",
        title="Our number for the item",
        required=True,
        max_length=50,
        help="May be the ticket's own number.",
        source=_CREATE_SOURCE,
    ),
    Field(
        name="item_attributes",
        title="Attributes",
        kind=Kind.PAIRS,
        help="The names that the catalogue item asks for, with their values.",
        source=_CREATE_SOURCE,
    ),
)
_CREATE: Final = (
    Field(
        name="customer_reference_number",
        title="Our number",
        common="client_number",
        required=True,
        max_length=REFERENCE_LENGTH,
        help="Unique: KPN refuses a number it knows (3000).",
        source=_CREATE_SOURCE,
    ),
    Field(
        name="short_description",
        title="Summary",
        common="summary",
        required=True,
        max_length=160,
        source=_CREATE_SOURCE,
    ),
    Field(
        name="description",
        title="Description",
        kind=Kind.TEXT,
        common="description",
        required=True,
        max_length=4000,
        source=_CREATE_SOURCE,
    ),
    Field(name="service", title="Service", required=True, max_length=255, source=_CREATE_SOURCE),
    Field(
        name="ci",
        title="Configuration item",
        max_length=255,
        only_for=frozenset({"incident", "rfi", "change"}),
        source=_CREATE_SOURCE,
    ),
    Field(name="contact", title="Reported or requested by", max_length=100, source=_CREATE_SOURCE),
    Field(name="user", title="Affected user, or requested for", max_length=100, source=_CREATE_SOURCE),
    Field(
        name="priority",
        title="Priority",
        kind=Kind.CHOICE,
        common="priority",
        choices=tuple(Choice(value=label, label=label) for label in PRIORITIES),
        max_length=20,
        only_for=frozenset({"incident", "rfi"}),
        source="2, and the sample in 2.2 for a request for information",
    ),
    Field(
        name="desired_delivery_date",
        title="Wanted by",
        kind=Kind.LOCAL_TIME,
        only_for=frozenset({"change"}),
        help="Dutch time, YYYY-MM-DD HH:MM.",
        source=_CREATE_SOURCE,
    ),
    Field(
        name="order_items",
        title="Ordered items",
        kind=Kind.TABLE,
        columns=_ITEM_COLUMNS,
        only_for=frozenset({"service_request"}),
        source=_CREATE_SOURCE,
    ),
)
_COMMENT: Final = (
    Field(
        name="comment",
        title="Comment",
        kind=Kind.TEXT,
        common="comment",
        required=True,
        max_length=COMMENT_LENGTH,
        source="3 Update Existing Ticket",
    ),
)
_ACKNOWLEDGE: Final = (
    Field(name="message_id", title="Message", required=True, max_length=40, source="3.1, transaction_id"),
    Field(
        name="status",
        title="Outcome",
        kind=Kind.CHOICE,
        required=True,
        choices=(Choice(value="Success"), Choice(value="Failure")),
        default="Success",
        source="3.1",
    ),
    Field(
        name="reason",
        title="Why it failed",
        kind=Kind.TEXT,
        required_when="the outcome is Failure",
        max_length=4000,
        source="3.1, error_details",
    ),
    Field(
        name="customer_reference_number",
        title="Our number",
        common="client_number",
        max_length=60,
        source="3.1",
    ),
)
_LINK: Final = (
    Field(
        name="customer_reference_number",
        title="Our number",
        common="client_number",
        required=True,
        max_length=REFERENCE_LENGTH,
        help="It goes to KPN with the answers to this ticket's held messages; later comments carry it.",
        source="3.1; the length from 3, which every later comment must meet",
    ),
    Field(name="message_id", title="Message", max_length=40, source="3.1, transaction_id"),
)

DECLARATION: Final = Declaration(
    kind="kpn-connect",
    title="KPN ServiceNow Connect",
    document="KPN ServiceNow Connect API, 2: Customers, version 0.95 (2025-03-27)",
    support=SUPPORT,
    offered=frozenset(
        {
            Operation.LIST,
            Operation.DETAIL,
            Operation.QUEUE,
            Operation.CREATE,
            Operation.COMMENT,
            Operation.ATTACH,
            Operation.DOWNLOAD,
            Operation.ACKNOWLEDGE,
            Operation.LINK,
        }
    ),
    refusals={
        Operation.UPDATE: "changing fields is not offered by KPN Connect: its only actions are Comment and Response;"
        " ask for the change in a comment",
        Operation.RESOLVE: "resolving is not offered by KPN Connect: KPN resolves its tickets; ask for it in a comment",
        Operation.CLOSE: "closing is not offered by KPN Connect: KPN closes its tickets; ask for it in a comment",
        Operation.REOPEN: "reopening is not offered by KPN Connect; ask for it in a comment while the ticket is"
        " resolved, and create a new ticket once it is closed",
        Operation.CANCEL: "cancelling is not offered by KPN Connect; ask for it in a comment",
        Operation.APPROVE: "approving is not offered by KPN Connect: KPN's changes are decided in KPN's portal",
        Operation.REJECT: "rejecting is not offered by KPN Connect: KPN's changes are decided in KPN's portal",
        Operation.TAKE: "taking a ticket over is not offered by KPN Connect: its groups cannot be changed from here",
    },
    forms={
        Operation.CREATE: _CREATE,
        Operation.COMMENT: _COMMENT,
        Operation.ACKNOWLEDGE: _ACKNOWLEDGE,
        Operation.LINK: _LINK,
    },
    ticket_types=TICKET_TYPES,
    settling={
        Operation.CREATE.value: Settling(by="lookup", fallback="send_again"),
        Operation.COMMENT.value: Settling(by="lookup", fallback="engineer"),
        Operation.ATTACH.value: Settling(by="nothing", fallback="engineer"),
        Operation.ACKNOWLEDGE.value: Settling(by="nothing", fallback="send_again"),
        Operation.LINK.value: Settling(by="nothing", fallback="send_again"),
    },
    attachments=AttachmentLimits(
        file_bytes=(MESSAGE_LIMIT - 16 * 1024) // 4 * 3,
        encoded_bytes=MESSAGE_LIMIT,
        name_length=100,
        name_rule="at most 100 characters",
    ),
    poll_seconds=60,
    details_per_poll=20,
    irreversible=frozenset({Operation.ACKNOWLEDGE, Operation.LINK}),
    asks_before_consuming=True,
    files_with_create=True,
    queue_may_lose=True,
    link_by_acknowledging=True,
    needs_own_number=frozenset({Operation.COMMENT, Operation.ATTACH}),
    time_zone=TIME_ZONE,
    notes=(
        "Reading TicketUpdates may take its messages away from everyone who shares the credentials; the document"
        " does not say whether they come again.",
        "Messages of a ticket that KPN created wait (held) until our number is linked, or a failure is reported.",
        "Tasks stand under their own numbers; their own pages cannot be read (1040).",
        "An attachment that KPN adds is fetched by GET GetAttachment/{id}, which the document does not describe.",
    ),
)
