"""One sandbox a test, and the plainest of clients for each vendor: httpx and nothing of the project's."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from providers.sandbox import Sandbox
from tests.providers.sandbox.callers import BasicCaller, EnsonoCaller, KpnCaller, SmartOpsCaller


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """A sandbox in which nothing happens by itself."""
    with Sandbox(seed=7) as box:
        yield box


@pytest.fixture
def web() -> Iterator[httpx.Client]:
    """A client without manners: no retries, no redirects."""
    with httpx.Client(timeout=10, trust_env=False) as web:
        yield web


@pytest.fixture
def ensono(box: Sandbox, web: httpx.Client) -> EnsonoCaller:
    """Calls Ensono's bridge."""
    return EnsonoCaller(box, web)


@pytest.fixture
def kpn(box: Sandbox, web: httpx.Client) -> KpnCaller:
    """Calls ServiceNow Connect."""
    return KpnCaller(box, web, "kpn-connect", "/network/kpn/servicenow")


@pytest.fixture
def incidents(box: Sandbox, web: httpx.Client) -> KpnCaller:
    """Calls the Incident API."""
    return KpnCaller(box, web, "kpn-incident", "/network/kpn/incident")


@pytest.fixture
def tangoe(box: Sandbox, web: httpx.Client) -> BasicCaller:
    """Calls the Case API."""
    return BasicCaller(box, web)


@pytest.fixture
def smartops(box: Sandbox, web: httpx.Client) -> SmartOpsCaller:
    """Calls the ITSM contract's three endpoints."""
    return SmartOpsCaller(box, web)
