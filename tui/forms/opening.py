"""From an action to its form: which vendor, which type, which template; the draft offered again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from providers.base import Operation
from providers.model import Ticket, TicketKey
from providers.text import safe_line
from tui.desk.entries import OutboxEntry
from tui.forms.chooser import Chooser, Offer
from tui.forms.plan import FILES, REFUSED, FormPlan, plan_form, start_values
from tui.forms.screen import FormScreen
from tui.messages import Notice
from tui.words import counted, sentences

if TYPE_CHECKING:
    from tui.app import VendorqApp
    from tui.desk.desk import Desk


async def open_form(
    app: VendorqApp,
    desk: Desk,
    action: str,
    key: TicketKey | None = None,
    *,
    templates: Sequence[Any] = (),
    values: Mapping[str, object] | None = None,
) -> OutboxEntry | None:
    """Open the form of an operation (its value) on a ticket, or of a create; wait until it ends.

    Run it in a worker. `templates` are the config's; `values` are what the fields begin with where there is no
    draft. Returns the outbox entry of what was sent, None where nothing was. Says why where the operation is not
    offered.
    """
    operation = Operation(action)
    template: Mapping[str, object] = values or {}
    if operation is Operation.CREATE:
        chosen = await _choose_create(app, desk, templates)
        if chosen is None:
            return None
        provider, ticket_type, number = chosen
        if number:
            template = {**templates[int(number)].fields, **template}
        plan = plan_form(desk.declaration(provider), provider, operation, ticket_type=ticket_type)
        return await _show(app, desk, plan, None, template)
    if key is None:
        app.main.say("Choose a ticket first.")
        return None
    ticket = desk.ticket(key)
    if ticket is None:
        app.main.say(f"{key} is not known here any more.", "warning")
        return None
    declaration = desk.declaration(key.provider)
    refusal = declaration.refusal(operation, ticket) or declaration.unlinked(operation, ticket)
    if refusal:
        app.main.say(refusal, "warning")
        return None
    plan = plan_form(declaration, key.provider, operation, ticket)
    return await _show(app, desk, plan, ticket, template)


async def correct(app: VendorqApp, desk: Desk, entry: OutboxEntry) -> OutboxEntry | None:
    """Open the form of a write that waits or was refused, as it was written; what is sent takes its place.

    Run it in a worker. Its files are in the form, to be taken out or added to, where files can go along.
    """
    write = entry.write
    ticket = desk.ticket(TicketKey(write.provider, write.number)) if write.number else None
    declaration = desk.declaration(write.provider)
    plan = plan_form(declaration, write.provider, Operation(write.action), ticket, write.ticket_type)
    if not plan.fields and plan.limits is None:
        app.screen.post_message(Notice("There is nothing in it to correct: drop it, and send another.", "warning"))
        return None
    plan = replace(plan, corrects=entry.id)
    remark = "a correction: it takes the other one's place"
    if write.files and plan.limits is None:
        remark += f", with the same {counted(len(write.files), 'file')}"
    files = [Path(item.path) for item in write.files]
    has = f"The vendor has this already: {', '.join(write.done)}" if write.done else ""
    missing = ", ".join(path.name for path in files if not path.is_file())
    warning = safe_line(sentences(has, f"No longer on this host: {missing}." if missing else ""))
    return await _show(app, desk, plan, ticket, write.values, remark=remark, warning=warning, files=files)


async def _show(
    app: VendorqApp,
    desk: Desk,
    plan: FormPlan,
    ticket: Ticket | None,
    template: Mapping[str, object],
    *,
    remark: str = "",
    warning: str = "",
    files: Sequence[Path] = (),
) -> OutboxEntry | None:
    draft = desk.draft(plan.draft_key)
    paths = draft.get(FILES, []) if draft else files
    chosen = [Path(str(path)) for path in paths] if isinstance(paths, list | tuple) else []
    screen = FormScreen(
        desk,
        plan,
        start_values(plan, ticket, draft, template),
        before=start_values(plan, ticket, None, {}),
        files=chosen,
        refused=str(draft.get(REFUSED, "")) if draft else "",
        warning=warning,
        remark="your draft, as you left it" if draft else remark or (safe_line(ticket.summary, 80) if ticket else ""),
    )
    entry: OutboxEntry | None = await app.push_screen_wait(screen)
    return entry


async def _choose_create(app: VendorqApp, desk: Desk, templates: Sequence[Any]) -> tuple[str, str, str] | None:
    offers: list[Offer] = []
    for number, template in enumerate(templates):
        if template.provider in desk.providers and template.type:
            offers.append(Offer(f"{template.name} (template)", (template.provider, template.type, str(number))))
    for name in desk.providers:
        declaration = desk.declaration(name)
        refusal = declaration.refusal(Operation.CREATE) or (f"{name} is read-only" if desk.read_only else "")
        if refusal:
            offers.append(Offer(f"{name}", (name, "", ""), refusal))
            continue
        for ticket_type, word in declaration.ticket_types.items():
            offers.append(Offer(f"{name}: {word}", (name, ticket_type, "")))
    chosen = await app.push_screen_wait(Chooser("New ticket for which vendor?", offers))
    return (chosen[0], chosen[1], chosen[2]) if chosen else None
