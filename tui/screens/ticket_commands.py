"""What the keys for tickets, messages and other screens do, where no form does it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from providers.model import ENDED_STATES, TicketKey
from tui.actions import BY_ID
from tui.board import message_key
from tui.keymap import first_label
from tui.words import counted

if TYPE_CHECKING:
    from tui.desk.entries import InboxEntry
    from tui.screens.main import MainScreen


class TicketCommands:
    """Refresh, download, marks kept in the store, copying; and the way to the other screens."""

    def __init__(self, screen: MainScreen) -> None:
        self.screen = screen
        self._came_from: tuple[str, str] | None = None

    def handlers(self) -> dict[str, Callable[[], None]]:
        """What does each action, by its id."""
        app = self.screen.vendorq
        return {
            "ticket.refresh": self.refresh,
            "ticket.download": self.download,
            "ticket.handled": self.handled,
            "ticket.unread": lambda: self.mark("unread", "marked as unread"),
            "ticket.copy": self.copy,
            "ticket.files": self.files,
            "pane.jump": self.jump,
            "ticket.raw": self.raw,
            "app.help": app.action_open_help,
            "app.palette": lambda: app.open_palette(self.screen.situation(), self.screen.action_do),
            "app.outbox": app.open_outbox,
            "app.health": app.open_health,
            "app.handover": app.open_handover,
            "app.log": lambda: app.open_log(*self.screen.chosen()),
            "app.poll": self.poll,
            "app.redraw": app.redraw,
            "app.theme": app.next_theme,
            "app.suspend": app.action_suspend_process,
            "app.quit": app.exit,
        }

    def _work(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Do something that may wait for a vendor; a failure comes up as a sentence, never as a crash."""
        self.screen.vendorq.run_worker(work, name=name, group="desk", exit_on_error=False)

    def refresh(self) -> None:
        """Read the ticket from its vendor now."""
        key, _ = self.screen.chosen()
        if key is None:
            return
        self.screen.say(f"Reading {key.number} from {key.provider} …", "muted")

        async def work() -> None:
            await self.screen.board.desk.refresh(key)
            self.screen.say(f"{key.number} is as {key.provider} has it now.", "good")

        self._work(work(), f"refresh {key}")

    def download(self) -> None:
        """Fetch the ticket's files."""
        key, _ = self.screen.chosen()
        if key is None:
            return
        self.screen.say(f"Fetching the files of {key.number} …", "muted")

        async def work() -> None:
            paths = await self.screen.board.desk.download(key)
            where = f" in {paths[0].parent}" if paths else ""
            self.screen.say(f"{counted(len(paths), 'file')}{where}", "good")

        self._work(work(), f"download {key}")

    def handled(self) -> None:
        """The engineer has seen to this: a message in Incoming, else the ticket or the marked ones."""
        key, message = self.screen.chosen()
        if message is None:
            self.mark("handled", "handled")
            return

        async def work() -> None:
            await self.screen.board.desk.handle_message(message.provider, message.id)
            self.screen.say("Message handled." if key is None else f"Message of {key.number} handled.", "good")

        self._work(work(), "handle a message")

    def mark(self, mark: str, words: str) -> None:
        """Put a mark on the ticket, or on all marked rows, after a question where the filter hides some of them."""
        screen = self.screen
        keys = screen.chosen_rows()
        if not keys:
            return
        subject = keys[0].number if len(keys) == 1 else f"{len(keys)} tickets"

        async def work() -> None:
            await screen.board.desk.mark(keys, mark)
            screen.tickets.clear_marks()
            screen.show_title()
            stays = sum((row := screen.board.desk.row(key)) is not None and row.faulty_write for key in keys)
            if mark == "handled" and stays:
                who = "It stays" if len(keys) == 1 else f"{counted(stays, 'ticket')} stay{'s' if stays == 1 else ''}"
                outbox = first_label(BY_ID["app.outbox"], screen.keys)
                screen.say(
                    f"{subject} {words}. {who} in Needs me until the write is settled: {outbox} Outbox.", "warning"
                )
            else:
                screen.say(f"{subject} {words}.", "good")

        hidden = screen.board.listing.hidden_of(keys) if len(keys) > 1 else 0
        if not hidden:
            self._work(work(), f"mark {mark}")
            return
        question = f"{subject} will be {words}; {hidden} of them are not in the list you see."
        screen.vendorq.confirm("All marked tickets?", question, lambda: self._work(work(), f"mark {mark}"))

    def copy(self) -> None:
        """The numbers of the ticket or of all marked ones, a line each, to the engineer's own clipboard."""
        keys = self.screen.chosen_rows()
        if not keys:
            return
        words = keys[0].number if len(keys) == 1 else self._affected(keys)
        try:
            self.screen.vendorq.copy_to_clipboard("\n".join(key.number for key in keys))
        except ValueError as error:
            self.screen.say(f"Not copied: {error}.", "warning")
            return
        self.screen.say(f"{words} {'was' if len(keys) == 1 else 'were'} sent to the terminal's clipboard.")

    def _affected(self, keys: Sequence[TicketKey]) -> str:
        """How many tickets, and how many of them the filter hides."""
        hidden = self.screen.board.listing.hidden_of(keys)
        return f"{len(keys)} tickets" + (f", {hidden} of them not in the list," if hidden else "")

    def files(self) -> None:
        """The ticket's files."""
        key, _ = self.screen.chosen()
        if key is not None:
            self.screen.vendorq.open_files(key)

    def jump(self) -> None:
        """From a message to its ticket in the list, or from a ticket to its message in Incoming."""
        screen = self.screen
        key, message = screen.chosen()
        if screen.pane == "incoming" or message is not None:
            self._to_ticket(key, message)
        elif key is not None:
            self._to_message(key)
        else:
            screen.say("Message, ticket: nothing is chosen.", "warning")

    def _to_ticket(self, key: TicketKey | None, message: InboxEntry | None) -> None:
        screen = self.screen
        if key is None:
            screen.say("This message belongs to no ticket." if message else "Nothing has come in.", "warning")
            return
        self._came_from = message_key(message) if message is not None else None
        row = screen.board.listing.all.get(key)
        if (row is None or row.state in ENDED_STATES) and key not in {row.key for row in screen.tickets.rows}:
            screen.say(f"{key.number} has ended and is in no list; Enter reads it.", "warning")
            return
        screen.lists.show_ticket(key)
        screen.lists.go_to("tickets")

    def _to_message(self, key: TicketKey) -> None:
        screen = self.screen
        found = [
            message_key(entry)
            for entry in screen.board.messages
            if (entry.provider, entry.number) == (key.provider, key.number)
        ]
        if not found:
            screen.say(f"No message of {key.number} waits in Incoming; its story tells what was handled.", "warning")
            return
        screen.incoming.move_to(self._came_from if self._came_from in found else found[0])
        screen.lists.go_to("incoming")

    def raw(self) -> None:
        """What the vendor sent, or the story again."""
        detail = self.screen.detail
        key, _ = self.screen.chosen()
        detail.raw = not (detail.raw and detail.key == key)
        detail.key = key
        self.screen.show_detail()
        self.screen.lists.go_to("detail")

    def poll(self) -> None:
        """Ask the chosen ticket's provider now, or all of them."""
        key, _ = self.screen.chosen()
        desk = self.screen.board.desk
        names = [key.provider] if key is not None else list(desk.providers)
        self.screen.say(f"Asking {', '.join(names)} …", "muted")

        async def work(name: str) -> None:
            report = await desk.sync(name)
            words = report.error or report.skipped
            news = (
                f"{counted(report.received, 'message')}, {counted(report.rows, 'row')}"
                if report.received or report.rows
                else "nothing new"
            )
            self.screen.say(f"{name}: {words or news}", "warning" if words else "good")

        for name in names:
            self._work(work(name), f"poll {name}")
