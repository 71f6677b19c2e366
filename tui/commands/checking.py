"""check and status: whether it can work, and whether it does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tui import documents, exits, monitoring
from tui.commands.options import json_option, pass_session
from tui.config_fault import ConfigFault
from tui.output import print_data, print_json, say
from tui.session import Session, run_until_signal

if TYPE_CHECKING:
    from providers.base import CheckStep
    from providers.settings import ProviderSettings
    from tui.config import Config
    from tui.desk.desk import Desk


@click.command("check")
@json_option
@pass_session
def check(session: Session, *, as_json: bool) -> int:
    """Test the config and each provider: its secrets, reach and credentials, and one harmless read where there is one.

    Never reads a queue and never writes.

    \b
    vendorq check
    """
    config = session.config()
    known = _known_numbers(config)

    async def work() -> list[tuple[ProviderSettings, list[CheckStep], list[exits.Failure]]]:
        checks = (_check_provider(config, settings, known.get(settings.name, "")) for settings in config.providers)
        found = await asyncio.gather(*checks)
        return [(settings, *result) for settings, result in zip(config.providers, found, strict=True)]

    results = run_until_signal(work)
    parts = {"providers": [_document(settings, steps) for settings, steps, _ in results]}
    for settings, steps, _ in results:
        if not as_json:
            print_data(_text(settings, steps))
    failures = [*_theme_failures(config), *(failure for *_, found in results for failure in found)]
    if failures:
        raise exits.gravest(failures, parts)
    if as_json:
        print_json(parts)
    else:
        say(f"All is well: {config.path}")
    return exits.OK


def _theme_failures(config: Config) -> list[exits.Failure]:
    """What keeps the dashboard from the theme that the config names."""
    import themes
    from tui.config_lines import line_of

    try:
        themes.load(config.dashboard.theme, config.path.parent / "themes")
    except themes.ThemeFault as error:
        sentence, _, cure = str(error).partition("; ")
        text = config.path.read_text(encoding="utf-8", errors="replace")
        line = line_of(text, ("dashboard", "theme"))
        fault = ConfigFault(config.path, sentence, "", line=line, key="dashboard.theme")
        return [exits.Failure(exits.CONFIG, "ConfigFault", str(fault), field=fault.key, next_step=cure)]
    return []


def _known_numbers(config: Config) -> dict[str, str]:
    """A ticket of each provider that may be asked about, from the store as it is; StoreFault where that is unsound."""
    from providers.clock import SystemClock
    from providers.model import ENDED_STATES
    from tui.desk import index
    from tui.desk.store import open_store

    if not config.store_path.exists():
        return {}
    store = open_store(config.store_path, SystemClock(), read_only=True)
    try:
        for words in (*store.alarms, *store.warnings):
            say(f"vendorq: {words}")
        tickets = list(index.tickets(store).values())
    finally:
        store.close()
    return {item.provider: item.number for item in tickets if item.type != "change" and item.state not in ENDED_STATES}


async def _check_provider(
    config: Config, settings: ProviderSettings, number: str
) -> tuple[list[CheckStep], list[exits.Failure]]:
    """What was tried of one provider, in order, and what failed. After a missing secret nothing more is tried."""
    from providers import registry
    from providers.base import CheckStep
    from providers.clock import SystemClock
    from providers.errors import VendorError
    from tui.config import unresolved_secrets

    missing = await asyncio.to_thread(unresolved_secrets, settings)
    if missing:
        faults = [config.secret_fault(error.message, error.cure, settings.name) for _, _, error in missing]
        lacking = [
            CheckStep(name=f"secret {key}", ok=False, detail=error.message, next_step=error.cure)
            for key, _, error in missing
        ]
        return lacking, [
            exits.Failure(
                exits.CONFIG,
                "SecretUnavailable",
                f"{fault.place}: {fault.key}: {fault.sentence}",
                field=fault.key,
                next_step=fault.cure,
            )
            for fault in faults
        ]
    steps: list[CheckStep] = []
    provider = registry.connect(settings, SystemClock())
    try:
        steps += await provider.check(number)
    except VendorError as error:
        failure = exits.from_vendor_error(error)
        steps.append(CheckStep(name="reach", ok=False, detail=failure.message, next_step=failure.next_step))
        return steps, [failure]
    finally:
        await provider.aclose()
    return steps, [_failure(settings, step) for step in steps if not step.ok]


def _failure(settings: ProviderSettings, step: CheckStep) -> exits.Failure:
    return exits.Failure(
        exits.code_of_read(step.error_type),
        step.error_type or "Unreachable",
        f"{step.name}: {step.detail}",
        provider=settings.name,
        next_step=step.next_step,
    )


def _document(settings: ProviderSettings, steps: Sequence[CheckStep]) -> dict[str, Any]:
    from providers.codec import to_document

    return {
        "name": settings.name,
        "kind": settings.kind,
        "ok": all(step.ok for step in steps),
        "steps": [to_document(step) for step in steps],
    }


def _text(settings: ProviderSettings, steps: Sequence[CheckStep]) -> str:
    lines = [f"{settings.name} ({settings.kind})"]
    for step in steps:
        detail = f": {step.detail}" if step.detail else ""
        lines.append(f"  {'ok' if step.ok else 'FAILED':<7} {step.name}{detail}")
        if not step.ok and step.next_step:
            lines.append(f"          {step.next_step}")
    return "\n".join(lines)


def _late(desk: Desk, config: Config) -> dict[str, int]:
    """After how many seconds without a good poll each provider counts as late."""
    from tui.desk.context import policy_of
    from tui.desk.health import LATE_AFTER

    policies = {settings.name: policy_of(settings, desk.providers[settings.name]) for settings in config.providers}
    return {name: int(LATE_AFTER * policy.poll_seconds + policy.budget_seconds) for name, policy in policies.items()}


@click.command("status")
@json_option
@pass_session
def status(session: Session, *, as_json: bool) -> int:
    """One line for monitoring, in Nagios' form, with its exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.

    Reads what is stored and tries whether the store's folder can be written; asks no vendor.

    \b
    vendorq status
    """
    from tui.desk.ports import StoreFault

    async def work(desk: Desk, config: Config) -> int:
        now = desk.clock.now()
        outbox = desk.outbox()
        store = desk.store
        fault = store.probe()
        verdict = monitoring.verdict(
            desk.health(), outbox, now, fault, alarms=store.alarms, remarks=store.warnings, late=_late(desk, config)
        )
        if as_json:
            states = [entry.state for entry in outbox]
            counts = {state: states.count(state) for state in ("queued", "sending", "unconfirmed", "rejected")}
            health = [documents.health(item, now) for item in desk.health()]
            print_json({"status": monitoring.TITLES[verdict.code], "providers": health, "outbox": counts})
        else:
            print_data(verdict.line())
        return verdict.code

    try:
        return session.run(work)
    except (ConfigFault, StoreFault) as fault:
        if as_json:
            raise exits.Failure(monitoring.UNKNOWN, type(fault).__name__, str(fault)) from None
        print_data(f"VENDORQ UNKNOWN: {fault}")
        return monitoring.UNKNOWN


COMMANDS = (check, status)
