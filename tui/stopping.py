"""Stopping and going on: SIGTSTP and SIGCONT, whoever sends them, and a stop that nobody announces.

A stopped process polls nothing, so the lease goes to others before the stop. What the terminal is like after it nobody
knows: a shell has had it, and set it up as shells want it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

SIGNALS: Final = (signal.SIGTSTP, signal.SIGCONT)


class Stopping:
    """Handlers for SIGTSTP and SIGCONT in place of Textual's.

    `before` is called before a stop, in the signal's handler, and may only do what is immediate; `after` on the event
    loop when we go on; `refuse` on the event loop where there is no shell to go back to.

    Textual's own handler for SIGCONT sets the terminal up once more even where only SIGSTOP had stopped it: then two
    threads read the keys, and the end waits for one of them for ever.
    """

    def __init__(self, before: Callable[[], None], after: Callable[[], None], refuse: Callable[[], None]) -> None:
        self._before = before
        self._after = after
        self._refuse = refuse
        self._driver: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._replaced: dict[signal.Signals, Any] = {}

    def install(self, driver: object) -> None:
        """Take the signals over for a driver of a real terminal. Does nothing for another, or off the main thread."""
        if not getattr(driver, "can_suspend", False):
            return
        self._driver, self._loop = driver, asyncio.get_running_loop()
        try:
            for number, handler in zip(SIGNALS, (self._stop, self._go_on), strict=True):
                self._replaced[number] = signal.signal(number, handler)
        except ValueError:
            self._replaced.clear()

    def remove(self) -> None:
        """Give the signals back."""
        for number, handler in self._replaced.items():
            signal.signal(number, handler)
        self._replaced.clear()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if not has_shell():
            self._on_loop(self._refuse)
            return
        self._before()
        self._leave_terminal()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _go_on(self, number: int, frame: FrameType | None) -> None:
        driver = self._driver
        if driver._auto_restart:  # else an editor has the terminal, and gives it back itself
            self._leave_terminal()
            driver._must_signal_resume = True
            driver.resume_application_mode()
        self._on_loop(self._after)

    def _leave_terminal(self) -> None:
        driver = self._driver
        writer = driver._writer_thread
        if driver._auto_restart and writer is not None and writer.is_alive():
            driver.suspend_application_mode()

    def _on_loop(self, work: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(work)


def has_shell() -> bool:
    """Whether a shell with job control waits for us: else a stop would leave a terminal that answers to nothing."""
    try:
        parent = os.getppid()
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != os.getpgrp()
    except OSError:
        return False
