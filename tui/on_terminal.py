"""An app as a guest on a terminal: it writes what differs, leaves the mouse alone, and fails without telling more."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App, AutopilotCallbackType

from tui.clipboard import copy_sequence
from tui.frame import Difference, Frame

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.driver import Driver
    from textual.screen import Screen

STOPPING: Final = ("ctrl+", "alt+", "f")
"""How keys begin that may stop us wherever one is: others walk through a form, or leave it."""


class OnTerminal(App[int]):
    """What a full-screen program owes its terminal. `takes_mouse`: the mouse is ours and not the terminal's own."""

    frame: Frame
    takes_mouse = False
    stop_keys: tuple[str, ...] = ("ctrl+z",)
    """What goes back to the shell, from every screen and over every box."""
    is_lent = False
    """Whether another program has the terminal."""

    def get_driver_class(self) -> type[Driver]:
        """On a terminal, the driver that takes what is pasted for text and nothing else."""
        from textual.drivers.linux_driver import LinuxDriver

        from tui.paste_parser import PasteDriver

        chosen = super().get_driver_class()
        return PasteDriver if chosen is LinuxDriver else chosen

    async def run_async(
        self,
        *,
        headless: bool = False,
        inline: bool = False,
        inline_no_clear: bool = False,
        mouse: bool = False,
        size: tuple[int, int] | None = None,
        auto_pilot: AutopilotCallbackType | None = None,
    ) -> int | None:
        """Run it. The mouse is the terminal's own, for selecting, unless it is wanted here."""
        return await super().run_async(
            headless=headless,
            inline=inline,
            inline_no_clear=inline_no_clear,
            mouse=mouse or self.takes_mouse,
            size=size,
            auto_pilot=auto_pilot,
        )

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Write only what differs from what the terminal shows."""
        if self.is_lent:
            return
        writes = self._running and not self._closed and not self.is_headless and self._driver is not None
        if writes and not self._batch_count and isinstance(renderable, CompositorUpdate):
            written = self.frame.difference(renderable, self.console)
            renderable = Difference(written) if written else None
        super()._display(screen, renderable)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Another program has the terminal, alone: we go on, write nothing, read no key, and draw all anew after it.

        Where the block fails, we are leaving, and the terminal stays as it is. SuspendNotSupported without one.
        """
        with self.suspend():
            driver, self.is_lent = self._driver, True
            # Whoever writes would wait for ever: what carries it to the terminal has ended.
            driver.write = _nowhere  # type: ignore[union-attr, method-assign]  # a driver that can suspend, on this one
            with _deaf_to(signal.SIGINT, signal.SIGQUIT):
                yield
            del driver.write  # type: ignore[union-attr]
            self.is_lent = False
        self.redraw()

    def on_key(self, event: events.Key) -> None:
        """A key that no field has taken for its text, and no form for its own: perhaps the one that stops us.

        Not by a binding, since a box in front hides those of what is behind it, and a text would undo with Ctrl-Z. The
        first screen has an action for it.
        """
        stops = event.key in self.stop_keys and event.key.startswith(STOPPING) and not event.is_printable
        if stops and len(self.screen_stack) > 1:
            event.prevent_default()
            self.action_suspend_process()

    def action_suspend_process(self) -> None:
        """Back to the shell: what is typed is kept first, since nobody knows whether `fg` will follow."""
        self.run_worker(self._suspend(), name="keeping what is typed", group="stop", exit_on_error=False)

    async def _suspend(self) -> None:
        await self.keep_drafts()
        super().action_suspend_process()

    async def keep_drafts(self) -> None:
        """Keep what is typed, on every screen there is."""
        for screen in self.screen_stack:
            save = getattr(screen, "save_draft", None)
            if save is not None:
                await save()

    def redraw(self) -> None:
        """Write the whole screen again, for a terminal that shows something else."""
        self.frame.forget()
        if self._driver is not None:
            self._driver.write("\x1b[2J")
        self.screen.refresh()

    def copy_to_clipboard(self, text: str) -> None:
        """Copy through the terminal."""
        self._clipboard = text
        if self._driver is not None:
            self._driver.write(copy_sequence(text, os.environ))

    def _fatal_error(self) -> None:
        """A fault of our own: the traceback without the values of variables, which may hold secrets."""
        from rich.segment import Segments
        from rich.traceback import Traceback

        self.bell()
        traceback = Traceback(show_locals=False, width=None, suppress=["textual"])
        self._exit_renderables.append(Segments(self.console.render(traceback, self.console.options)))
        self._close_messages_no_wait()

    def on_app_blur(self, event: events.AppBlur) -> None:
        """Nothing changes on the screen when the terminal loses the focus."""
        event.prevent_default()


def _nowhere(data: str) -> None:
    """What is written for a terminal that another program has."""


@contextmanager
def _deaf_to(*numbers: signal.Signals) -> Iterator[None]:
    """Do nothing on signals that a terminal sends to all its programs, but mean the one that has the keys."""
    before = {number: signal.signal(number, lambda *_: None) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
