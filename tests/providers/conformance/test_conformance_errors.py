"""Each error that a vendor documents becomes its type, with the field where it names one and what to do next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from providers.base import Operation
from providers.errors import Throttled, VendorError
from tests.providers.conformance.answering import answering, ask
from tests.providers.conformance.case import Case, Complaint
from tests.providers.conformance.cases import each_case, each_complaint
from tests.providers.conformance.drive import connected
from tests.support.still_clock import StillClock

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads are not repeated: what the first answer means is what is asked here."""
    monkeypatch.setattr("providers.http.retry_delay", lambda *args: None)


@each_complaint
async def test_a_documented_error_is_told_by_its_type_with_a_next_step(
    case: Case, complaint: Complaint, tmp_path: Path
) -> None:
    async with answering() as (vendor, url), connected(case, url, StillClock()) as provider:
        vendor.says(complaint.body, complaint.status)
        with pytest.raises(VendorError) as told:
            await ask(provider, case, complaint.during, url, tmp_path)
    error = told.value
    assert type(error) is complaint.error
    assert error.message
    assert error.next_step
    if complaint.code:
        assert error.code == complaint.code
    if complaint.field:
        assert error.field == complaint.field


@each_case
@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0),
        ("999999999999", 900),
        (format_datetime(NOW + timedelta(days=4000), usegmt=True), 900),
        ("soon", 60),
        ("-5", 60),
        ("", 60),
    ],
)
async def test_what_a_throttling_vendor_asks_for_is_honoured_within_reason(
    case: Case, header: str, seconds: float, tmp_path: Path
) -> None:
    reads = [look.operation for look in case.looks if look.operation is not Operation.DOWNLOAD]
    async with answering() as (vendor, url), connected(case, url, StillClock(NOW)) as provider:
        vendor.says({"message": "Too Many Requests"}, 429, {"Retry-After": header} if header else {})
        for operation in (*reads, case.deeds[0].operation):
            with pytest.raises(Throttled) as told:
                await ask(provider, case, operation, url, tmp_path)
            assert told.value.retry_after == seconds
            assert told.value.next_step
