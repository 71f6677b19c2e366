"""The bell and its toast: at most one, on the main screen alone, so that it never covers what one types in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui import alerts

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.app import VendorqApp

STAYS: Final = 10.0
"""Seconds a toast stays."""
OPENING: Final = 15.0
"""Seconds from the start in which the vendors' first answers come, each with all that came in since the last time."""
QUIET: Final = 1.0
"""Seconds without more of them, after which they are told together."""


class Bell:
    """What rings. While another screen is open its toast waits, and has the seconds left that it had."""

    def __init__(self, app: VendorqApp) -> None:
        self._app = app
        self._ringing: list[alerts.Alert] = []
        self._seconds_left = 0.0
        self._started = app.desk.clock.monotonic()
        self._gathered: list[alerts.Alert] = []
        self._gathering: Timer | None = None

    def ring(self, found: list[alerts.Alert]) -> None:
        """Ring for these, if there are any; nothing else moves by itself. What a start finds rings once, together."""
        if not found:
            return
        if self._gathering is not None or self._app.desk.clock.monotonic() - self._started < OPENING:
            self._gather(found)
        else:
            self._ring(found)

    def _gather(self, found: list[alerts.Alert]) -> None:
        self._gathered += found
        if self._gathering is not None:
            self._gathering.stop()
        self._gathering = self._app.set_timer(QUIET, self._tell)

    def _tell(self) -> None:
        found, self._gathered, self._gathering = self._gathered, [], None
        self._ring([alerts.since_the_last_look(found)])

    def _ring(self, found: list[alerts.Alert]) -> None:
        waits = self._app._notifications or self._seconds_left
        self._ringing = [*self._ringing, *found] if waits else found
        self._seconds_left = STAYS
        self.show()
        if self._app.config.dashboard.bell:
            self._app.bell()

    def show(self) -> None:
        """Show the toast that waits, if one does and the main screen is on top."""
        if self._seconds_left > 0 and self._app.screen is self._app.main:
            one = alerts.together(self._ringing)
            self._app.clear_notifications()
            self._app.notify(one.words, title=one.title, severity="warning", timeout=self._seconds_left, markup=False)
            self._seconds_left = 0.0

    def hold(self) -> None:
        """Take the toast away: another screen opens."""
        self._seconds_left = max((item.time_left for item in self._app._notifications), default=self._seconds_left)
        self._app.clear_notifications()
