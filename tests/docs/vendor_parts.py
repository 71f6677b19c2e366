"""What the vendors' declarations and settings say of them, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from providers import registry
from providers.base import WRITES, Declaration, Field, Kind, Operation, Settling
from providers.ensono import answers as ensono_answers
from providers.kpn_connect import faults
from tests.docs.config_parts import keys_of
from tests.docs.tables import cell, code, sentence, table

NAMES: Final[Mapping[Operation, tuple[str, str]]] = {
    Operation.LIST: ("list open tickets", "`vendorq sync`"),
    Operation.DETAIL: ("read one ticket", "`vendorq show --refresh`"),
    Operation.QUEUE: ("read messages from a queue", "`vendorq sync`"),
    Operation.CREATE: ("open a ticket", "`vendorq create`"),
    Operation.COMMENT: ("comment", "`vendorq comment`"),
    Operation.UPDATE: ("change fields", "`vendorq update`"),
    Operation.RESOLVE: ("resolve", "`vendorq resolve`"),
    Operation.CLOSE: ("close", "`vendorq close`"),
    Operation.REOPEN: ("reopen", "`vendorq reopen`"),
    Operation.CANCEL: ("cancel", "`vendorq cancel`"),
    Operation.ATTACH: ("send files", "`vendorq attach`"),
    Operation.DOWNLOAD: ("fetch files", "`vendorq download`"),
    Operation.ACKNOWLEDGE: ("answer a message", "`vendorq ack --fail`"),
    Operation.LINK: ("give our number", "`vendorq link`"),
    Operation.APPROVE: ("approve a change", "`vendorq approve`"),
    Operation.REJECT: ("reject a change", "`vendorq reject`"),
    Operation.TAKE: ("take over", "`vendorq take`"),
}
EVIDENCE: Final = {
    "lookup": "looked for at the vendor; not there after 120 s:",
    "queue": "shown by a later message; none:",
}
FALLBACKS: Final = {
    "send_again": "sent again",
    "repeat_once": "repeated once, unless something newer came",
    "engineer": "put to you",
}
KINDS: Final = {
    Kind.LOCAL_TIME: "YYYY-MM-DD HH:MM, the vendor's time",
    Kind.TABLE: "a list of tables",
    Kind.PAIRS: "name/value pairs",
    Kind.TEXT: "several lines",
}


def overview() -> str:
    """One table over all vendors: what each offers."""
    declared = [registry.declaration(kind) for kind in registry.kinds()]
    headings = ["", *(f"[{one.title}](vendors/{one.kind}.md)" for one in declared)]
    rows = (
        [NAMES[operation][0], *("yes" if operation in one.offered else "–" for one in declared)]
        for operation in Operation
    )
    return table(headings, rows)


def facts(kind: str) -> str:
    """The vendor's document, support line, polling and types."""
    declared = registry.declaration(kind)
    types = ", ".join(f"{ours} ({theirs})" for ours, theirs in declared.ticket_types.items())
    rows = [
        ("Written after", declared.document),
        ("If it is down, call", declared.support),
        ("Asked every", f"{declared.poll_seconds} s, unless `poll_seconds` says otherwise"),
        ("Times without a zone are", declared.time_zone),
        ("Tickets that can be opened", types),
    ]
    notes = "\n".join(f"- {sentence(note)}" for note in declared.notes)
    return f"{table(('', ''), rows)}\n\n{notes}"


def operations(kind: str) -> str:
    """What it offers, what not and why, and what becomes of a write without an answer."""
    declared = registry.declaration(kind)
    offered = (
        (
            NAMES[operation][0],
            NAMES[operation][1],
            "cannot be taken back" if operation in declared.irreversible else "",
            _settled(declared.settling.get(operation.value)) if operation in WRITES else "",
        )
        for operation in Operation
        if operation in declared.offered
    )
    missing = [sentence(declared.refusal(operation)) for operation in Operation if operation not in declared.offered]
    listed = "\n".join(f"- {words}" for words in missing)
    headings = ("It can", "With", "", "Without an answer it is")
    return f"{table(headings, offered)}\n\nNot offered, and why:\n\n{listed}"


def _settled(settling: Settling | None) -> str:
    if settling is None:
        return ""
    return f"{EVIDENCE.get(settling.by, '')} {FALLBACKS[settling.fallback]}".strip()


def files(kind: str) -> str:
    """Limits of files."""
    limits = registry.declaration(kind).attachments
    if limits is None:
        return "It takes no files."
    rows = [
        ("Bytes of the whole message as it is sent, files in base64", limits.encoded_bytes),
        ("Bytes of one file that still fits", limits.file_bytes),
        ("A file's name", limits.name_rule),
        ("Endings that are refused", ", ".join(f".{ending}" for ending in sorted(limits.forbidden_extensions))),
    ]
    return table(("Limit", ""), ((name, f"{item:,}" if isinstance(item, int) else item) for name, item in rows if item))


def fields(kind: str) -> str:
    """The fields of each operation, by their names in the vendor's document."""
    declared = registry.declaration(kind)
    return "\n\n".join(
        f"**{sentence(NAMES[operation][0]).rstrip('.')}**\n\n{_form(declared, form)}"
        for operation, form in declared.forms.items()
        if form
    )


def _form(declared: Declaration, form: tuple[Field, ...]) -> str:
    headings = ("Field", "In a create file also", "Must be there", "Longest", "Values", "")
    return table(headings, (_row(declared, field) for field in form))


def _row(declared: Declaration, field: Field) -> tuple[object, ...]:
    must = "yes" if field.required else f"where {field.required_when}" if field.required_when else ""
    values = ", ".join(code(choice.value) for choice in field.choices) or KINDS.get(field.kind, "")
    inner = "; ".join(f"{code(column.name)}{' (must be there)' if column.required else ''}" for column in field.columns)
    values = f"{values} with {inner}" if inner else values
    common = field.common if field.common != field.name else ""
    return code(field.name), code(common), must, field.max_length or "", values, " ".join(_remarks(declared, field))


def _remarks(declared: Declaration, field: Field) -> Iterator[str]:
    yield sentence(field.title)
    if field.only_for:
        yield sentence(f"for {', '.join(sorted(field.only_for))} only")
    if field.default:
        yield sentence(f"{code(cell(field.default))} where not given")
    if field.help:
        yield sentence(field.help)


def settings(kind: str) -> str:
    """The keys of its table in the config that not every vendor has."""
    return keys_of(registry.settings_model(kind), kind)


def ensono_errors() -> str:
    """What Ensono's documented errors mean."""
    rows = ((one.meaning, one.kind.__name__, one.next_step) for one in ensono_answers.DOCUMENTED)
    return table(
        ("vendorq says", "Type", "What to do"), ((sentence(what), code(kind), how) for what, kind, how in rows)
    )


def kpn_connect_errors() -> str:
    """What KPN Connect's codes mean."""
    rows = ((number, one.sentence, one.kind.__name__, one.next_step) for number, one in faults.MEANINGS.items())
    headings = ("Code", "vendorq says", "Type", "What to do")
    return table(headings, ((code(number), sentence(what), code(kind), how) for number, what, kind, how in rows))


def _of_each(part: Callable[[str], str], name: str) -> dict[str, Callable[[], str]]:
    return {f"{name} of {kind}": partial(part, kind) for kind in registry.kinds()}


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "vendors": overview,
    "errors of ensono": ensono_errors,
    "errors of kpn-connect": kpn_connect_errors,
    **_of_each(facts, "facts"),
    **_of_each(operations, "operations"),
    **_of_each(files, "files"),
    **_of_each(fields, "fields"),
    **_of_each(settings, "settings"),
}
