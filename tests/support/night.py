"""The tickets of an ordinary night at five vendors, for a ScriptedDesk. Every word and time is fixed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from providers.base import Operation as Op
from providers.model import Approval, Attachment, Comment, Message, MessageKind, Ticket, TicketKey, Write
from tests.support.scripted_desk import NOW, ScriptedDesk, declaration
from tui.desk.desk import ProviderHealth, TimelineItem
from tui.desk.entries import InboxEntry, MessageStatus, OutboxEntry

WRITING = (Op.CREATE, Op.COMMENT, Op.DETAIL)
TUNNEL = TicketKey("ensono", "INC0712290")
CHANGE = TicketKey("ensono", "e-CHG0032177")
FIBRE = TicketKey("kpn-connect", "INC#11252714")


def ago(minutes: float) -> datetime:
    """So many minutes before now."""
    return NOW - timedelta(minutes=minutes)


def within(minutes: float) -> datetime:
    """So many minutes after now."""
    return NOW + timedelta(minutes=minutes)


def night() -> ScriptedDesk:
    """A desk with fourteen tickets, ten messages and two writes, one vendor late and one down."""
    desk = ScriptedDesk(
        {
            "ensono": declaration(
                "ensono",
                *WRITING,
                Op.QUEUE,
                Op.UPDATE,
                Op.RESOLVE,
                Op.CLOSE,
                Op.REOPEN,
                Op.CANCEL,
                Op.ATTACH,
                Op.DOWNLOAD,
                Op.LINK,
                Op.APPROVE,
                Op.REJECT,
                Op.TAKE,
                title="Ensono",
                change_operations=frozenset({Op.COMMENT, Op.LINK, Op.APPROVE, Op.REJECT}),
            ),
            "kpn-connect": declaration(
                "kpn-connect",
                *WRITING,
                Op.LIST,
                Op.QUEUE,
                Op.ATTACH,
                Op.DOWNLOAD,
                Op.ACKNOWLEDGE,
                Op.LINK,
                title="KPN Connect",
                time_zone="Europe/Amsterdam",
            ),
            "kpn-incident": declaration(
                "kpn-incident",
                *WRITING,
                Op.LIST,
                Op.CLOSE,
                Op.REOPEN,
                Op.ATTACH,
                title="KPN Incident",
                time_zone="Europe/Amsterdam",
            ),
            "tangoe": declaration("tangoe", Op.CREATE, Op.DETAIL, Op.LIST, Op.UPDATE, Op.CANCEL, title="Tangoe"),
            "smartops": declaration("smartops", *WRITING, Op.UPDATE, title="SmartOps"),
        }
    )
    _health(desk)
    _tickets(desk)
    _rest(desk)
    _messages(desk)
    _outbox(desk)
    return desk


def _health(desk: ScriptedDesk) -> None:
    desk.healths = {
        "ensono": ProviderHealth(
            name="ensono",
            kind="ensono",
            state="ok",
            last_good=ago(0.4),
            last_try=ago(0.4),
            queue_depth=3,
            queue_age=240.0,
        ),
        "kpn-connect": ProviderHealth(
            name="kpn-connect", kind="kpn-connect", state="ok", last_good=ago(0.7), last_try=ago(0.7)
        ),
        "kpn-incident": ProviderHealth(
            name="kpn-incident",
            kind="kpn-incident",
            state="late",
            last_good=ago(9),
            last_try=ago(1),
            failures=4,
            error="it asked for patience (429)",
            error_type="Throttled",
            retry_at=within(3),
            next_step="Nothing to do: it is tried again when the vendor allows it.",
        ),
        "tangoe": ProviderHealth(
            name="tangoe",
            kind="tangoe",
            state="down",
            last_good=ago(134),
            last_try=ago(2),
            failures=31,
            error="no connection: the host name is not known",
            error_type="Unreachable",
            retry_at=within(2),
            next_step="Check the network, the proxy and the vendor's URL; it is tried again by itself.",
        ),
        "smartops": ProviderHealth(name="smartops", kind="smartops", state="ok", last_good=ago(1.2)),
    }


def _tickets(desk: ScriptedDesk) -> None:
    desk.add(
        Ticket(
            provider="ensono",
            number=TUNNEL.number,
            client_number="REQ-88214",
            type="incident",
            state="open",
            vendor_state="workingprogress",
            priority=1,
            summary="VPN tunnel to Rotterdam drops every few minutes",
            description="Since 11:40 the tunnel to the Rotterdam data centre drops and comes back about every four "
            "minutes. Order entry in two warehouses stands still meanwhile.\n\nPeer 192.0.2.14, IKEv2.",
            opened_at=ago(82),
            updated_at=ago(6),
            due_at=within(38),
            awaiting_us=True,
            comments=(Comment(id="c1", author="Mara Lindqvist", at=ago(6), body="…"),),
            attachments=(Attachment(id="a1", name="ike-trace.log", size=48_213, at=ago(31)),),
            vendor={"assignmentGroup": "NET-EMEA-VPN", "configurationItem": "fw-rtm-01", "category": "Network"},
        ),
        [
            TimelineItem(ago(82), "comment", "", "Opened by us as REQ-88214.", "us", "sent"),
            TimelineItem(ago(64), "state", "", "new → open (workingprogress)", "vendor"),
            TimelineItem(
                ago(52),
                "comment",
                "Mara Lindqvist",
                "Taken. We see the rekey fail from our side; looking at the lifetimes.",
                "vendor",
            ),
            TimelineItem(ago(31), "attachment", "Mara Lindqvist", "ike-trace.log", "vendor", "48 KB"),
            TimelineItem(
                ago(18),
                "write",
                "Ann de Vries",
                "Lifetimes here are 28800 and 3600 s. Nothing was changed on our firewall since Friday.",
                "us",
                "sent",
            ),
            TimelineItem(
                ago(6),
                "comment",
                "Mara Lindqvist",
                "Phase 2 lifetime was 1800 on our side after last night's upgrade. Set back to 3600. Please watch the "
                "tunnel for fifteen minutes and tell us whether it holds.",
                "vendor",
            ),
        ],
        unread=True,
    )
    desk.add(
        Ticket(
            provider="ensono",
            number=CHANGE.number,
            client_number="CHG-5521",
            type="change",
            state="assess",
            vendor_state="Assess",
            priority=4,
            summary="Replace core switch in rack 14, Almere",
            description="The core switch shows memory errors. It is replaced by a tested spare of the same type.",
            opened_at=ago(60 * 26),
            updated_at=ago(14),
            cycle=1,
            approvals=(
                Approval(
                    id="157efa0f", approver="ann@client.example", approver_name="Ann de Vries", at=ago(14), cycle=1
                ),
            ),
            vendor={
                "startDate": "2023-11-17T22:00:00Z",
                "endDate": "2023-11-18T01:30:00Z",
                "risk": "Moderate",
                "impact": "Low",
                "type": "Normal",
                "category": "Network",
                "justification": "Three memory errors in a week; a failure would cut off the whole site.",
                "implementationPlan": "1. Move uplinks to the second switch.\n2. Replace the unit.\n3. Load the saved "
                "configuration.\n4. Move the uplinks back.",
                "testPlan": "Ping from both warehouses; order entry test by the client.",
                "backoutPlan": "Put the old unit back; ten minutes.",
            },
        ),
        [
            TimelineItem(ago(60 * 26), "state", "", "draft → assess", "vendor"),
            TimelineItem(ago(14), "approval", "Ensono", "Approval asked of Ann de Vries", "vendor", "requested"),
        ],
        unread=True,
    )
    desk.add(
        Ticket(
            provider="kpn-connect",
            number=FIBRE.number,
            type="incident",
            state="open",
            vendor_state="In Progress",
            priority=2,
            summary="Fibre cut Utrecht–Amersfoort, 12 sites on backup",
            opened_at=ago(190),
            updated_at=ago(11),
            due_at=within(170),
            description="A digger hit the cable near Soesterberg.",
        ),
        [TimelineItem(ago(11), "comment", "KPN NOC", "Splicing has begun; estimate 16:30.", "vendor")],
        unread=True,
        held=True,
    )


def _rest(desk: ScriptedDesk) -> None:
    rows: tuple[tuple[str, str, str, int | None, str, float, float, float | None, dict[str, Any]], ...] = (
        ("kpn-connect", "INC#11252698", "pending", 3, "Voicemail not reachable from mobile", 1500, 95, -25, {}),
        ("kpn-connect", "RITM#0091125", "open", 4, "Extra SIM cards for the Breda team", 2900, 610, 2900, {}),
        ("kpn-connect", "INC#11252701", "resolved", 3, "No dial tone on two lines, Zwolle", 800, 44, None, {}),
        ("kpn-incident", "INC1004417", "pending", 2, "Router at Delft reboots at night", 5100, 300, 55, {}),
        ("kpn-incident", "INC1004409", "open", 3, "Packet loss between Assen and Groningen", 6200, 720, None, {}),
        ("tangoe", "CS0043188", "open", 3, "Invoice shows lines that were cancelled in May", 9000, 1440, None, {}),
        ("tangoe", "CS0043020", "new", 4, "Order eSIM for new starter", 300, 300, None, {}),
        ("smartops", "ST-20931", "open", 3, "Backup of file server skipped twice", 700, 130, None, {}),
        ("smartops", "ST-20917", "open", None, "Patch window moved without notice", 4000, 2000, None, {}),
        ("ensono", "INC0712264", "open", 3, "Batch job EOD-17 ends with code 8", 950, 400, 700, {}),
        ("ensono", "REQ0033871", "new", 4, "Read access for the audit team", 210, 210, None, {}),
    )
    for provider, number, state, priority, summary, opened, updated, due, flags in rows:
        kind: Any = {"RITM": "service_request", "CS00": "case", "REQ0": "request"}.get(number[:4], "incident")
        desk.add(
            Ticket(
                provider=provider,
                number=number,
                type=kind,
                state=state,
                vendor_state=state.title(),
                priority=priority,
                summary=summary,
                opened_at=ago(opened),
                updated_at=ago(updated),
                due_at=None if due is None else within(due),
                awaiting_us=state == "pending",
            ),
            **flags,
        )
    desk.flags[TicketKey("ensono", "INC0712264")].update(faulty_write=True, undecided_write=True)


def message(
    provider: str, number: str, kind: MessageKind, summary: str, minutes: float, status: MessageStatus = "acknowledged"
) -> InboxEntry:
    """One message as the inbox keeps it."""
    identity = f"{provider}-{number}-{minutes}"
    return InboxEntry(
        provider=provider,
        id=identity,
        number=number,
        source="message",
        order=(0, 0),
        received_at=ago(minutes),
        status=status,
        applied=status != "parked",
        released=True,
        message=Message(
            provider=provider, id=identity, number=number, kind=kind, summary=summary, sent_at=ago(minutes)
        ),
    )


def _messages(desk: ScriptedDesk) -> None:
    desk.inbox_entries = [
        message("ensono", TUNNEL.number, "comment", "Phase 2 lifetime was 1800 on our side", 6),
        message("kpn-connect", FIBRE.number, "comment", "Splicing has begun; estimate 16:30.", 11, "held"),
        message("ensono", CHANGE.number, "approval", "Approval asked of Ann de Vries", 14, "new"),
        message("kpn-connect", FIBRE.number, "create", "Fibre cut Utrecht–Amersfoort", 21, "held"),
        message("ensono", TUNNEL.number, "attachment", "ike-trace.log, 48 KB", 31),
        message("kpn-connect", "INC#11252701", "update", "Resolved: line card replaced", 44),
        message("ensono", "", "unknown", "A message that could not be read", 58, "parked"),
        message("smartops", "ST-20931", "update", "priority 4 → 3", 130),
        message("tangoe", "CS0043020", "create", "Order eSIM for new starter", 300),
        message("kpn-incident", "INC1004417", "update", "open → pending", 60 * 20),
    ]


def _outbox(desk: ScriptedDesk) -> None:
    def entry(identity: str, key: TicketKey, action: str, state: Any, minutes: float, **more: Any) -> OutboxEntry:
        write = Write(id=identity, action=action, provider=key.provider, number=key.number, created_at=ago(minutes))
        return OutboxEntry(write=write, state=state, created_at=ago(minutes), updated_at=ago(minutes), **more)

    desk.outbox_entries = [
        entry(
            "5f21c0aa01",
            TicketKey("ensono", "INC0712264"),
            "comment",
            "unconfirmed",
            12,
            attempts=1,
            needs_engineer=True,
            error="it left and got no answer: it may have been done",
            error_type="Unconfirmed",
            next_step="Look at the ticket, then send it again or drop it.",
        ),
        entry("5f21c0aa02", TicketKey("tangoe", "CS0043188"), "update", "queued", 3, error="tangoe is down"),
    ]
