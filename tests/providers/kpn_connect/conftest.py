"""A sandbox, and a connector to its KPN Connect."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from providers.kpn_connect.connector import Connector
from providers.kpn_connect.settings import Settings
from providers.sandbox import Sandbox


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    """All vendors on loopback."""
    async with Sandbox(seed=1) as sandbox:
        yield sandbox


@pytest.fixture
async def kpn(box: Sandbox) -> AsyncIterator[Connector]:
    """A connector to the sandbox's KPN Connect, at the sandbox's time."""
    connector = Connector(Settings(**box.settings("kpn-connect")), box.clock)
    yield connector
    await connector.aclose()
