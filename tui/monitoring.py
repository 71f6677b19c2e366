"""What a monitoring system is told: one line in Nagios' form, and its exit code. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from providers.text import safe_line
from tui import words

if TYPE_CHECKING:
    from tui.desk.entries import OutboxEntry
    from tui.desk.reports import ProviderHealth

OK: Final = 0
WARNING: Final = 1
CRITICAL: Final = 2
UNKNOWN: Final = 3
TITLES: Final = {OK: "OK", WARNING: "WARNING", CRITICAL: "CRITICAL", UNKNOWN: "UNKNOWN"}
WORST_FIRST: Final = (CRITICAL, WARNING, UNKNOWN, OK)

QUEUE_DEPTH: Final = 10
"""Messages that wait; Ensono's own alarm goes off at more than this for half an hour (guide, Queue Alerts)."""
QUEUE_SECONDS: Final = 1800
QUEUE_ALARM_SECONDS: Final = 3600
"""Age of the oldest message; Ensono's second alarm goes off at an average of one hour."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    code: int
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings, and the numbers that go with them."""

    findings: tuple[Finding, ...]
    numbers: str
    sound: str

    @property
    def code(self) -> int:
        """0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN: the worst of the findings."""
        codes = {finding.code for finding in self.findings}
        return next((code for code in WORST_FIRST if code in codes), OK)

    def line(self) -> str:
        """`VENDORQ STATE: words | numbers`. The bar parts them, so that none stands in the words."""
        findings = sorted(self.findings, key=lambda finding: WORST_FIRST.index(finding.code))
        sound = [] if self.code else [self.sound]
        told = "; ".join([*sound, *(finding.words for finding in findings)])
        return f"VENDORQ {TITLES[self.code]}: {safe_line(told).replace('|', '/')} | {self.numbers}"


def verdict(
    health: Sequence[ProviderHealth],
    outbox: Sequence[OutboxEntry],
    now: datetime,
    store_fault: str = "",
    *,
    alarms: Sequence[str] = (),
    remarks: Sequence[str] = (),
    late: Mapping[str, int] = MappingProxyType({}),
) -> Verdict:
    """Judge providers, their queues, the outbox and the store.

    `alarms` of the store are WARNING until somebody has seen to them; `remarks` are told and change no state.
    `late` is after how many seconds each provider counts as late, for the numbers.
    """
    findings = [Finding(CRITICAL, f"store: {store_fault}")] if store_fault else []
    findings += [Finding(WARNING, f"store: {words}") for words in alarms]
    findings += [Finding(OK, f"store: {words}") for words in remarks]
    for item in health:
        findings += _provider(item, now)
    undecided = [entry for entry in outbox if entry.state in ("unconfirmed", "rejected") and entry.needs_engineer]
    if undecided:
        needs = "1 write needs" if len(undecided) == 1 else f"{len(undecided)} writes need"
        findings.append(Finding(WARNING, f"{needs} a decision"))
    providers = "1 provider" if len(health) == 1 else f"{len(health)} providers"
    writes = "1 write waits" if len(outbox) == 1 else f"{len(outbox)} writes wait"
    sound = f"{providers}, {writes}"
    return Verdict(tuple(findings), _numbers(health, outbox, now, late), sound)


def _provider(item: ProviderHealth, now: datetime) -> list[Finding]:
    findings: list[Finding] = []
    age = f"last read {words.age(item.last_good, now)}"
    error = f", {item.error}" if item.error else ""
    match item.state:
        case "down":
            findings.append(Finding(CRITICAL, f"{item.name} is down, {age}{error}"))
        case "late" | "paused":
            findings.append(Finding(WARNING, f"{item.name} is {item.state}, {age}{error}"))
        case "unknown":
            findings.append(Finding(UNKNOWN, f"{item.name} was never read"))
    if item.queue_age is not None and item.queue_age > QUEUE_ALARM_SECONDS:
        findings.append(Finding(CRITICAL, f"{item.name}: a message waits for {int(item.queue_age // 60)} minutes"))
    elif item.queue_depth > QUEUE_DEPTH:
        code = CRITICAL if item.queue_age is not None and item.queue_age > QUEUE_SECONDS else WARNING
        findings.append(Finding(code, f"{item.name}: {item.queue_depth} messages wait"))
    elif item.queue_age is not None and item.queue_age > QUEUE_SECONDS:
        findings.append(Finding(WARNING, f"{item.name}: a message waits for {int(item.queue_age // 60)} minutes"))
    findings += [Finding(WARNING, f"{item.name}: {remark}") for remark in (item.gap, item.warning) if remark]
    return findings


def _numbers(
    health: Sequence[ProviderHealth], outbox: Sequence[OutboxEntry], now: datetime, late: Mapping[str, int]
) -> str:
    numbers: list[str] = []
    for item in health:
        if item.last_good is not None:
            age = max(0, int((now - item.last_good).total_seconds()))
            numbers.append(f"'{item.name} age'={age}s;{late.get(item.name, 3 * item.poll_seconds)};;0")
        numbers.append(f"'{item.name} queue'={item.queue_depth};{QUEUE_DEPTH};;0")
        if item.queue_age is not None:
            numbers.append(f"'{item.name} queue age'={int(item.queue_age)}s;{QUEUE_SECONDS};{QUEUE_ALARM_SECONDS};0")
    unconfirmed = sum(entry.state == "unconfirmed" for entry in outbox)
    return " ".join([*numbers, f"outbox={len(outbox)};;;0", f"unconfirmed={unconfirmed};;;0"])
