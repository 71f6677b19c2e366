"""Tangoe's cases, and what its agents do with them.

Source: the Case API's page. What a client asks over HTTP is in `tangoe_api`. Times are UTC without a zone; states and
priorities are strings, "-5" and "-10" among them; comments come newest first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from providers.sandbox.context import Context

USERNAME: Final = "sandbox.integration"
PASSWORD: Final = "sandbox-tangoe-password-not-real"  # an obvious fake
DEFAULT_CONTACT: Final = "DoNotReply@tangoe.example"
CONTACT: Final = "telecom.desk@client.example"
ENTITLEMENTS: Final = (
    ("7c1e4b9a0d2f4e5b8a6c3d1f9e0b7a52", "Mobile expense management"),
    ("5d0a7f3c9b8e4a1d8c2f6e5b4a3d2c1b", "Fixed line expense management"),
    ("e2b9c8d7a6f54e3d2c1b0a9f8e7d6c5b", "Invoice disputes"),
)
STATES: Final = {
    "1": "New",
    "3": "Closed",
    "5": "Assigned",
    "6": "Complete/Resolved",
    "7": "Cancelled",
    "10": "Work In Progress",
    "-5": "On Hold",
    "-10": "Reassigned",
}
OPEN: Final = ("1", "5", "10", "-5", "-10")
ENDED: Final = ("3", "7")
DEFAULT_PRIORITY: Final = "4"


@dataclass(slots=True, kw_only=True)
class CaseComment:
    """One comment on a case."""

    id: str
    comment: str
    created_on: datetime
    created_by: str


@dataclass(slots=True, kw_only=True)
class Case:
    """One case. Attributes bear the page's names."""

    number: str
    id: str
    created_on: datetime
    updated_on: datetime
    short_description: str
    description: str
    state: str = "1"
    priority: str = DEFAULT_PRIORITY
    correlation_id: str = ""
    correlation_display: str = ""
    contact_email: str = DEFAULT_CONTACT
    entitlement_id: str = ""
    additional_contacts: str = ""
    close_code: str = ""
    close_notes: str = ""
    completion_date_time: datetime | None = None
    resolved_at: datetime | None = None
    callback: dict[str, str] = field(default_factory=dict)
    comments: list[CaseComment] = field(default_factory=list)

    def document(self, *, with_comments: bool = False) -> dict[str, Any]:
        """As the API shows it."""
        shown: dict[str, Any] = {
            "number": self.number,
            "id": self.id,
            "state": self.state,
            "priority": self.priority,
            "short_description": self.short_description,
            "description": self.description,
            "correlation_id": self.correlation_id,
            "correlation_display": self.correlation_display,
            "contact_email": self.contact_email,
        }
        if with_comments:
            shown["comments"] = [
                {
                    "id": each.id,
                    "comment": each.comment,
                    "created_on": stamp(each.created_on),
                    "created_by": each.created_by,
                }
                for each in reversed(self.comments)
            ]
        return {
            **shown,
            "created_on": stamp(self.created_on),
            "updated_on": stamp(self.updated_on),
            "close_code": self.close_code,
            "close_notes": self.close_notes,
            "completion_date_time": stamp(self.completion_date_time),
            "resolved_at": stamp(self.resolved_at),
        }


class Tangoe:
    """The vendor. Its agents' actions take the page's names as keywords."""

    kind = "tangoe"

    def __init__(self, context: Context) -> None:
        self.context = context
        self.cases: dict[str, Case] = {}
        self.entitlements = dict(ENTITLEMENTS)
        self.known_contacts: set[str] | None = None
        """E-mail addresses that Tangoe knows; another is replaced by the default. None: all with an @."""
        self.page_cap: int | None = None
        """The most rows of one page, whatever `limit` asks for."""
        self.empty_as_204 = False
        """Whether an empty page is answered with 204 and no body."""
        self.resets_priority = False
        """Whether a PATCH without a priority sets the default one, as one reading of the page has it."""
        self.patch_needs_short_description = False
        """Whether a PATCH without short_description is refused, as the page's table says and its sample denies."""
        self._next_number = 618_457

    def ticket(self, number: str) -> Case:
        """A case as Tangoe has it now. KeyError where there is none."""
        return self.cases[number]

    def create(
        self,
        *,
        short_description: str = "Something is wrong",
        description: str = "",
        number: str = "",
        **fields: Any,
    ) -> str:
        """Open a case; its number is returned."""
        with self.context.lock:
            if not number:
                number = f"CS{self._next_number:07d}"
                self._next_number += 1
            now = self.context.now()
            self.cases[number] = Case(
                number=number,
                id=self.context.ids.hex("tangoe-case", number),
                created_on=now,
                updated_on=now,
                short_description=short_description,
                description=description or short_description,
            )
            self._set_all(self.cases[number], fields)
            return number

    def update(self, number: str, **fields: Any) -> None:
        """An agent changes fields."""
        with self.context.lock:
            case = self.cases[number]
            self._set_all(case, fields)
            case.updated_on = self.context.now()

    def resolve(self, number: str, notes: str = "Completed the task.", code: str = "Closed Normal") -> None:
        """An agent completes a case."""
        now = self.context.now()
        self.update(number, state="6", close_code=code, close_notes=notes, completion_date_time=now, resolved_at=now)

    def close(self, number: str) -> None:
        """An agent closes a case."""
        self.update(number, state="3")

    def comment(self, number: str, comment: str, created_by: str = "agent@tangoe.example") -> str:
        """Someone comments; the comment's id is returned."""
        with self.context.lock:
            case = self.cases[number]
            case.updated_on = self.context.now()
            case.comments.append(
                CaseComment(
                    id=self.context.ids.hex("tangoe-comment", number),
                    comment=comment,
                    created_on=case.updated_on,
                    created_by=created_by,
                )
            )
            return case.comments[-1].id

    def contact(self, email: str) -> str:
        """The address that a case gets: the one given, or the account's default where Tangoe doesn't know it."""
        known = "@" in email if self.known_contacts is None else email in self.known_contacts
        return email if known else DEFAULT_CONTACT

    def _set_all(self, case: Case, fields: dict[str, Any]) -> None:
        for name, value in fields.items():
            if not hasattr(case, name):
                raise TypeError(f"a case has no field {name}")
            setattr(case, name, value)


def stamp(at: datetime | None) -> str:
    """A time as Tangoe writes it: UTC, no zone; empty for None."""
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else ""
