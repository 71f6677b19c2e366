"""sync: the headless desk, once or until it is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from tui import documents, exits
from tui.commands.options import json_option, pass_session
from tui.output import print_json, say
from tui.session import Session
from tui.words import counted

if TYPE_CHECKING:
    from tui.config import Config
    from tui.desk.desk import Desk
    from tui.desk.entries import OutboxEntry
    from tui.desk.reports import SyncReport

WATCH_SECONDS: Final = 1.0
"""How often the service looks whether its store can be written."""


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
        _require_writable(desk)
        if not once:
            for words in desk.store.warnings:
                say(f"vendorq: {words}")
            desk.store.lease.acquire()
            say(f"Polling {', '.join(desk.providers)} until stopped. The log is in {config.store_path / 'log'}.")
            await _run(desk)
            return exits.OK
        waiting = {entry.id for entry in desk.outbox() if entry.state == "queued"}
        desk.store.lease.acquire()
        # Where another process polls, this sends what is ours to send and no more.
        reports = await _poll_all(desk)
        if not desk.store.lease.held:
            return _follow(desk, reports, waiting, as_json)
        return _finish(desk, reports, waiting, as_json)

    return session.run(work, consume=True)


def _require_writable(desk: Desk) -> None:
    """StoreFault where nothing can be kept, so that no queue may be read, and that does not end by itself."""
    from tui.desk.ports import StoreFault

    if desk.store.read_only and not desk.store.passing:
        raise StoreFault(desk.store.read_only)


async def _run(desk: Desk) -> None:
    """Poll until cancelled; StoreFault as soon as nothing can be kept any more."""
    tasks = {asyncio.ensure_future(desk.run()), asyncio.ensure_future(_watch(desk))}
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _watch(desk: Desk) -> None:
    """Say what becomes of the store when it happens: that it cannot be written, and that it can be again."""
    said, alarms = "", set(desk.store.alarms)
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        _require_writable(desk)
        if desk.store.read_only != said:
            said = desk.store.read_only
            say(f"vendorq: {said or 'The store can be written again.'}")
        for words in desk.store.alarms:
            if words not in alarms:
                alarms.add(words)
                say(f"vendorq: {words}")


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
    # Only now: until then what waits says that the next poll sends it, and not to do what has just been done.
    desk.store.lease.release()
    return _end(failures, parts, as_json)


def _follow(desk: Desk, reports: Sequence[SyncReport], waiting: set[str], as_json: bool) -> int:
    """Another process polls: all is well if it has done so within two of its intervals.

    StoreFault where nothing can be written here, however lately that was.
    """
    from tui.desk.ports import StoreFault

    holder = desk.store.lease.holder()
    now = desk.clock.now()
    alive = holder is not None and (
        holder.beat_at is not None and now - holder.beat_at <= 2 * timedelta(seconds=holder.interval_seconds)
    )
    who = f"process {holder.pid} on {holder.tty or 'no terminal'} at {holder.host}" if holder else "another process"
    failures = _unsent(desk, waiting)
    if desk.store.probe():
        raise StoreFault(desk.store.read_only)
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
    """What became of the writes that waited: those that are not done, told together where they are alike."""
    from tui.commands.sending import failure_of
    from tui.desk.waits import first_causes

    alike: dict[tuple[str, str], list[OutboxEntry]] = {}
    left = [entry for entry in desk.outbox(settled=True) if entry.id in waiting and entry.state != "done"]
    waits_for = desk.waits_for(left)
    for entry in left:
        if not entry.dropped:
            told = _as_it_waits(entry, waits_for.get(entry.id, ""))
            alike.setdefault((entry.write.provider, entry.state), []).append(told)
    failures: list[exits.Failure] = []
    for (_, state), entries in alike.items():
        failure = exits.gravest([failure_of(entry, {}, waits_for.get(entry.id, "")) for entry in entries], {})
        if len(entries) > 1:
            reasons = first_causes(entry.error.rstrip(".") for entry in entries if entry.error)
            more = f" (and {counted(len(reasons) - 1, 'other reason')})" if len(reasons) > 1 else ""
            why = f": {reasons[0]}{more}" if reasons else ""
            failure.message = f"{counted(len(entries), 'write')} {'stay' if state == 'queued' else 'are'} {state}{why}"
            failure.field, failure.next_step = "", "`vendorq outbox` lists them."
        failures.append(failure)
    return failures


def _as_it_waits(entry: OutboxEntry, waits_for: str) -> OutboxEntry:
    """A write with what holds it up now for its error: what it last met may long be over."""
    if entry.state != "queued" or not waits_for:
        return entry
    if entry.error and waits_for.startswith(entry.error):
        return entry
    return replace(entry, error=waits_for, error_type="", next_step="")


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
        counted(report.received, "message"): report.received,
        f"{report.acknowledged} acknowledged": report.acknowledged,
        f"{report.held} held": report.held,
        f"{report.parked} parked": report.parked,
        counted(report.rows, "row"): report.rows,
        f"{report.sent} sent": report.sent,
    }
    return ", ".join(words for words, count in counts.items() if count) or "nothing new"


COMMANDS = (sync,)
