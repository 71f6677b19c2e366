"""The queue's answer as messages (guide, GET /queue Response). Pure; a message that cannot be read is kept whole.

One odd message never costs its neighbours: it becomes a Message without a patch and with a problem, is shown and
parked, and is deleted like any other once it is stored here, since it would block its group.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from providers.clock import milliseconds
from providers.ensono.mapping import Plain, as_is
from providers.ensono.patches import Said, patch_of
from providers.ensono.wire import (
    Attributes,
    Envelope,
    Unreadable,
    as_json,
    fold,
    messages_in,
    read_body,
    salvaged,
    text,
)
from providers.model import Message, MessageKind, Patch
from providers.redaction import redact
from providers.slices import Element
from providers.text import safe_line

KINDS: Final[Mapping[str, MessageKind]] = {
    "create": "create",
    "update": "update",
    "notes": "comment",
    "closure": "closure",
    "attachment": "attachment",
    "redraft": "redraft",
    "returnensononum": "number_returned",
    "approvalrequest": "approval",
}
_LAST_MILLISECOND: Final = 253_402_300_799_999  # the end of the year 9999
_SUMMARY: Final = 200


class NoQueue(ValueError):
    """The answer is no queue's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is out of scope: a ticket or transaction type, a group, or both. Both folded."""

    type: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading needs to know beside the answer."""

    provider: str
    received_at: datetime
    ignore: tuple[Rule, ...] = ()
    plain: Plain = as_is


def read_queue(body: bytes, reading: Reading) -> tuple[Message, ...]:
    """The messages of one answer, in the queue's own order. NoQueue where the answer is none of a queue's."""
    answer = body.decode("utf-8-sig", "replace")
    try:
        found = messages_in(json.loads(answer, strict=False))
    except (ValueError, RecursionError):
        elements = salvaged(answer)
        if not elements:
            raise NoQueue("the answer is no JSON") from None
        return tuple(_element(element, reading) for element in elements)
    if found is None:
        raise NoQueue("the answer holds no `messages`")
    return tuple(read_message(item, reading) for item in found)


def read_message(value: object, reading: Reading) -> Message:
    """One message of the queue, whatever it is. One that is out of scope changes no ticket."""
    raw = as_json(value)
    if not isinstance(value, Mapping):
        return _unreadable(raw, reading, "the message is no object")
    envelope = Envelope.model_validate(value)
    attributes = envelope.attributes
    group = safe_line(attributes.message_group_id)
    problem, fields, patch = "", dict[str, object](), None
    kind = KINDS.get(fold(attributes.transaction_type), "unknown")
    said = Said(id=_identity(envelope), kind=kind, number=group, fields=fields)
    try:
        fields = read_body(envelope.body)
        number = safe_line(_text(fields.get("ticketNumber"))) or group
        said = Said(
            id=said.id,
            kind=kind,
            number=number,
            fields=fields,
            sent_at=_sent_at(attributes),
            linked=attributes.client_reference_available,
            plain=reading.plain,
        )
        patch = _patch(said, attributes)
    except Unreadable as error:
        problem = str(error)
    if patch is not None and patch.attachments:
        raw = redact(raw)  # the link's signature is a secret, and the patch has the link
    ignored = _out_of_scope(said, attributes, reading.ignore)
    return Message(
        provider=reading.provider,
        id=said.id,
        number=said.number,
        client_number=_client_number(said),
        kind=kind,
        group=group or said.number,
        order=_order(attributes, reading.received_at),
        sent_at=_sent_at(attributes),
        received_at=reading.received_at,
        receive_count=max(1, attributes.approximate_receive_count),
        handle=envelope.receipt_handle,
        summary=_summary(said, patch, attributes.transaction_type),
        raw=raw,
        patch=None if ignored else patch,
        problem="" if ignored else safe_line(problem, 300),
        ignored=ignored,
    )


def _patch(said: Said, attributes: Attributes) -> Patch:
    if said.kind == "unknown":
        word = safe_line(attributes.transaction_type, 60)
        raise Unreadable(f"an unknown transaction type {word!r}" if word else "no transaction type")
    if not said.number:
        raise Unreadable("neither the body nor MessageGroupId names a ticket")
    return patch_of(said)


def _element(element: Element, reading: Reading) -> Message:
    """One element of an answer that as a whole is no JSON."""
    if not element.problem:
        return read_message(element.value, reading)
    found = {name: _quoted(name, element.raw) for name in ("MessageId", "ReceiptHandle", "MessageGroupId")}
    stamps = {name: _quoted(name, element.raw) for name in ("SentTimestamp", "SequenceNumber")}
    shell = read_message({**found, "Attributes": {**stamps, "MessageGroupId": found["MessageGroupId"]}}, reading)
    return _unreadable(element.raw, reading, element.problem, shell)


def _quoted(name: str, raw: str) -> str:
    found = re.search(rf'"{name}"\s*:\s*"([^"\\]*)"', raw, re.IGNORECASE)
    return found[1] if found else ""


def _unreadable(raw: str, reading: Reading, problem: str, shell: Message | None = None) -> Message:
    return Message(
        provider=reading.provider,
        id=shell.id if shell is not None and shell.handle else _digest(raw),
        number=shell.number if shell is not None else "",
        group=shell.group if shell is not None else "",
        order=shell.order if shell is not None else (milliseconds(reading.received_at), 0),
        sent_at=shell.sent_at if shell is not None else None,
        received_at=reading.received_at,
        handle=shell.handle if shell is not None else "",
        summary="unreadable message",
        raw=raw,
        problem=safe_line(problem, 300),
    )


def _digest(*parts: str) -> str:
    return "unnamed-" + hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _identity(envelope: Envelope) -> str:
    """MessageId; without one a digest of what stays the same when the message comes again."""
    attributes = envelope.attributes
    return safe_line(envelope.message_id) or _digest(
        attributes.message_group_id,
        str(attributes.sent_timestamp),
        str(attributes.sequence_number),
        as_json(envelope.body),
    )


def _order(attributes: Attributes, received_at: datetime) -> tuple[int, int]:
    sent = attributes.sent_timestamp
    return (sent if 0 < sent <= _LAST_MILLISECOND else milliseconds(received_at), attributes.sequence_number)


def _sent_at(attributes: Attributes) -> datetime | None:
    sent = attributes.sent_timestamp
    return datetime.fromtimestamp(sent / 1000, UTC) if 0 < sent <= _LAST_MILLISECOND else None


def _text(value: object) -> str:
    try:
        return text(value)
    except Unreadable:
        return ""


def _client_number(said: Said) -> str:
    try:
        return said.client_number
    except Unreadable:
        return ""


def _out_of_scope(said: Said, attributes: Attributes, rules: tuple[Rule, ...]) -> bool:
    types = {fold(_text(said.fields.get("ticketType"))), fold(attributes.transaction_type)}
    groups = {fold(_text(said.fields.get(name))) for name in ("group", "ensonoGroup")}
    return any((not rule.type or rule.type in types) and (not rule.group or rule.group in groups) for rule in rules)


def _summary(said: Said, patch: Patch | None, transaction: str) -> str:
    if patch is None:
        return safe_line(f"unreadable {transaction} message" if transaction else "unreadable message", _SUMMARY)
    return safe_line(_gist(said, patch), _SUMMARY)


def _gist(said: Said, patch: Patch) -> str:
    """What a message is about, for the list of incoming messages."""
    title = str(patch.set.get("summary") or patch.fill.get("summary") or "")
    if patch.comments:
        first = patch.comments[0]
        return f"{first.author}: {first.body}" if first.author else first.body
    if patch.attachments:
        return f"file {patch.attachments[0].name}"
    if patch.approvals:
        who = patch.approvals[0].approver_name or patch.approvals[0].approver
        return f"approval asked of {who or 'us'}"
    if said.kind == "number_returned":
        return f"our {said.client_number} is {said.number}"
    if said.kind == "create":
        return title
    changed = [*_worded(patch.set), *_worded(patch.vendor)] if "changed" in said.fields else []
    return ", ".join(changed) or f"{patch.set.get('vendor_state', '')}: {title}".removeprefix(": ")


def _worded(values: Mapping[str, Any]) -> list[str]:
    skipped = {"state", "updated_at", "awaiting_us", "type"}
    names = {"vendor_state": "status"}
    return [f"{names.get(name, name)} {value}" for name, value in values.items() if name not in skipped and value]
