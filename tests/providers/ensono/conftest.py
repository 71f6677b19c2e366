"""The sandbox and a connector to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from providers.ensono.connector import Connector
from providers.sandbox import Sandbox
from tests.providers.ensono.support import to


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with Sandbox(seed=7) as served:
        yield served


@pytest.fixture
async def ensono(box: Sandbox) -> AsyncIterator[Connector]:
    connector = to(box)
    yield connector
    await connector.aclose()
