"""Everything that can be done from the dashboard, once: keys, footer, palette and help are made from this table.

Pure data and one pure question, `refusal`: why an action cannot be done here and now, in a sentence. An action with
`form` opens the form of that name (tui.forms.open_form); the others are done by the screen's handler of that id.
Lower-case keys are for every day; capitals change a ticket's state at the vendor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from providers.base import WRITES, Declaration, Operation
from providers.model import ENDED_STATES, Ticket, TicketRow
from tui.desk.entries import InboxEntry

OWN_FORMS: Final = frozenset({"note", "snooze", "track"})
"""Forms that are no vendor's (tui.screens.asking)."""
Need = Literal["", "ticket", "rows", "message"]
Where = Literal["screen", "table"]
GROUPS: Final = ("Move", "Ticket", "At the vendor", "List", "Screens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do. `keys` are Textual's key names, parted by commas; the first is the one shown.

    `needs` says what must be chosen: a ticket, one or more rows (marks count), or a message. `command` is the same
    on the command line. `where` is `table` for what only moves within a list.
    """

    id: str
    title: str
    keys: str
    group: str
    help: str
    operation: Operation | None = None
    needs: Need = ""
    form: str = ""
    command: str = ""
    where: Where = "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is chosen at the moment, as far as it decides what can be done.

    `declaration` is that of the ticket's provider. `read_only` says in words why nothing may be written, empty
    where it may. `declarations` are all providers', for what needs no ticket. `marked` is how many rows are marked
    in the list that has the keys.
    """

    ticket: Ticket | None = None
    row: TicketRow | None = None
    message: InboxEntry | None = None
    declaration: Declaration | None = None
    declarations: tuple[Declaration, ...] = ()
    read_only: str = ""
    marked: int = 0

    @property
    def wants_number(self) -> bool:
        """Whether the vendor takes nothing for the ticket before it has our number."""
        return self.declaration is not None and bool(self.declaration.unlinked(Operation.COMMENT, self.ticket))


def _move(name: str, title: str, keys: str, words: str) -> Action:
    return Action(id=f"move.{name}", title=title, keys=keys, group="Move", help=words, where="table")


def _vendor(operation: Operation, title: str, keys: str, words: str, *, needs: Need = "ticket") -> Action:
    group = "Ticket" if keys.islower() else "At the vendor"
    return Action(
        id=f"ticket.{operation.value}",
        title=title,
        keys=keys,
        group=group,
        help=words,
        operation=operation,
        needs=needs,
        form=operation.value,
        command=f"vendorq {operation.value}",
    )


def _view(place: int) -> Action:
    words = f"Show view {place} of the line at the top."
    return Action(id=f"view.{place}", title=f"View {place}", keys=str(place), group="List", help=words)


ACTIONS: Final[tuple[Action, ...]] = (
    _move("down", "Down", "down,j", "To the next row."),
    _move("up", "Up", "up,k", "To the row before."),
    _move("page_down", "Page down", "pagedown,ctrl+f,ctrl+d", "A page on."),
    _move("page_up", "Page up", "pageup,ctrl+b,ctrl+u", "A page back."),
    _move("first", "First", "home,g", "To the first row."),
    _move("last", "Last", "end,G", "To the last row."),
    _move("open", "Open", "enter", "Read the ticket; from a message, go to its ticket."),
    Action(id="pane.next", title="Next pane", keys="tab", group="Move", help="To the next pane."),
    Action(id="pane.previous", title="Pane before", keys="shift+tab", group="Move", help="To the pane before."),
    Action(
        id="pane.back", title="Back", keys="escape", group="Move", help="Back to the list; ends a filter or a zoom."
    ),
    Action(id="pane.zoom", title="Zoom", keys="z", group="Move", help="Give this pane the whole screen, or end that."),
    Action(
        id="list.next_unread",
        title="Next unread",
        keys="u",
        group="Move",
        help="To the next ticket with something new in it.",
    ),
    Action(
        id="pane.jump",
        title="Message, ticket",
        keys="m",
        group="Move",
        help="From a ticket to its newest message in Incoming; from a message to its ticket in the list; and back.",
    ),
    # Every day.
    _vendor(Operation.COMMENT, "Comment", "c", "Write a comment to the vendor."),
    _vendor(Operation.ATTACH, "Attach", "a", "Send files to the vendor."),
    _vendor(Operation.CREATE, "New", "n", "Open a new ticket at a vendor.", needs=""),
    _vendor(Operation.UPDATE, "Edit", "e", "Change the ticket's fields."),
    Action(
        id="ticket.refresh",
        title="Refresh",
        keys="r",
        group="Ticket",
        help="Read the ticket from the vendor now.",
        operation=Operation.DETAIL,
        needs="ticket",
        command="vendorq show --refresh",
    ),
    Action(
        id="ticket.download",
        title="Download",
        keys="d",
        group="Ticket",
        help="Fetch the ticket's attachments.",
        operation=Operation.DOWNLOAD,
        needs="ticket",
        command="vendorq download",
    ),
    Action(
        id="ticket.files",
        title="Files",
        keys="f",
        group="Ticket",
        help="The ticket's files: fetch one, see where it is, copy its path.",
        needs="ticket",
    ),
    Action(
        id="ticket.handled",
        title="Handled",
        keys="h",
        group="Ticket",
        help="Say that you have seen to this: the ticket leaves `Needs me` until something new comes in.",
        needs="rows",
        command="vendorq mark PROVIDER NUMBER handled",
    ),
    Action(
        id="ticket.unread",
        title="Unread",
        keys="b",
        group="Ticket",
        help="Mark it as unread again.",
        needs="rows",
        command="vendorq mark PROVIDER NUMBER unread",
    ),
    Action(
        id="ticket.snooze",
        title="Put aside",
        keys="w",
        group="Ticket",
        help="Take the ticket out of `Needs me` until a time.",
        needs="rows",
        form="snooze",
        command="vendorq mark PROVIDER NUMBER snooze",
    ),
    Action(
        id="ticket.note",
        title="Note",
        keys="i",
        group="Ticket",
        help="A note of our own; it is never sent.",
        needs="ticket",
        form="note",
        command="vendorq note",
    ),
    Action(
        id="ticket.copy",
        title="Copy number",
        keys="y",
        group="Ticket",
        help="Copy the ticket's number to your own clipboard, through the terminal.",
        needs="rows",
    ),
    Action(
        id="ticket.raw",
        title="Raw",
        keys="v",
        group="Ticket",
        help="What the vendor sent, as it came; again for the story.",
        needs="ticket",
    ),
    Action(
        id="ticket.track",
        title="Track",
        keys="t",
        group="Ticket",
        help="Follow a ticket by its number, for vendors without a list.",
        form="track",
        command="vendorq track",
    ),
    # What changes a ticket's state at the vendor.
    _vendor(Operation.APPROVE, "Approve", "A", "Approve the change."),
    _vendor(Operation.REJECT, "Reject", "R", "Reject the change."),
    _vendor(Operation.RESOLVE, "Resolve", "S", "Say that it is solved."),
    _vendor(Operation.CLOSE, "Close", "C", "Close the ticket."),
    _vendor(Operation.REOPEN, "Reopen", "O", "Open a resolved ticket again."),
    _vendor(Operation.CANCEL, "Cancel ticket", "X", "Cancel the ticket at the vendor."),
    _vendor(Operation.TAKE, "Take", "T", "Assign the ticket to our own group."),
    _vendor(Operation.LINK, "Link number", "L", "Give the vendor our own number for the ticket."),
    Action(
        id="message.fail",
        title="Answer failure",
        keys="F",
        group="At the vendor",
        help="Tell the vendor that a held message could not be processed.",
        operation=Operation.ACKNOWLEDGE,
        needs="message",
        form=Operation.ACKNOWLEDGE.value,
        command="vendorq ack --fail",
    ),
    # The list.
    Action(id="list.filter", title="Filter", keys="slash", group="List", help="Show only what matches."),
    Action(id="list.order", title="Order", keys="o", group="List", help="Another order of the list."),
    Action(id="list.mark", title="Mark", keys="space", group="List", help="Mark rows, to do one thing to all of them."),
    Action(id="list.mark_all", title="Mark all", keys="asterisk", group="List", help="Mark all rows of the list."),
    Action(id="list.unmark", title="Unmark all", keys="M", group="List", help="Take all marks away."),
    *(_view(place) for place in range(1, 10)),
    Action(id="view.next", title="Next view", keys="right_square_bracket", group="List", help="To the next view."),
    Action(
        id="view.previous", title="View before", keys="left_square_bracket", group="List", help="To the view before."
    ),
    # Screens, and the program.
    Action(id="app.help", title="Help", keys="question_mark", group="Screens", help="All keys and what they do."),
    Action(id="app.palette", title="All actions", keys="colon,ctrl+p", group="Screens", help="Find an action by name."),
    Action(id="app.outbox", title="Outbox", keys="x", group="Screens", help="What waits to be sent or to be decided."),
    Action(
        id="app.health", title="Providers", keys="H", group="Screens", help="How each provider is doing, and cures."
    ),
    Action(
        id="app.handover",
        title="Handover",
        keys="s",
        group="Screens",
        help="What waits, came in and was answered in your shift: read it, copy it, save it.",
        command="vendorq handover",
    ),
    Action(
        id="app.log",
        title="Log",
        keys="l",
        group="Screens",
        help="What was asked of the vendors and what they answered, about the chosen ticket or message.",
        command="vendorq log",
    ),
    Action(id="app.poll", title="Poll now", keys="p", group="Screens", help="Ask the ticket's provider, or all, now."),
    Action(id="app.redraw", title="Redraw", keys="ctrl+l", group="Screens", help="Draw the whole screen again."),
    Action(id="app.theme", title="Theme", keys="ctrl+t", group="Screens", help="Another theme, until you leave."),
    Action(id="app.suspend", title="Suspend", keys="ctrl+z", group="Screens", help="Back to the shell; `fg` returns."),
    Action(id="app.quit", title="Quit", keys="q,ctrl+q", group="Screens", help="Leave. What waits is kept."),
)
BY_ID: Final = {action.id: action for action in ACTIONS}


def refusal(action: Action, situation: Situation) -> str:
    """Why this cannot be done here and now, in a sentence; empty where it can. Pure."""
    ticket = situation.ticket
    if action.id == "ticket.handled" and situation.message is not None:
        return ""  # it is the message that is seen to, also where it belongs to no ticket
    if action.needs in ("ticket", "rows") and ticket is None:
        return f"{action.title}: no ticket is chosen."
    if action.needs == "message" and situation.message is None:
        return f"{action.title}: no message is chosen; go to Incoming first."
    operation = action.operation
    if action.id == "ticket.files" and ticket is not None and not ticket.attachments:
        return f"{action.title}: {ticket.number} has no files."
    if situation.marked > 1 and action.needs == "ticket":
        return f"{action.title} is for one ticket, and {situation.marked} are marked. Take the marks away first."
    if operation is None:
        return ""
    if situation.read_only and operation in WRITES:
        return f"{action.title}: nothing is written, {situation.read_only}"
    if operation is Operation.CREATE:
        offered = any(operation in declared.offered for declared in situation.declarations)
        return "" if offered else f"{action.title}: no configured provider takes new tickets."
    if situation.declaration is not None and (words := situation.declaration.refusal(operation, ticket)):
        return f"{words[0].upper()}{words[1:].rstrip('.')}."
    return _about_the_ticket(action, operation, situation)


def _about_the_ticket(action: Action, operation: Operation, situation: Situation) -> str:
    ticket, message = situation.ticket, situation.message
    if operation is Operation.ACKNOWLEDGE and message is not None and message.status != "held":
        return f"{action.title}: this message is not held; there is nothing to answer."
    if ticket is None:
        return ""
    if situation.declaration is not None and (words := situation.declaration.unlinked(operation, ticket)):
        return f"{action.title}: {words}."
    if operation in (Operation.APPROVE, Operation.REJECT):
        asked = any(approval.state == "requested" for approval in ticket.approvals)
        return "" if asked else f"{action.title}: no approval is asked on {ticket.number} at the moment."
    if operation is Operation.DOWNLOAD and not any(item.direction == "in" for item in ticket.attachments):
        return f"{action.title}: {ticket.number} has no attachments from the vendor."
    if operation is Operation.RESOLVE and ticket.state == "resolved":
        return f"{action.title}: {ticket.number} is resolved already."
    if operation in (Operation.RESOLVE, Operation.CLOSE, Operation.CANCEL) and ticket.state in ENDED_STATES:
        return f"{action.title}: {ticket.number} is {ticket.state} already."
    return ""
