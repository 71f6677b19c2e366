"""What tests of the desk over the real connectors begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from providers.sandbox import Sandbox


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    """The vendors, whose people do nothing by themselves."""
    async with Sandbox(seed=7, world=False) as box:
        yield box
