"""Leaving in good order: hang-up and termination save what is typed and stop the workers within three seconds."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import signal
from collections.abc import Awaitable, Callable
from typing import Final

DEADLINE: Final = 3.0
"""Seconds from the signal to the end of the process."""
WATCH: Final = 5.0
"""Seconds between looks at whether the terminal is still there, where the kernel does not tell."""
SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM)


class Leaving:
    """Handlers for SIGHUP and SIGTERM. `leave(code)` is what ends the app; it runs once, whatever comes after it.

    If it does not end within DEADLINE, the process does: a lost terminal can make the ordinary way out hang, and a
    program that stays behind on a jump host is worse than one that is cut off after its drafts are safe.
    """

    def __init__(self, leave: Callable[[int], Awaitable[None]]) -> None:
        self._leave = leave
        self._task: asyncio.Task[None] | None = None
        self._taken: list[signal.Signals] = []
        self._timer: asyncio.TimerHandle | None = None
        self._line: select.epoll | None = None

    @property
    def installed(self) -> bool:
        """Whether the signals are ours."""
        return bool(self._taken)

    def install(self) -> None:
        """Take the signals over. Does nothing off the main thread, where no signals arrive."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            try:
                loop.add_signal_handler(number, self._caught, number)
            except (RuntimeError, ValueError):
                return
            self._taken.append(number)
        self._line = _line_watch()
        if self._line is not None:
            loop.add_reader(self._line.fileno(), self._caught, signal.SIGHUP)
        self._timer = loop.call_later(WATCH, self._watch)

    def remove(self) -> None:
        """Give the signals back."""
        loop = asyncio.get_running_loop()
        for number in self._taken:
            loop.remove_signal_handler(number)
        self._taken.clear()
        self._unwatch()
        if self._timer is not None:
            self._timer.cancel()

    def _unwatch(self) -> None:
        if self._line is not None:
            asyncio.get_running_loop().remove_reader(self._line.fileno())
            self._line.close()
            self._line = None

    def _caught(self, number: signal.Signals) -> None:
        if number == signal.SIGHUP:
            self._unwatch()
            _let_go_of_the_terminal()
        if self._task is not None:
            return
        code = 128 + number
        end_in_any_case(code)
        self._task = asyncio.get_running_loop().create_task(self._go(code))

    def _watch(self) -> None:
        """Notice a lost terminal where nobody sent a signal, so that nothing reads from it in vain for ever."""
        if is_lost():
            self._caught(signal.SIGHUP)
        else:
            self._timer = asyncio.get_running_loop().call_later(WATCH, self._watch)

    async def _go(self, code: int) -> None:
        async with asyncio.timeout(DEADLINE - 0.5):
            await self._leave(code)


def is_lost() -> bool:
    """Whether the terminal this program was started on is gone."""
    try:
        os.get_terminal_size(2)
    except OSError as error:
        return error.errno == errno.EIO
    return False


def _line_watch() -> select.epoll | None:
    """What becomes readable when the terminal is gone, and at nothing else; None where there is no such thing."""
    if not hasattr(select, "epoll") or not os.isatty(0):
        return None
    watch = select.epoll()
    watch.register(0, 0)  # a hang-up is always told
    return watch


def _let_go_of_the_terminal() -> None:
    """Have what is still written go nowhere, instead of failing on a line that is gone."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for handle in (1, 2):
        os.dup2(nowhere, handle)
    os.close(nowhere)


def end_in_any_case(code: int) -> None:
    """End the process after the deadline, from a thread that needs neither the loop nor the terminal."""
    import threading

    timer = threading.Timer(DEADLINE, os._exit, (code,))
    timer.daemon = True
    timer.start()
