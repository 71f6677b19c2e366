"""One write on its way to Ensono: what it is planned from, and the parts that every payload shares. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from providers.addressing import segment
from providers.base import Declaration
from providers.ensono.changes import local_stamp
from providers.ensono.mapping import escaped, ticket_type
from providers.ensono.settings import Settings
from providers.model import Comment, Engineer, FileRef, Patch, Ticket, Write

WORDS: Final = {"incident": "Incident", "request": "Request", "change": "Change"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of a plan. `part` says in a word what it does; `path` begins behind the client's URL."""

    method: str
    path: str
    payload: Mapping[str, Any]
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that one write sends, and in `patch` what it says of the ticket once Ensono has taken it.

    `group_may_change` allows the configured default group where Ensono does not know the one given.
    """

    requests: tuple[Request, ...] = ()
    files: tuple[FileRef, ...] = ()
    warnings: tuple[str, ...] = ()
    patch: Patch
    group_may_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One write and what it is planned from. `values` are checked, under the names of the declaration."""

    settings: Settings
    declaration: Declaration
    write: Write
    ticket: Ticket | None
    now: datetime
    values: Mapping[str, Any]

    @property
    def provider(self) -> str:
        """The provider's name, for errors."""
        return self.settings.name

    @property
    def number(self) -> str:
        """Ensono's number of the ticket."""
        return self.write.number

    @property
    def who(self) -> Engineer:
        """Who acts: the write's engineer, else the config's."""
        return self.write.engineer if self.write.engineer.name else self.settings.engineer

    @property
    def at(self) -> datetime:
        """When the engineer wrote it."""
        return self.write.created_at or self.now

    def path(self, *parts: str) -> str:
        """The path of this ticket, or of something under it."""
        words = ["tickets"]
        if self.write.action != "create":
            words += [segment(self.provider, self.number), *parts]
        return f"/{self.settings.environment}/{'/'.join(words)}"

    def text(self, name: str) -> str:
        """A value as it goes into JSON."""
        return self.sent(str(self.values.get(name, "")))

    def sent(self, words: str) -> str:
        """Free text as it goes into JSON: escaped once more where the config says so."""
        return escaped(words) if self.settings.double_escape else words

    def identity(self, client_number: str = "") -> dict[str, Any]:
        """What every write carries."""
        return {
            "clientName": self.settings.client_name,
            "ticketType": type_word(self.write, self.ticket),
            "clientTicketNumber": client_number or own_number(self.write, self.ticket),
        }

    def comments(self) -> list[dict[str, str]]:
        """The comment with who wrote it and when (guide, Comments Array Format)."""
        who = self.who
        comment = {
            "body": self.text("comment"),
            "commenter": who.name,
            "commentTime": local_stamp(self.at),
            "commenterEmail": who.email,
            "commenterPhone": who.phone,
        }
        return [{name: words for name, words in comment.items() if words}]

    def own_comment(self, words: str = "") -> tuple[Comment, ...]:
        """The comment as it stands in the timeline until Ensono shows its copy; none where nothing was said."""
        who = self.who
        body = words or str(self.values.get("comment", ""))
        comment = Comment(id=f"own:{self.write.id}:0", author=who.name or who.email, at=self.at, body=body, origin="us")
        return (comment,) if body else ()

    def notes_request(self) -> Request:
        """The comment as a request of its own."""
        payload = {**self.identity(), "comments": self.comments()}
        return Request(method="PUT", path=self.path("notes"), payload=payload, part="comment")


def own_number(write: Write, ticket: Ticket | None) -> str:
    """Our number of a ticket, as it is known now."""
    return (ticket.client_number if ticket is not None else "") or write.client_number


def type_of(write: Write, ticket: Ticket | None) -> str:
    """Our type of the ticket a write is about."""
    if ticket is not None:
        return ticket.type
    return ticket_type(write.ticket_type, write.number) or "incident"


def type_word(write: Write, ticket: Ticket | None) -> str:
    """Incident, Request or Change."""
    return WORDS.get(type_of(write, ticket), "Incident")
