"""The dashboard: an app around one desk. It starts what runs, passes the desk's events on, and leaves in good order."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.filter import Monochrome, NoColor
from textual.worker import Worker, WorkerState

import themes
from providers.base import Operation
from providers.errors import VendorError
from providers.model import Engineer
from tui import alerts
from tui.actions import OWN_FORMS, Situation
from tui.allocator import Allocator
from tui.bell import Bell
from tui.board import Board
from tui.collector import Collector
from tui.compose import settle
from tui.config_fault import ConfigFault, fault_of_keys
from tui.desk.ports import StoreFault
from tui.frame import Frame
from tui.keymap import KeymapFault, keymap
from tui.leaving import Leaving
from tui.messages import DeskChanged, FormRequested, Notice
from tui.on_terminal import OnTerminal
from tui.screens.main import MainScreen
from tui.stopping import Stopping
from tui.typeahead import TypeAhead
from tui.widgets.glyphs import ASCII
from tui.widgets.times import seconds_to_next_minute
from tui.words import sentences

if TYPE_CHECKING:
    from datetime import tzinfo

    from textual.screen import Screen

    from providers.model import TicketKey
    from tui.compose import WholeConfig
    from tui.config import Config
    from tui.desk.desk import Desk, DeskEvent
    from tui.desk.entries import InboxEntry
    from tui.glance import Glance

_log = logging.getLogger(__name__)
GATHER = 0.05
"""Seconds in which events of the desk are gathered, so that a poll of thousands is one change on the screen."""


class VendorqApp(OnTerminal):
    """The dashboard. `zone` is the engineer's own time zone, the system's where not given.

    `main` is the main screen, wherever it stands in the stack. What comes in while the program ends finds it still
    there, and does nothing to it.
    """

    main: MainScreen

    TITLE = "vendorq"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = """
    ToastRack { margin-bottom: 3; }
    Toast { width: 56; max-width: 90%; background: $vq-panel; color: $vq-text; padding: 0 1; }
    """

    def __init__(
        self, desk: Desk, config: Config | Glance, zone: tzinfo | None = None, *, whole: WholeConfig | None = None
    ) -> None:
        self.themes_folder = config.path.parent / "themes"
        try:
            self.keys = keymap(config.keys)
        except KeymapFault as fault:
            raise fault_of_keys(config.path, str(fault)) from None
        name = themes.PLAIN if "NO_COLOR" in os.environ else config.dashboard.theme
        self.palette, self._theme_fault = themes.load_or_default(name, self.themes_folder)
        super().__init__()
        self.animation_level = "none"  # a form that scrolls smoothly is drawn ten times over the line
        if self.no_color:
            # Textual would turn our two default colours into shades of grey.
            self._filters = [NoColor() if isinstance(item, Monochrome) else item for item in self._filters]
        self.desk = desk
        self.config = config
        self.whole = whole
        self.fault: ConfigFault | None = None
        self.board = Board(desk, config, zone)
        self.frame = Frame(colour=not self.no_color, replace=ASCII if config.dashboard.ascii else None)
        self.collector = Collector()
        self._allocator: Allocator | None = None
        self.takes_mouse = config.dashboard.mouse
        self.stop_keys = self.keys["app.suspend"]
        self.leaving = Leaving(self.leave)
        self.stopping = Stopping(self.desk.release_lease, self.go_on, self.say_no_shell)
        self.typed = TypeAhead(self, super().on_event, self._is_opening)
        self._gathered: list[DeskEvent] = []
        self._unsubscribe: Callable[[], None] = lambda: None
        self._known: set[tuple[str, str]] = set()
        self._asked: set[str] = set()
        self.ringing = Bell(self)
        self.register_theme(self.palette.textual())
        self.theme = self.palette.name
        self.set_keymap({name: ",".join(keys) for name, keys in self.keys.items()})

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, whatever theme Textual starts with."""
        return dict(self.palette.textual().variables)

    def get_default_screen(self) -> Screen[None]:
        """The three panes, filled from the store before the first paint."""
        self.board.load()
        self._known = {(entry.provider, entry.id) for entry in self.board.messages}
        self.main = MainScreen(self.board)
        return self.main

    # Starting.

    def on_mount(self) -> None:
        """Listen to the desk; poll once the first picture stands."""
        self.leaving.install()
        self._unsubscribe = self.desk.subscribe(self._hear)
        self.stopping.install(self._driver)
        self.set_timer(seconds_to_next_minute(self.desk.clock.now()), self.tick)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.main.say(self._theme_fault, "warning")
        self.run_worker(self._run_desk(), name="polling", group="desk", exit_on_error=False)

    async def _run_desk(self) -> None:
        """What the first picture did not need: the other tickets, and the whole config, in a thread of its own so that
        keys are answered. Then poll."""
        if await self.board.grow():
            self.main.show_all()
        self.collector.start()
        self._allocator = Allocator()
        if self.whole is not None:
            try:
                self.config = self.board.config = await asyncio.to_thread(self.whole.get)
            except ConfigFault as fault:
                self.fault = fault
                self.exit()
                return
            settle(self.desk, self.config)
            self.board.take_health()
            self.main.show_all()
        self.ask_what_is_missing()
        await self.desk.run()

    def ask_what_is_missing(self) -> None:
        """Who is at the keys, and whether queues may be read: each asked once, calmly, one after the other."""
        asking = [name for name, health in self.board.health.items() if health.asks_consume and name not in self._asked]
        if not self.desk.engineer.name and "engineer" not in self._asked:
            self._asked.add("engineer")
            self.ask_engineer(self.ask_what_is_missing)
        elif asking and not self.desk.read_only:
            from tui.screens.consume import ConsumeScreen

            self._asked.add(asking[0])
            self.push_screen(ConsumeScreen(asking[0], self.board.vendor_title(asking[0])), self._take_consume)

    def ask_engineer(self, then: Callable[[], None]) -> None:
        """Ask who is at the keys, and go on with `then` whatever the answer is."""
        from tui.screens.engineer import EngineerScreen

        def take(engineer: Engineer | None) -> None:
            if engineer is not None:
                self.desk.engineer = engineer
                self.main.show_strip()
            then()

        self.push_screen(EngineerScreen(), take)

    def _take_consume(self, answer: tuple[str, bool] | None) -> None:
        if answer is None:
            self.ask_what_is_missing()
            return

        async def remember() -> None:
            await self.desk.answer_consume(*answer)
            self.board.take_health()
            self.main.show_strip()
            self.ask_what_is_missing()

        self.run_worker(remember(), name="remember the answer", group="desk", exit_on_error=False)

    # What the desk says.

    def _hear(self, event: DeskEvent) -> None:
        """Gather what comes close together. Called from wherever the desk is; the app goes on in its own context."""
        if not self._gathered:
            self.call_later(self.set_timer, GATHER, self._pass_on)
        self._gathered.append(event)

    def _pass_on(self) -> None:
        """Take in what was gathered, once; tell the screens; ring where a person is needed."""
        message, self._gathered = DeskChanged(tuple(self._gathered)), []
        health = dict(self.board.health)
        self.board.take(message)
        for screen in self.screen_stack:
            screen.post_message(DeskChanged(message.events))
        found = alerts.of_health(health, self.board.health)
        new = [entry for entry in self.board.messages if (entry.provider, entry.id) not in self._known]
        self._known |= {(entry.provider, entry.id) for entry in new}
        self.ringing.ring(found + alerts.of_messages(new, self.board.listing.all.get))

    def tick(self) -> None:
        """A minute has passed: ages, countdowns and the clock go on."""
        self.set_timer(seconds_to_next_minute(self.desk.clock.now()), self.tick)
        self.collector.sweep()
        if self._allocator is not None:
            self._allocator.trim()
        slices = self.board.tick()

        def one() -> None:
            if next(slices, slices) is slices:
                self.main.show_all()
            else:
                self.call_later(one)

        one()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The one place where a worker's failure becomes a sentence."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.report(event.worker.error, event.worker.name)

    def report(self, error: BaseException, what: str) -> None:
        """Say a failure where the engineer looks."""
        if isinstance(error, VendorError):
            words = sentences(str(error), error.next_step)
        elif isinstance(error, StoreFault):
            words = str(error)
        else:
            words = f"{what} failed: {type(error).__name__}. `vendorq log` has more."
            _log.error("%s failed", what, exc_info=error)
        if what == "polling":
            self.board.fault = f"Polling has stopped: {words}"
            self.main.show_strip()
        self.main.say(words, "bad")
        for screen in self.screen_stack[-1:]:  # none while the program ends
            if screen is not self.main:
                screen.post_message(Notice(words, "bad"))

    # Screens.

    def on_form_requested(self, event: FormRequested) -> None:
        """Open a form for the ticket the key was pressed on; whoever writes to a vendor has a name first."""
        if event.action in OWN_FORMS:
            from tui.screens.asking import open_own_form

            open_own_form(self, event.action, event.keys)
        elif self.desk.engineer.name:
            self.run_worker(self._open_form(event), name=event.action, group="forms", exit_on_error=False)
        else:
            self.ask_engineer(lambda: self.on_form_requested(event) if self.desk.engineer.name else None)
        self.typed.done(FormRequested)

    async def _open_form(self, event: FormRequested) -> None:
        from tui.forms import open_form

        if self.whole is not None:
            await asyncio.to_thread(self.whole.get)
        values = {"message_id": event.message_id} if event.message_id else {}
        if event.action == Operation.ACKNOWLEDGE.value:
            values["status"] = "Failure"  # what the key says; Success goes by itself once our number is known
        await open_form(self, self.desk, event.action, event.key, templates=self.config.templates, values=values)

    def _is_opening(self) -> bool:
        """Whether a form has been asked for and is not on the screen yet, or has gone and another one may follow."""
        forms = any(worker.group == "forms" and not worker.is_finished for worker in self.workers)
        return forms and isinstance(self.screen, MainScreen)

    async def on_event(self, event: events.Event) -> None:
        """Keys go on when what the last one opened has the focus."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.collector.touched()
            await self.typed.take(event)
        else:
            await super().on_event(event)

    def action_open_help(self) -> None:
        """All keys."""
        from tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.keys))

    def open_palette(self, situation: Situation, do: Callable[[str], None]) -> None:
        """All actions by name."""
        from tui.screens.palette import PaletteScreen

        self.push_screen(PaletteScreen(situation, self.keys), lambda name: do(name) if name else None)

    def open_outbox(self) -> None:
        """What waits."""
        from tui.screens.outbox import OutboxScreen

        self.push_screen(OutboxScreen(self.board))

    def open_handover(self) -> None:
        """The shift, for the next on call."""
        from tui.screens.handover import HandoverScreen

        self.push_screen(HandoverScreen(self.board))

    def open_log(self, key: TicketKey | None, message: InboxEntry | None) -> None:
        """What was asked of the vendors: about a message, a ticket, or all."""
        from tui.screens.log import LogScreen, scope_of

        self.push_screen(LogScreen(self.board, scope_of(self.board, key, message)))

    def open_files(self, key: TicketKey) -> None:
        """A ticket's files."""
        from tui.screens.files import FilesScreen

        self.push_screen(FilesScreen(self.board, key))

    def open_health(self) -> None:
        """How the providers are."""
        from tui.screens.health import HealthScreen

        self.push_screen(HealthScreen(self.board))

    def confirm(self, title: str, question: str, do: Callable[[], None]) -> None:
        """Ask before something that touches more than meets the eye."""
        from tui.screens.confirm import ConfirmScreen

        self.push_screen(ConfirmScreen(title, question), lambda yes: do() if yes else None)

    # The terminal.

    def next_theme(self) -> None:
        """The theme after this one, until the program ends."""
        names = themes.names(self.themes_folder)
        name = names[(names.index(self.palette.name) + 1) % len(names)]
        try:
            self.palette = themes.load(name, self.themes_folder)
        except themes.ThemeFault as fault:
            self.main.say(str(fault), "bad")
            return
        self.register_theme(self.palette.textual())
        self.theme = name
        for widget in self.screen.walk_children():
            widget.refresh()
        self.main.say(f"Theme: {self.palette.title} ({name})")

    def go_on(self) -> None:
        """Back from a stop: poll again, on a terminal that shows something else."""
        self.desk.store.lease.acquire()
        self.redraw()

    def say_no_shell(self) -> None:
        """Nobody would wake it up again."""
        words = "There is no shell to go back to: vendorq was started without one."
        for screen in self.screen_stack:
            screen.post_message(Notice(words, "warning"))

    # Leaving.

    async def leave(self, code: int) -> None:
        """Save what is typed, stop what runs, go. Called for SIGHUP and SIGTERM."""
        await self.keep_drafts()
        self.workers.cancel_all()
        self.exit(code, return_code=code)

    def on_unmount(self) -> None:
        """Nothing listens any more."""
        self._unsubscribe()
        self.collector.stop()
        self.leaving.remove()
        self.stopping.remove()
