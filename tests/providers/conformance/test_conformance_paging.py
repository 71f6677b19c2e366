"""Long lists are read to their end, each ticket once."""

from __future__ import annotations

import pytest

from providers.base import Operation
from providers.sandbox import Sandbox
from tests.providers.conformance.case import Case
from tests.providers.conformance.cases import CASES
from tests.providers.conformance.drive import WORDS, connected, read

LISTING = [case for case in CASES if any(look.operation is Operation.LIST for look in case.looks)]


@pytest.mark.parametrize("case", LISTING, ids=str)
@pytest.mark.parametrize("page", [None, 10, 37])
async def test_a_list_of_a_thousand_is_read_to_its_end_and_each_ticket_once(
    case: Case, page: int | None, box: Sandbox
) -> None:
    box.tangoe.page_cap = page
    numbers = [case.opens(box, WORDS) for _ in range(1000)]
    async with connected(case, box.url, box.clock) as provider:
        rows = await read(provider, Operation.LIST, "")
    assert sorted(row.patch.number for row in rows) == sorted(numbers)
