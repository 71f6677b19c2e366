"""The hands of the living world: what its agents do, in the words of each vendor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from providers.sandbox.ensono import Ensono
from providers.sandbox.ensono_tickets import Change, Incident, stamp
from providers.sandbox.kpn_connect import KpnConnect
from providers.sandbox.kpn_incident import KpnIncident
from providers.sandbox.smartops import SmartOps
from providers.sandbox.tangoe import OPEN, USERNAME, Tangoe
from providers.sandbox.world_story import Story

LABELS: Final = {1: "1 - Critical", 2: "2 - High", 3: "3 - Moderate", 4: "4 - Low", 5: "5 - Planning"}
DUE_HOURS: Final = {1: 4, 2: 9, 3: 30, 4: 76, 5: 150}
GROUPS: Final = ("Ensono Server Support", "Ensono Storage and Backup", "Ensono Network Support")
AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


class Hand(Protocol):
    """What an agent can do to a ticket. `who` is the agent's name."""

    def open(self, story: Story, client_number: str, serial: int, *, tell: bool) -> str:
        """Open a ticket and return its number; the client is told where `tell` and the vendor has a queue."""
        ...

    def progress(self, number: str) -> None:
        """Start work."""
        ...

    def note(self, number: str, who: str, text: str) -> None:
        """Comment."""
        ...

    def ask(self, number: str, who: str, text: str) -> None:
        """Put the ticket on hold with a question to the client."""
        ...

    def file(self, number: str, name: str, content: bytes) -> None:
        """Attach a file, where the vendor gives files."""
        ...

    def resolve(self, number: str, text: str) -> None:
        """Resolve."""
        ...

    def close(self, number: str) -> None:
        """Close what was resolved."""
        ...

    def numbers(self) -> list[str]:
        """All tickets, oldest first; changes left out."""
        ...

    def live(self, number: str) -> bool:
        """Whether agents still have something to do on it: neither resolved nor ended."""
        ...

    def ours(self, number: str) -> int:
        """How many comments of the client's it has."""
        ...


class EnsonoHand:
    """Ensono's agents."""

    def __init__(self, vendor: Ensono) -> None:
        self._vendor = vendor

    def open(self, story: Story, client_number: str, serial: int, *, tell: bool) -> str:
        """See Hand."""
        return self._vendor.create(
            story.kind or "Incident",
            shortDescription=story.summary,
            description=story.description,
            priority=str(min(4, story.priority)),
            impact=str(min(3, story.priority)),
            urgency=str(min(3, story.priority)),
            group=GROUPS[serial % len(GROUPS)],
            client_number=client_number,
            number=f"e-CS{912_340 + 7 * serial:07d}",
            announce=tell,
            category="Private Cloud",
        )

    def progress(self, number: str) -> None:
        """See Hand."""
        self._vendor.update(number, status=self._vendor.work_in_progress)

    def note(self, number: str, who: str, text: str) -> None:
        """See Hand."""
        self._vendor.comment(number, text, who, f"{who.rsplit(maxsplit=1)[-1].lower()}@ensono.example")

    def ask(self, number: str, who: str, text: str) -> None:
        """See Hand."""
        self.note(number, who, text)
        until = stamp(self._vendor.context.now() + timedelta(days=1))
        self._vendor.update(number, status="pending", statusNextAction="pending-client", offHoldDate=until)

    def file(self, number: str, name: str, content: bytes) -> None:
        """See Hand."""
        self._vendor.attach(number, name, content, "text/csv" if name.endswith(".csv") else "text/plain")

    def resolve(self, number: str, text: str) -> None:
        """See Hand."""
        self._vendor.resolve(number, text)

    def close(self, number: str) -> None:
        """See Hand."""
        self._vendor.close(number)

    def numbers(self) -> list[str]:
        """See Hand."""
        return [number for number, record in self._vendor.here.records.items() if isinstance(record, Incident)]

    def live(self, number: str) -> bool:
        """See Hand."""
        return self._vendor.ticket(number).status not in ("resolved", "closed", "cancelled")

    def ours(self, number: str) -> int:
        """See Hand."""
        return sum(remark.ours for remark in self._vendor.ticket(number).remarks)

    def decided(self, number: str) -> str:
        """What the client decided on a change: approved, rejected or requested."""
        change = self._vendor.ticket(number)
        return change.approval if isinstance(change, Change) else ""


class KpnConnectHand:
    """KPN's agents behind ServiceNow Connect."""

    def __init__(self, vendor: KpnConnect) -> None:
        self._vendor = vendor

    def open(self, story: Story, client_number: str, serial: int, *, tell: bool) -> str:
        """See Hand."""
        kind = story.kind or "Incident"
        fields: dict[str, Any] = {"service": story.service or "WAN Connectivity", "sla_due": "UNKNOWN"}
        if kind != "Service Request":
            fields |= {"priority": LABELS[story.priority], "ci": story.ci}
        if kind == "Incident":
            fields |= {"contact": "servicedesk@client.example", "user": "Unknown User"}
            fields["sla_due"] = _local(self._vendor.context.now() + timedelta(hours=DUE_HOURS[story.priority]))
        prefix = {"Change Request": "CHG#", "Service Request": "RITM#"}.get(kind, "INC#")
        return self._vendor.create(
            kind,
            reference=client_number,
            short_description=story.summary,
            description=story.description,
            number=f"{prefix}{11_360_400 + 13 * serial}",
            announce=tell,
            **fields,
        )

    def progress(self, number: str) -> None:
        """See Hand."""
        change = number.startswith("CHG")
        self._vendor.change_state(number, "Assess" if change else "In Progress", on_hold_reason="")

    def note(self, number: str, who: str, text: str) -> None:
        """See Hand."""
        self._vendor.comment(number, text)

    def ask(self, number: str, who: str, text: str) -> None:
        """See Hand."""
        if number.startswith("CHG"):
            self._vendor.comment(number, text)
        else:
            self._vendor.change_state(number, "On Hold", text, on_hold_reason="Awaiting User")

    def file(self, number: str, name: str, content: bytes) -> None:
        """See Hand."""
        self._vendor.attach(number, name, content, "text/csv" if name.endswith(".csv") else "text/plain")

    def resolve(self, number: str, text: str) -> None:
        """See Hand."""
        state = {"CHG": "Review", "RIT": "Closed Complete"}.get(number[:3], "Resolved")
        self._vendor.change_state(number, state, resolution_notes=text)

    def close(self, number: str) -> None:
        """See Hand."""
        if not self._vendor.ticket(number).ended:
            self._vendor.change_state(number, "Closed")

    def numbers(self) -> list[str]:
        """See Hand."""
        return list(self._vendor.tickets)

    def live(self, number: str) -> bool:
        """See Hand."""
        ticket = self._vendor.ticket(number)
        return not ticket.ended and ticket.state not in ("Resolved", "Review")

    def ours(self, number: str) -> int:
        """See Hand."""
        return sum(comment.user == "via integration" for comment in self._vendor.ticket(number).comments)


class KpnIncidentHand:
    """KPN's agents behind the Incident API, which shows no comments."""

    def __init__(self, vendor: KpnIncident) -> None:
        self._vendor = vendor

    def open(self, story: Story, client_number: str, serial: int, *, tell: bool) -> str:
        """See Hand."""
        items = sorted(self._vendor.configuration_items)
        return self._vendor.create(
            short_description=story.summary,
            description=story.description,
            reference=client_number,
            ci=items[serial % len(items)],
            number=f"INC{6_210 + 3 * serial}",
            priority=str(story.priority),
            impact=str(min(3, story.priority)),
            urgency=str(min(3, story.priority)),
            sla_due=_local(self._vendor.context.now() + timedelta(hours=DUE_HOURS[story.priority]))
            if serial % 3
            else {},
        )

    def progress(self, number: str) -> None:
        """See Hand."""
        blank = {"pending_reason": "", "required_information": "", "reason_user_required": ""}
        self._vendor.change_state(number, "In Progress", **blank)

    def note(self, number: str, who: str, text: str) -> None:
        """The API has no place for comments: the text becomes the solution so far."""
        self._vendor.change_state(number, self._vendor.ticket(number).state, solution=text)

    def ask(self, number: str, who: str, text: str) -> None:
        """See Hand."""
        self._vendor.change_state(number, "On Hold", pending_reason="awaiting user", required_information=text)

    def file(self, number: str, name: str, content: bytes) -> None:
        """The API gives no files."""

    def resolve(self, number: str, text: str) -> None:
        """See Hand."""
        self._vendor.change_state(number, "Finished", close_code="Finished", solution=text)

    def close(self, number: str) -> None:
        """See Hand."""
        self._vendor.change_state(number, "Closed")

    def numbers(self) -> list[str]:
        """See Hand."""
        return list(self._vendor.tickets)

    def live(self, number: str) -> bool:
        """See Hand."""
        return self._vendor.ticket(number).state not in ("Finished", "Resolved", "Closed", "Cancelled")

    def ours(self, number: str) -> int:
        """See Hand."""
        return len(self._vendor.ticket(number).comments)


class TangoeHand:
    """Tangoe's agents."""

    def __init__(self, vendor: Tangoe) -> None:
        self._vendor = vendor

    def open(self, story: Story, client_number: str, serial: int, *, tell: bool) -> str:
        """See Hand."""
        return self._vendor.create(
            short_description=story.summary,
            description=story.description,
            priority=str(story.priority),
            correlation_id=client_number,
            correlation_display=client_number,
            contact_email="telecom.desk@client.example",
            entitlement_id=list(self._vendor.entitlements)[serial % 3],
            number=f"CS{691_220 + 11 * serial:07d}",
        )

    def progress(self, number: str) -> None:
        """See Hand."""
        self._vendor.update(number, state="10")

    def note(self, number: str, who: str, text: str) -> None:
        """See Hand."""
        self._vendor.comment(number, text, f"{who.rsplit(maxsplit=1)[-1].lower()}@tangoe.example")

    def ask(self, number: str, who: str, text: str) -> None:
        """See Hand."""
        self.note(number, who, text)
        self._vendor.update(number, state="-5")

    def file(self, number: str, name: str, content: bytes) -> None:
        """The API gives no files."""

    def resolve(self, number: str, text: str) -> None:
        """See Hand."""
        self._vendor.resolve(number, text)

    def close(self, number: str) -> None:
        """See Hand."""
        self._vendor.close(number)

    def numbers(self) -> list[str]:
        """See Hand."""
        return list(self._vendor.cases)

    def live(self, number: str) -> bool:
        """See Hand."""
        return self._vendor.ticket(number).state in OPEN

    def ours(self, number: str) -> int:
        """See Hand."""
        return sum(comment.created_by == USERNAME for comment in self._vendor.ticket(number).comments)


class SmartOpsHand:
    """SmartOps' agents."""

    def __init__(self, vendor: SmartOps) -> None:
        self._vendor = vendor

    def open(self, story: Story, client_number: str, serial: int, *, tell: bool) -> str:
        """See Hand."""
        return self._vendor.create(
            shortDescription=story.summary,
            longDescription=story.description,
            ticketPriority=str(story.priority),
            number=f"INC{88_410 + 5 * serial:07d}",
            ticketBusinessTimeLeft=str(DUE_HOURS[story.priority] * 1800),
        )

    def progress(self, number: str) -> None:
        """See Hand."""
        self._vendor.update(number, ticketStatus="In Progress")

    def note(self, number: str, who: str, text: str) -> None:
        """See Hand."""
        self._vendor.comment(number, text, who)

    def ask(self, number: str, who: str, text: str) -> None:
        """See Hand."""
        self.note(number, who, text)
        self._vendor.update(number, ticketStatus="Pending")

    def file(self, number: str, name: str, content: bytes) -> None:
        """The contract knows no files."""

    def resolve(self, number: str, text: str) -> None:
        """See Hand."""
        self._vendor.comment(number, text, kind="closureNotes")
        self._vendor.update(number, ticketStatus="Resolved")

    def close(self, number: str) -> None:
        """See Hand."""
        self._vendor.update(number, ticketStatus="Closed")

    def numbers(self) -> list[str]:
        """See Hand."""
        return list(self._vendor.tickets)

    def live(self, number: str) -> bool:
        """See Hand."""
        return self._vendor.ticket(number).fields["ticketStatus"] not in ("Resolved", "Closed", "Cancelled")

    def ours(self, number: str) -> int:
        """See Hand."""
        return sum(note["commentBy"] == "integration" for note in self._vendor.ticket(number).notes["comments"])


def _local(at: datetime) -> str:
    return at.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M")
