"""The sandbox, set up for the case that a test is about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from providers.sandbox import Sandbox
from tests.providers.conformance.case import Case
from tests.providers.conformance.drive import sandbox


@pytest.fixture
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """All vendors on loopback, Ensono in the environment of the case."""
    case = request.node.callspec.params.get("case") if hasattr(request.node, "callspec") else None
    with sandbox(case if isinstance(case, Case) else None) as running:
        yield running
