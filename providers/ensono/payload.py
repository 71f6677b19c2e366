"""Writes as requests: what goes over the wire for each action, after what the guide forbids has been refused. Pure.

A plan's requests go out in order; where one fails, those behind it are not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from providers.base import Declaration, Operation
from providers.ensono import changes
from providers.ensono.declaration import APPEND, LONG
from providers.ensono.files import check_content, first_bytes, prepared
from providers.ensono.intent import WORDS, Intent, Plan, Request, own_number, type_of
from providers.ensono.mapping import facts, ticket_state, ticket_type
from providers.ensono.settings import Settings
from providers.ensono.wire import fold
from providers.errors import NotOffered, Rejected, WrongState
from providers.fields import require, text_problem
from providers.model import Attachment, FileRef, Patch, Ticket, Write
from providers.offering import offered_write

BEFORE_LINK: Final = frozenset({"create", "link"})
ENDINGS: Final = frozenset({"resolved", "closed"})
_OF_AN_ENDING: Final = frozenset({"status", "closeNotes", "comment"})


def plan(settings: Settings, declaration: Declaration, write: Write, ticket: Ticket | None, now: datetime) -> Plan:
    """What a write sends. Raises NotOffered, WrongState or Rejected where the guide forbids it."""
    subject = ticket or Ticket(provider=settings.name, number=write.number, type=type_of(write, ticket))
    operation = offered_write(settings.name, declaration, write.action, None if write.action == "create" else subject)
    if write.files:
        _check_takes_files(settings.name, declaration, operation, subject)
    if operation is not Operation.CREATE and not write.number:
        raise Rejected(settings.name, "no ticket number is given", field="number")
    if write.action not in BEFORE_LINK:
        _check_linked(settings.name, write, ticket)
        _check_not_closed(settings.name, write, ticket)
    values = require(settings.name, declaration.forms.get(operation, ()), _given(settings, declaration, write))
    intent = Intent(settings=settings, declaration=declaration, write=write, ticket=ticket, now=now, values=values)
    made = _PLANS[operation](intent)
    return made if operation is Operation.CREATE else replace(made, patch=_dated(made.patch, now))


def _dated(patch: Patch, now: datetime) -> Patch:
    """A change of the ticket is its last one as soon as Ensono has taken it, also where no message tells of it.

    Ensono's own `updatedOn` does not move with comments and files that it sends, and so not with ours.
    """
    changes = patch.set or patch.vendor or patch.cycle
    return replace(patch, set={**patch.set, "updated_at": now}) if changes else patch


def _check_takes_files(provider: str, declaration: Declaration, operation: Operation, subject: Ticket) -> None:
    """Files can only be added to a ticket that exists, by requests of their own (guide, Transferring Files)."""
    if refusal := declaration.refusal(Operation.ATTACH, subject):
        raise NotOffered(provider, refusal)
    if operation not in (Operation.ATTACH, Operation.COMMENT):
        raise Rejected(
            provider,
            f"nothing was sent: files do not go along with {operation.value}",
            next_step="Attach them to the ticket once it is there.",
            field="attachments",
        )


def _given(settings: Settings, declaration: Declaration, write: Write) -> dict[str, object]:
    """The values to check: our number joins them, and either spelling of work in progress is taken."""
    given = dict(write.values)
    if write.action in BEFORE_LINK and not (given.get("clientTicketNumber") or given.get("client_number")):
        given["clientTicketNumber"] = write.client_number
    if write.action == "update" and fold(given.get("status", "")) in ("workingprogress", "workinprogress"):
        given["status"] = settings.work_in_progress
    if write.action == "create":
        form = declaration.forms[Operation.CREATE]
        known = {field.name for field in form} | {field.common for field in form}
        unknown = sorted(name for name, value in given.items() if name not in known and value not in ("", None))
        if unknown:
            raise Rejected(
                settings.name,
                f"nothing was sent: Ensono would ignore {', '.join(unknown)}",
                next_step=f"Put what matters under {APPEND}: it is added to the description. Or send it as a comment.",
                field=unknown[0],
            )
    return given


def _check_linked(provider: str, write: Write, ticket: Ticket | None) -> None:
    if not own_number(write, ticket):
        raise WrongState(
            provider,
            f"{write.number} has no number of ours yet, and Ensono takes nothing without one",
            next_step=f"Link our number first: vendorq link {provider} {write.number} OUR-NUMBER",
            field="client_number",
        )


def _check_not_closed(provider: str, write: Write, ticket: Ticket | None) -> None:
    if ticket is not None and ticket.state == "closed" and ticket.type != "change":
        raise WrongState(
            provider,
            f"{write.number} is closed, and a closed ticket takes no more updates",
            next_step="Open a new ticket that names this one.",
        )


def _create(intent: Intent) -> Plan:
    kind = ticket_type(intent.write.ticket_type, "")
    if kind == "change":
        raise NotOffered(
            intent.provider,
            "a change is not offered for create: changes come from Ensono",
            next_step="Open a request that asks Ensono for the change.",
        )
    if kind is None:
        raise Rejected(intent.provider, "nothing was sent: type is one of: incident, request", field="type")
    values = {**intent.values, "description": _description(intent)}
    intent = replace(intent, values=values)
    severity = ("priority",) if intent.settings.create_with == "priority" else ("impact", "urgency")
    payload = {
        "clientName": intent.settings.client_name,
        "ticketType": WORDS[kind],
        "clientTicketNumber": values["clientTicketNumber"],
        **{name: values[name] for name in severity},
        **({"group": values["group"]} if values.get("group") else {}),
        **_contact(intent),
        "shortDescription": intent.text("shortDescription"),
        "description": intent.text("description"),
        **({"cis": intent.text("cis")} if values.get("cis") else {}),
        **({"comments": intent.comments()} if values.get("comment") else {}),
    }
    fields = {name: value for name, value in values.items() if name not in ("comment", APPEND)}
    ours, others = facts({**fields, "ticketType": WORDS[kind], "status": "open"}, fields, "")
    patch = Patch(
        number="",
        set=ours,
        fill={"opened_at": intent.at},
        vendor=others,
        comments=intent.own_comment(),
    )
    appended = ", ".join(values.get(APPEND, {}))
    return Plan(
        requests=(Request(method="POST", path=intent.path(), payload=payload, part="ticket"),),
        patch=patch,
        warnings=(f"added to the end of the description: {appended}",) if appended else (),
        group_may_change=True,
    )


def _description(intent: Intent) -> str:
    """The description with the fields that Ensono does not have at its end."""
    extra = intent.values.get(APPEND, {})
    text = str(intent.values["description"])
    if extra:
        text = "\n".join([text, "", *(f"{name}: {value}" for name, value in extra.items())])
    if problem := text_problem("description", text, LONG):
        raise Rejected(intent.provider, f"nothing was sent: {problem}", field="description")
    return text


def _contact(intent: Intent) -> dict[str, str]:
    """Who Ensono may ask: the engineer where nobody else is named."""
    who = intent.who
    defaults = {"contactName": who.name, "contactPhone": who.phone, "contactEmail": who.email}
    words = {name: intent.text(name) or default for name, default in defaults.items()}
    for name, key in (("contactName", "name"), ("contactEmail", "email")):
        if not words[name]:
            raise Rejected(
                intent.provider,
                f"nothing was sent: Ensono wants {name}, and the engineer has no {key}",
                next_step=f"Set {key} under [engineer] in the config, or VENDORQ_ENGINEER.",
                field=name,
            )
    return {name: word for name, word in words.items() if word}


def _comment(intent: Intent) -> Plan:
    files, warnings = _files(intent)
    patch = Patch(number=intent.number, comments=intent.own_comment(), attachments=_own_files(intent, files))
    return Plan(requests=(intent.notes_request(),), files=files, patch=patch, warnings=warnings)


def _attach(intent: Intent) -> Plan:
    files, warnings = _files(intent)
    if not files:
        raise Rejected(intent.provider, "nothing was sent: no file is named", field="attachments")
    return Plan(
        files=files, patch=Patch(number=intent.number, attachments=_own_files(intent, files)), warnings=warnings
    )


def _files(intent: Intent) -> tuple[tuple[FileRef, ...], tuple[str, ...]]:
    ready, warnings = [], []
    for given in intent.write.files:
        ref = prepared(intent.provider, given)
        head = first_bytes(given)
        if head is not None:
            check_content(intent.provider, ref.name, head)
        if ref.name != given.name:
            warnings.append(f"{given.name} is sent as {ref.name}: Ensono takes letters, digits, hyphens and dots only")
        ready.append(ref)
    names = [ref.name for ref in ready]
    if len(set(names)) < len(names):
        raise Rejected(intent.provider, "nothing was sent: two files would have the same name", field="attachments")
    return tuple(ready), tuple(warnings)


def _own_files(intent: Intent, files: tuple[FileRef, ...]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            id=f"own:{intent.write.id}:{place}",
            name=ref.name,
            size=ref.size,
            content_type=ref.content_type,
            direction="out",
            at=intent.at,
        )
        for place, ref in enumerate(files)
    )


def _update(intent: Intent) -> Plan:
    """Changed fields only: sending every field makes tickets hop (guide, Formatting)."""
    status = intent.values.get("status", "")
    if status in ENDINGS or (status == "cancelled" and intent.values.keys() <= _OF_AN_ENDING):
        return _ending_by_update(intent, status)
    fields = {name: value for name, value in intent.values.items() if name != "comment"}
    same = {name for name, value in fields.items() if _known(intent.ticket, name) == str(value)}
    warnings: tuple[str, ...] = ()
    if same and same != fields.keys():
        fields = {name: value for name, value in fields.items() if name not in same}
        warnings = (f"not sent, because unchanged: {', '.join(sorted(same))}",)
    if not fields:
        raise Rejected(intent.provider, "nothing was sent: no field is to change", field="status")
    return _changing(intent, fields, warnings)


def _known(ticket: Ticket | None, name: str) -> str | None:
    """What we know Ensono to have in a field."""
    if ticket is None:
        return None
    known: Mapping[str, object] = {
        "shortDescription": ticket.summary,
        "description": ticket.description,
        "priority": ticket.priority,
        "status": ticket.vendor_state,
    }
    return str(known.get(name, ticket.vendor.get(name)))


def _changing(intent: Intent, fields: Mapping[str, Any], warnings: tuple[str, ...] = ()) -> Plan:
    """One status or field update; a comment goes along."""
    payload = {
        **intent.identity(),
        **{name: intent.text(name) if name in intent.values else value for name, value in fields.items()},
        **({"comments": intent.comments()} if intent.values.get("comment") else {}),
    }
    return Plan(
        requests=(Request(method="PUT", path=intent.path(), payload=payload, part="update"),),
        patch=replace(_news(intent, fields), comments=intent.own_comment()),
        warnings=warnings,
        group_may_change="group" in intent.values,
    )


def _news(intent: Intent, fields: Mapping[str, Any]) -> Patch:
    """What taken fields say of the ticket: the answer's text never does."""
    ours, others = facts(fields, fields, intent.number, emptied=True)
    if "status" in fields:
        ours["state"] = ticket_state(str(fields["status"]), change=False)
        if ours["state"] == "pending":
            ours.pop("awaiting_us", None)
        elif intent.ticket is not None and intent.ticket.vendor.get("statusNextAction"):
            others["statusNextAction"] = ""
    return Patch(number=intent.number, set=ours, vendor=others)


def _ending_by_update(intent: Intent, status: str) -> Plan:
    ignored = sorted(intent.values.keys() - _OF_AN_ENDING)
    if ignored:
        raise Rejected(
            intent.provider,
            f"nothing was sent: with status {status} Ensono ignores {', '.join(ignored)}",
            next_step="Change these first, then the status.",
            field=ignored[0],
        )
    if status in ENDINGS and not intent.values.get("closeNotes"):
        raise Rejected(
            intent.provider, f"nothing was sent: closeNotes is required for status {status}", field="closeNotes"
        )
    return _ending(intent, status)


def _ending(intent: Intent, status: str) -> Plan:
    """Resolve, close or cancel. Ensono ignores a comment on these, so it goes first, as a request of its own."""
    ticket = intent.ticket
    if status == "closed" and ticket is not None and ticket.state != "resolved":
        raise WrongState(
            intent.provider,
            f"{intent.number} is {ticket.state}; Ensono closes resolved tickets only",
            next_step="Resolve it first; it then closes by itself after 7 days, or with close.",
        )
    fields = {"status": status}
    if intent.values.get("closeNotes"):
        fields["closeNotes"] = str(intent.values["closeNotes"])
    words = {**fields, **({"closeNotes": intent.text("closeNotes")} if "closeNotes" in fields else {})}
    update = Request(method="PUT", path=intent.path(), payload={**intent.identity(), **words}, part="status")
    patch = _news(intent, fields)
    if not intent.values.get("comment"):
        return Plan(requests=(update,), patch=patch)
    return Plan(
        requests=(intent.notes_request(), update),
        patch=replace(patch, comments=intent.own_comment()),
        warnings=("the comment goes first, as a request of its own: with this status Ensono would ignore it",),
    )


def _reopen(intent: Intent) -> Plan:
    ticket = intent.ticket
    if ticket is not None and ticket.state != "resolved":
        raise WrongState(
            intent.provider,
            f"{intent.number} is {ticket.state}; only a resolved ticket can be reopened",
            next_step="Open a new ticket that names this one." if ticket.state == "closed" else "Nothing to do.",
        )
    return _changing(intent, {"status": "open"})


def _take(intent: Intent) -> Plan:
    """To our own group and pending, so that Ensono's people stop working on it (guide, Internal Assignments)."""
    return _changing(intent, {"group": intent.settings.client_group, "status": "pending"})


def _link(intent: Intent) -> Plan:
    own = str(intent.values["clientTicketNumber"])
    request = Request(method="PUT", path=intent.path("returnptn"), payload=intent.identity(own), part="number")
    return Plan(requests=(request,), patch=Patch(number=intent.number, set={"client_number": own}))


def _decide(intent: Intent) -> Plan:
    """Approve or reject: the comments hold a body only, with who decided, when and why (guide, Approving a Change)."""
    write = intent.write
    approval = changes.approval_to_answer(intent.provider, intent.ticket, str(intent.values.get("approval_id", "")))
    who = changes.who_decided(intent.provider, intent.who, str(intent.values.get("decided_by", "")))
    own = own_number(write, intent.ticket)
    words = changes.decision_words(
        replace(write, created_at=intent.at), who, intent.number, own, str(intent.values.get("comment", ""))
    )
    if problem := text_problem("comment", words, LONG):
        raise Rejected(intent.provider, f"nothing was sent: with name and time, {problem}", field="comment")
    payload = {
        **intent.identity(),
        "ticketType": "Change",
        "approver": approval.approver,
        "approvalId": approval.id,
        "comments": [{"body": intent.sent(words)}],
    }
    decided = changes.ANSWERS[changes.DECISIONS[write.action]]
    return Plan(
        requests=(Request(method="PUT", path=intent.path(write.action), payload=payload, part=write.action),),
        patch=Patch(number=intent.number, cycle=decided, comments=intent.own_comment(words)),
    )


_PLANS: Final[Mapping[Operation, Callable[[Intent], Plan]]] = {
    Operation.CREATE: _create,
    Operation.COMMENT: _comment,
    Operation.ATTACH: _attach,
    Operation.UPDATE: _update,
    Operation.RESOLVE: lambda intent: _ending(intent, "resolved"),
    Operation.CLOSE: lambda intent: _ending(intent, "closed"),
    Operation.CANCEL: lambda intent: _ending(intent, "cancelled"),
    Operation.REOPEN: _reopen,
    Operation.TAKE: _take,
    Operation.LINK: _link,
    Operation.APPROVE: _decide,
    Operation.REJECT: _decide,
}
