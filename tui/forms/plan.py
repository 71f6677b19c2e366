"""What a form asks and what is wrong with the answers: pure, made from a provider's declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from providers.base import AttachmentLimits, Declaration, Field, Kind, Operation
from providers.fields import Issue, check
from providers.model import Ticket, TicketKey
from tui.sizes import human_size

FILES: Final = "files"
"""The key under which a draft keeps the paths of the files to send."""
REFUSED: Final = "refused:entry"
"""The key under which a draft keeps the id of the outbox entry that the vendor refused, and that it is to replace."""

TITLES: Final[Mapping[Operation, str]] = {
    Operation.CREATE: "New ticket",
    Operation.COMMENT: "Comment",
    Operation.UPDATE: "Update fields",
    Operation.RESOLVE: "Resolve",
    Operation.CLOSE: "Close",
    Operation.REOPEN: "Reopen",
    Operation.CANCEL: "Cancel the ticket",
    Operation.ATTACH: "Attach files",
    Operation.ACKNOWLEDGE: "Answer the message",
    Operation.LINK: "Link our number",
    Operation.APPROVE: "Approve the change",
    Operation.REJECT: "Reject the change",
    Operation.TAKE: "Take over",
}
WITH_FILES: Final = frozenset({Operation.CREATE, Operation.COMMENT, Operation.ATTACH})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPlan:
    """One form: for which operation of which provider, on which ticket, and its fields in order.

    `key` is the ticket the form was opened for and stays that, whatever is selected later. `revision` is the
    ticket's at that time. `limits` is None where no files can go along. `corrects` is the outbox entry whose place
    what is sent takes.
    """

    provider: str
    vendor: str
    operation: Operation
    title: str
    fields: tuple[Field, ...]
    key: TicketKey | None = None
    ticket_type: str = ""
    client_number: str = ""
    revision: int = 0
    limits: AttachmentLimits | None = None
    irreversible: bool = False
    corrects: str = ""

    @property
    def draft_key(self) -> str:
        """Under which name what is typed is kept: one draft for each operation on each ticket, and each correction."""
        if self.corrects:
            return f"correct:{self.corrects}"
        number = self.key.number if self.key else self.ticket_type
        return f"{self.provider}:{self.operation.value}:{number}"

    @property
    def subject(self) -> str:
        """Whom it is about, in a few words."""
        if self.key is None:
            return f"{self.vendor} · {self.ticket_type.replace('_', ' ')}" if self.ticket_type else self.vendor
        return f"{self.key.provider} {self.key.number}"


def plan_form(
    declaration: Declaration,
    provider: str,
    operation: Operation,
    ticket: Ticket | None = None,
    ticket_type: str = "",
) -> FormPlan:
    """The form for an operation on a ticket, or for a create of a type."""
    kind = ticket.type if ticket else ticket_type
    fields = tuple(field for field in declaration.forms.get(operation, ()) if field.takes(kind))
    if operation is Operation.ATTACH:
        # A file of its own needs no words; where they are possible, a comment with files is the form for both.
        fields = tuple(field for field in fields if not field.required)
    takes_files = (
        operation in WITH_FILES
        and declaration.attachments is not None
        and not declaration.refusal(Operation.ATTACH, ticket)
        and (operation is not Operation.CREATE or declaration.files_with_create)
    )
    return FormPlan(
        provider=provider,
        vendor=declaration.title,
        operation=operation,
        title=TITLES.get(operation, operation.value),
        fields=fields,
        key=ticket.key if ticket else None,
        ticket_type=kind,
        client_number=ticket.client_number if ticket else "",
        revision=ticket.revision if ticket else 0,
        limits=declaration.attachments if takes_files else None,
        irreversible=operation in declaration.irreversible,
    )


def start_values(
    plan: FormPlan, ticket: Ticket | None, draft: Mapping[str, object] | None, template: Mapping[str, object]
) -> dict[str, str]:
    """What the fields show first: the draft, else the template, else the declaration's defaults.

    An update begins with what the ticket holds, so that one sees what one changes.
    """
    values = {field.name: field.default for field in plan.fields}
    if plan.operation is Operation.UPDATE and ticket is not None:
        values.update(_present(plan.fields, ticket))
    by_common = {field.common: field.name for field in plan.fields if field.common}
    for source in (template, draft or {}):
        for given, value in source.items():
            name = given if given in values else by_common.get(given, given)
            if name in values:
                values[name] = as_text(value)
    return values


def _present(fields: Sequence[Field], ticket: Ticket) -> dict[str, str]:
    present: dict[str, str] = {}
    for field in fields:
        value = ticket.vendor.get(field.name)
        if field.common in ("summary", "description", "priority", "client_number"):
            value = getattr(ticket, field.common)
        if value not in (None, ""):
            text = as_text(value)
            if field.kind is Kind.CHOICE:
                text = next((choice.value for choice in field.choices if choice.value[:1] == text[:1]), "")
            present[field.name] = text
    return present


def changed_values(values: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """For an update: only what is no longer as it was."""
    return {name: value for name, value in values.items() if value != before.get(name, "")}


def sent_values(plan: FormPlan, values: Mapping[str, str]) -> dict[str, object]:
    """Typed text as the values of a write: pairs and tables taken apart, empty fields left out."""
    sent: dict[str, object] = {}
    for field in plan.fields:
        text = values.get(field.name, "")
        if not text.strip():
            continue
        if field.kind is Kind.PAIRS:
            sent[field.name] = parse_pairs(text)
        elif field.kind is Kind.TABLE:
            sent[field.name] = parse_table(field, text)
        else:
            sent[field.name] = text
    return sent


def issues(plan: FormPlan, values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by field, in words. Empty where it can be sent."""
    titles = {field.name: field.title for field in plan.fields}
    found: dict[str, str] = {}
    for issue in check(plan.fields, sent_values(plan, values), plan.ticket_type).issues:
        name = _top(issue)
        found.setdefault(name, _by_title(issue.sentence, name, titles.get(name, name)))
    return found


def _by_title(sentence: str, name: str, title: str) -> str:
    """What is said of a field, by the name that the form shows. Files of tickets name fields as vendors do."""
    for start in (f"{name} ({title})", name):
        if sentence.startswith(start):
            return title + sentence[len(start) :]
    return sentence


def _top(issue: Issue) -> str:
    return issue.field.split("[", 1)[0]


def file_issue(limits: AttachmentLimits, path: Path, size: int) -> str:
    """Why a file cannot go, with the limit; empty where it can. The connector's own check follows before sending."""
    if path.suffix.lstrip(".").lower() in limits.forbidden_extensions:
        return f"{path.name}: files of type {path.suffix} are not taken"
    if limits.file_bytes is not None and size > limits.file_bytes:
        return f"{path.name} has {human_size(size)}; the limit is {human_size(limits.file_bytes)}"
    if limits.encoded_bytes is not None and size * 4 // 3 > limits.encoded_bytes:
        return (
            f"{path.name} has {human_size(size)}, {human_size(size * 4 // 3)} as sent; "
            f"the limit is {human_size(limits.encoded_bytes)} as sent"
        )
    return ""


def counter(field: Field, text: str) -> str:
    """How much of a limit is used, once it begins to matter: `120/160`."""
    if field.max_length is None or field.kind is Kind.CHOICE:
        return ""
    return f"{len(text)}/{field.max_length}"


def as_text(value: object) -> str:
    """A stored or configured value as it is typed: pairs and tables as lines."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "\n".join(f"{name} = {text}" for name, text in value.items())
    if isinstance(value, list | tuple):
        return "\n\n".join(as_text(item) for item in value)
    return str(value)


def parse_pairs(text: str) -> dict[str, str]:
    """`name = value` a line. A line without an equals sign goes on with the value before it."""
    pairs: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and name.strip():
            last = name.strip()
            pairs[last] = value.strip()
        elif last and line.strip():
            pairs[last] += "\n" + line.strip()
        elif line.strip():
            pairs[line.strip()] = ""
    return pairs


def parse_table(field: Field, text: str) -> list[dict[str, object]]:
    """Rows parted by an empty line, each `name = value` a line.

    Names that are no column of their own go into the column of free pairs, where there is one.
    """
    columns = {column.name for column in field.columns}
    free = next((column.name for column in field.columns if column.kind is Kind.PAIRS), "")
    rows: list[dict[str, object]] = []
    for block in text.replace("\r", "").split("\n\n"):
        pairs = parse_pairs(block)
        if not pairs:
            continue
        row: dict[str, object] = {name: value for name, value in pairs.items() if name in columns or not free}
        if free:
            row[free] = {name: value for name, value in pairs.items() if name not in columns}
        rows.append(row)
    return rows
