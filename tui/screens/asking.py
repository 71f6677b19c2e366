"""The forms that are no vendor's: a note, putting aside, following by number. Each one line, then done."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from providers.model import TicketKey
from tui import moments
from tui.screens.ask import AskScreen
from tui.widgets.times import local

if TYPE_CHECKING:
    from tui.app import VendorqApp


def open_own_form(app: VendorqApp, action: str, keys: Sequence[TicketKey]) -> None:
    """Ask for the one line that a note, a snooze or a track needs, and do it."""
    if action == "note" and keys:
        note(app, keys[0])
    elif action == "snooze" and keys:
        snooze(app, keys)
    elif action == "track":
        track(app)


def _do(app: VendorqApp, work: Coroutine[Any, Any, None], name: str) -> None:
    app.run_worker(work, name=name, group="desk", exit_on_error=False)


class Draft:
    """What is typed in one of these forms, kept in the store under `name` until it is taken or emptied."""

    def __init__(self, app: VendorqApp, name: str, subject: str) -> None:
        self._app = app
        self._name = name
        self._subject = subject
        self.text = str((app.desk.draft(name) or {}).get("text", ""))

    async def save(self, text: str) -> None:
        """Keep it; nothing where it is blank."""
        if text.strip() or self._app.desk.draft(self._name) is not None:
            await self._app.desk.save_draft(self._name, {"text": text} if text.strip() else None)

    async def leave(self, text: str) -> None:
        """Keep it, and say so."""
        await self.save(text)
        if text.strip():
            self._app.main.say(f"{self._subject} is kept as a draft.")

    async def taken(self) -> None:
        """It has been done, and is no draft any more."""
        await self.save("")


def note(app: VendorqApp, key: TicketKey) -> None:
    """A note of our own."""
    draft = Draft(app, f"note:{key.provider}:{key.number}", f"The note on {key.number}")

    async def work(text: str) -> None:
        await app.desk.note(key, text)
        await draft.taken()
        app.main.say(f"Noted on {key.number}; it is never sent.", "good")

    app.push_screen(
        AskScreen(
            f"Note on {key.number}",
            "For you and your colleagues; no vendor sees it.",
            lambda text: "" if text.strip() else "Write something, or leave with Esc.",
            draft=draft,
        ),
        lambda text: _do(app, work(text), "note") if text else None,
    )


def snooze(app: VendorqApp, keys: Sequence[TicketKey]) -> None:
    """Out of `Needs me` until a time."""
    subject = keys[0].number if len(keys) == 1 else f"{len(keys)} tickets"
    now, zone = app.desk.clock.now(), app.board.zone
    hidden = app.board.listing.hidden_of(keys) if len(keys) > 1 else 0
    # A time for several tickets is offered for the next several: no list of theirs is a name for it.
    name = f"{keys[0].provider}:{keys[0].number}" if len(keys) == 1 else "several"
    draft = Draft(app, f"snooze:{name}", f"The time for {subject}")
    unseen = f"\n\n{hidden} of the {len(keys)} are not in the list you see." if hidden else ""

    async def work(text: str) -> None:
        until = moments.later(text, now, zone)
        assert until is not None, "checked before it was taken"
        await app.desk.mark(keys, "snooze", until)
        await draft.taken()
        app.main.say(f"{subject} put aside until {local(until, zone, now)}.", "good")

    app.push_screen(
        AskScreen(
            f"Put {subject} aside until when?",
            f"For example {moments.EXAMPLES}.{unseen}",
            lambda text: "" if moments.later(text, now, zone) else "That is no time to come.",
            placeholder="4h",
            draft=draft,
        ),
        lambda text: _do(app, work(text), "put aside") if text else None,
    )


def track(app: VendorqApp) -> None:
    """Follow a ticket by its number."""
    names = list(app.desk.providers)
    draft = Draft(app, "track", "The number")

    def check(text: str) -> str:
        provider, _, number = text.strip().partition(" ")
        if provider not in names:
            return f"There is no provider {provider!r}; known are {', '.join(names)}."
        return "" if number.strip() else "The number is missing."

    async def work(text: str) -> None:
        provider, _, number = text.partition(" ")
        await draft.save(text)  # the vendor may not know it, or not answer
        ticket = await app.desk.track(provider, number.strip())
        await draft.taken()
        app.main.say(f"{ticket.number} is followed.", "good")

    app.push_screen(
        AskScreen(
            "Follow a ticket by its number",
            f"The provider ({', '.join(names)}), a blank and the number.",
            check,
            placeholder=f"{names[-1]} 12345" if names else "",
            draft=draft,
        ),
        lambda text: _do(app, work(text), "track") if text else None,
    )
