"""sync: the headless desk, once or until it is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from tui import documents, exits
from tui.commands.options import json_option, pass_session
from tui.output import print_json, say
from tui.session import Session

if TYPE_CHECKING:
    from tui.config import Config
    from tui.desk.desk import Desk
    from tui.desk.entries import OutboxEntry
    from tui.desk.reports import SyncReport


@click.command("sync")
@click.option("--once", is_flag=True, help="One poll of each provider, then end.")
@json_option
@pass_session
def sync(session: Session, *, once: bool, as_json: bool) -> int:
    """Poll all providers side by side, store, apply, acknowledge, and send what waits in the outbox.

    Without --once it goes on until a signal ends it. One process at a time polls; where another does, --once sends
    what waits and ends with 0 if that one has polled lately, else with 69. Reading a queue takes its messages from
    everyone who shares the credentials: sync always reads it.

    \b
    vendorq sync --once
    vendorq sync
    """

    async def work(desk: Desk, config: Config) -> int:
        if not once:
            say(f"Polling {', '.join(desk.providers)} until stopped. The log is in {config.store_path / 'log'}.")
            await desk.run()
            return exits.OK
        waiting = {entry.id for entry in desk.outbox() if entry.state == "queued"}
        desk.store.lease.acquire()
        # Where another process polls, this sends what is ours to send and no more.
        reports = await _poll_all(desk)
        if not desk.store.lease.held:
            return _follow(desk, reports, waiting, as_json)
        desk.store.lease.release()
        return _finish(desk, reports, waiting, as_json)

    return session.run(work, consume=True)


async def _poll_all(desk: Desk) -> list[SyncReport]:
    """One poll of each provider, side by side. What breaks in one of them is raised when all have ended."""
    results = await asyncio.gather(*(desk.sync(name) for name in desk.providers), return_exceptions=True)
    reports: list[SyncReport] = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        reports.append(result)
    return reports


def _finish(desk: Desk, reports: Sequence[SyncReport], waiting: set[str], as_json: bool) -> int:
    parts = {"providers": [documents.report(report) for report in reports]}
    for report in reports:
        if not (as_json or report.error or report.skipped):
            say(f"{report.provider}: {_told(report)}")
    cures = {item.name: item.next_step for item in desk.health()}
    failures = [_failure(report, cures[report.provider]) for report in reports if report.error or report.skipped]
    failures += _unsent(desk, waiting)
    return _end(failures, parts, as_json)


def _follow(desk: Desk, reports: Sequence[SyncReport], waiting: set[str], as_json: bool) -> int:
    """Another process polls: all is well if it has done so within two of its intervals."""
    holder = desk.store.lease.holder()
    now = desk.clock.now()
    alive = holder is not None and (
        holder.beat_at is not None and now - holder.beat_at <= 2 * timedelta(seconds=holder.interval_seconds)
    )
    who = f"process {holder.pid} on {holder.tty or 'no terminal'} at {holder.host}" if holder else "another process"
    failures = _unsent(desk, waiting)
    if not alive:
        failures.append(
            exits.Failure(
                exits.NOT_REACHED,
                "Skipped",
                f"{who} holds the queue and has not polled lately",
                next_step="End that process, or see why it stands still.",
            )
        )
    elif not as_json:
        say(f"Not polled here: {who} does.")
    return _end(failures, {"providers": [documents.report(report) for report in reports]}, as_json)


def _unsent(desk: Desk, waiting: set[str]) -> list[exits.Failure]:
    """What became of the writes that waited: those that are not done."""
    from tui.commands.sending import failure_of

    entries: list[OutboxEntry] = [entry for entry in desk.outbox(settled=True) if entry.id in waiting]
    return [failure_of(entry, {}) for entry in entries if entry.state != "done" and not entry.dropped]


def _failure(report: SyncReport, cure: str) -> exits.Failure:
    if report.skipped and not report.error:
        return exits.Failure(exits.NOT_REACHED, "Skipped", report.skipped, provider=report.provider)
    code = exits.code_of_read(report.error_type)
    words = report.error.removeprefix(f"{report.provider}: ")
    return exits.Failure(code, report.error_type or "Fault", words, provider=report.provider, next_step=cure)


def _end(failures: Sequence[exits.Failure], parts: dict[str, Any], as_json: bool) -> int:
    if not failures:
        if as_json:
            print_json(parts)
        return exits.OK
    told = exits.gravest(failures, parts)
    for failure in failures:
        if failure is not told:
            say(f"vendorq: {failure.sentence()}")
    raise told


def _told(report: SyncReport) -> str:
    counts = {
        "messages": report.received,
        "acknowledged": report.acknowledged,
        "held": report.held,
        "parked": report.parked,
        "rows": report.rows,
        "sent": report.sent,
    }
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing new"


COMMANDS = (sync,)
