"""The sandbox, set up for the case that a test is about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from providers.sandbox import Sandbox
from tests.providers.conformance.case import Case


@pytest.fixture
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """All vendors on loopback, Ensono in the environment of the case."""
    with Sandbox(seed=1) as sandbox:
        case = request.node.callspec.params.get("case") if hasattr(request.node, "callspec") else None
        if isinstance(case, Case) and case.kind == "ensono":
            sandbox.ensono.environment = case.environment
        yield sandbox
