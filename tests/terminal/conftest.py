"""One sandbox process for all these tests, and for each a home of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import SandboxProcess, sandbox_process
from tests.support.on_sandbox import Place, place_for


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """The vendors, in a process of their own."""
    with sandbox_process(tmp_path_factory.mktemp("sandbox")) as box:
        yield box


@pytest.fixture
def place(box: SandboxProcess, tmp_path: Path) -> Place:
    """Where vendorq is started."""
    return place_for(box, tmp_path)
