"""No secret shows in a log, an error or a preview, and one that is missing is told before anything is sent."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from providers.base import Operation
from providers.errors import SecretMissing, VendorError
from providers.sandbox import Sandbox
from tests.providers.conformance.case import Case
from tests.providers.conformance.cases import CASES, each_case
from tests.providers.conformance.drive import WORDS, connected, read, send

Place = tuple[str, ...]
ABSENT = {"env": "VENDORQ_TEST_NO_SUCH_VARIABLE"}


def secrets_in(settings: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every secret of a config, with the keys that lead to it."""
    if isinstance(settings, dict):
        if set(settings) == {"value"}:
            yield place, settings["value"]
        else:
            for name, value in settings.items():
                yield from secrets_in(value, (*place, name))


def without(settings: dict[str, Any], place: Place) -> dict[str, Any]:
    """The outermost key of a secret, with the secret from a place where it is not."""
    outer, *inner = place
    return {outer: {**settings[outer], inner[0]: ABSENT} if inner else ABSENT}


def places() -> list[Any]:
    with Sandbox(seed=1) as box:
        return [
            pytest.param(case, place, id=f"{case}-{'.'.join(place)}")
            for case in CASES
            for place, _ in secrets_in(box.settings(case.kind))
        ]


@pytest.mark.parametrize(("case", "place"), places())
async def test_a_missing_secret_is_told_with_its_cure_and_nothing_is_sent(
    case: Case, place: Place, box: Sandbox, tmp_path: Path
) -> None:
    changes = without(box.settings(case.kind), place)
    async with connected(case, box.url, box.clock, **changes) as provider:
        with pytest.raises(SecretMissing) as told:
            await send(provider, case, box, case.deeds[0], tmp_path)
        assert told.value.next_step
        failed = (await provider.check())[-1]
    assert (failed.ok, failed.error_type) == (False, "SecretMissing")
    assert list(box.ledger) == []


@each_case
async def test_no_secret_shows_in_logs_or_errors(
    case: Case, box: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    for fault in ("", "html", "unauthorised", "status_500", "reset_after"):
        async with connected(case, box.url, box.clock) as provider:
            number = case.opens(box, WORDS)
            for look in case.looks:
                if look.operation is not Operation.DOWNLOAD:
                    await read(provider, look.operation, number)
            for deed in case.deeds:
                if fault:
                    box.fault(deed.at or case.kind, fault, match=deed.request)
                try:
                    shown.append(repr(await send(provider, case, box, deed, tmp_path)))
                except VendorError as error:
                    shown += [str(error), repr(error), error.vendor_words, error.next_step]
                box.clear_faults()
    settings = box.settings(case.kind)
    secrets = [secret for _, secret in secrets_in(settings) if secret != "Tokyo"]
    if "username" in settings:
        secrets.append(base64.b64encode(f"{settings['username']}:{secrets[0]}".encode()).decode())
    told = "\n".join([*shown, *(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)])
    assert caplog.records
    assert not [secret for secret in secrets if secret in told]
    assert "X-Amz-Signature=" not in told.replace("X-Amz-Signature=[redacted]", "")
