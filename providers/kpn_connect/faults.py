"""KPN Connect's error codes: what each means, which error it is, and what to do. Section 6 of "2: Customers"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from providers.answer import Answer
from providers.errors import NotFound, NotOffered, Rejected, VendorError, WrongState
from providers.kpn.answers import Complaint, complaint_in, fault_of_status

SCHEMA: Final = "1000"
UNKNOWN_TRANSACTION: Final = "1050"
DOUBLE: Final = "3000"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One code: the error it becomes, in words, and the next step."""

    kind: type[VendorError]
    sentence: str
    next_step: str
    field: str = ""


MEANINGS: Final = {
    SCHEMA: Meaning(
        Rejected,
        "KPN's check of the message failed: something mandatory is missing, or a value is not allowed",
        "Look at KPN's words, complete the field and send it again.",
    ),
    "1010": Meaning(
        Rejected,
        "KPN does not know this service, or it is no longer active",
        "Use the name of a service as KPN has it; your KPN Service Delivery Manager knows them.",
        "service",
    ),
    "1040": Meaning(
        NotOffered,
        "this is not offered by KPN Connect for a number of this type, such as a task's",
        "Use the ticket that the task belongs to, or KPN's portal.",
    ),
    UNKNOWN_TRANSACTION: Meaning(
        NotFound,
        "KPN knows no message with this transaction_id",
        "It was acknowledged before, or has expired: there is nothing left to do for it.",
        "message_id",
    ),
    "1100": Meaning(
        Rejected,
        "KPN does not offer this catalogue item to your company, or no longer",
        "Ask your KPN Service Delivery Manager which values it expects.",
        "order_items",
    ),
    "1110": Meaning(
        Rejected,
        "KPN does not offer this service for orders to your company, or no longer",
        "Ask your KPN Service Delivery Manager which values it expects.",
        "service",
    ),
    "1190": Meaning(
        Rejected,
        "KPN could not create the order and does not say why",
        "Look at KPN's words; if they do not help, call your KPN Service Delivery Manager.",
    ),
    DOUBLE: Meaning(
        Rejected,
        "KPN already has a ticket with this number of ours",
        "Look for it in the list; for another ticket choose another number.",
        "customer_reference_number",
    ),
    "6010": Meaning(
        NotFound,
        "KPN does not have this attachment, or no longer",
        "Ask KPN in a comment to attach it again.",
    ),
    "6050": Meaning(
        Rejected,
        "a system behind KPN's interface failed, and KPN asks to send the message again",
        "Send it again as it is.",
    ),
    "9000": Meaning(
        Rejected,
        "KPN reports an error that has no code of its own",
        "KPN's words say more; correct it and send it again.",
    ),
}
_NO_TICKET: Final = Meaning(
    NotFound,
    "KPN knows no ticket with this combination of its number and ours",
    "Refresh the ticket and compare both numbers.",
)
_CLOSED: Final = Meaning(
    WrongState,
    "KPN no longer takes updates for this ticket, because it is closed",
    "Refresh the ticket; where the trouble is back, create a new one that names it.",
)


def fault_in(answer: Answer, document: Any) -> VendorError | None:
    """The error that an answer reports, by code and words together; None where it reports none.

    `document` is the body as JSON, None where it is none. 2000 means two things, and only the words tell which.
    """
    complaint = complaint_in(document)
    if answer.ok and complaint is None:
        return None
    if complaint is None or answer.status == 413 or not (meaning := _meaning(complaint)):
        return fault_of_status(answer, complaint)
    return meaning.kind(
        answer.provider,
        meaning.sentence,
        next_step=meaning.next_step,
        vendor_words=complaint.words,
        code=complaint.code,
        field=meaning.field,
    )


def _meaning(complaint: Complaint) -> Meaning | None:
    if complaint.code == "2000":
        return _CLOSED if "closed" in complaint.words.casefold() else _NO_TICKET
    return MEANINGS.get(complaint.code)
