"""Keys typed ahead: handed on one at a time, each when what the one before it did stands on the screen.

Over SSH keys come in bursts, and who knows the program types `/dns`, or `c` and a sentence, without waiting. Textual
hands each key to what has the focus as it comes, while a filter line or a form takes some turns of the event loop to
open: the rest of the word would act on tickets, letter by letter.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

if TYPE_CHECKING:
    from textual import events
    from textual.app import App
    from textual.message_pump import MessagePump
    from textual.screen import Screen

PATIENCE: Final = 1.0
"""Seconds after which a key is handed on, whatever it was waiting for: no fault may ever hold the keyboard."""
AGAIN: Final = 0.01
"""Seconds until it is looked again whether a screen is still being opened."""

Typed = "events.Key | events.Paste"


class TypeAhead:
    """The keys of one app on their way to its widgets.

    `hand_on` gives one to what has the focus. `opening` says whether a screen is on its way of which the app has no
    sign yet. What takes the focus later than at once says so by `wait_for` and `done`, with anything as its name.
    """

    def __init__(
        self, app: App[Any], hand_on: Callable[[events.Event], Awaitable[None]], opening: Callable[[], bool]
    ) -> None:
        self._app = app
        self._hand_on = hand_on
        self._opening = opening
        self._typed: deque[events.Key | events.Paste] = deque()
        self._reasons: dict[object, asyncio.TimerHandle] = {}
        self._ready: WeakSet[Screen[Any]] = WeakSet()

    @property
    def is_busy(self) -> bool:
        """Whether a key is on its way, or one waits."""
        return bool(self._typed or self._reasons)

    async def take(self, event: events.Key | events.Paste) -> None:
        """A key, or a text that was pasted, from the terminal."""
        self._typed.append(event)
        await self._go_on()

    def wait_for(self, reason: object, seconds: float = PATIENCE) -> None:
        """Hand no key on until `done`."""
        if reason not in self._reasons:
            self._reasons[reason] = asyncio.get_running_loop().call_later(seconds, self.done, reason)

    def done(self, reason: object) -> None:
        """What was waited for is so."""
        timer = self._reasons.pop(reason, None)
        if timer is not None:
            timer.cancel()
            self._app.call_later(self._go_on)

    async def _go_on(self) -> None:
        while self._typed and not self._reasons:
            screen = self._app.screen
            if self._opening():
                self.wait_for(self._opening, AGAIN)
            elif screen not in self._ready:
                self.wait_for(screen)
                screen.call_after_refresh(self._is_ready, screen)
            else:
                await self._hand_on_next()

    async def _hand_on_next(self) -> None:
        event = self._typed.popleft()
        self.wait_for(event)
        target = self._app.focused or self._app.screen
        await self._hand_on(event)
        if event.is_forwarded:
            self._follow(target, event)
        else:
            self.done(event)

    def _follow(self, node: MessagePump | None, event: object) -> None:
        """Go the way the key goes, from the widget up to the app, one step behind it."""
        here = self._app if node is None else node
        arrived = here is self._app
        step = partial(self.done, event) if arrived else partial(self._follow, here._parent, event)
        if not here.call_later(step) and not arrived:
            self._follow(None, event)

    def _is_ready(self, screen: Screen[Any]) -> None:
        self._ready.add(screen)
        self.done(screen)
