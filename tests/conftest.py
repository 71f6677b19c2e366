"""For all tests: none is judged by the time it takes, property tests included, and none leaves a log open to others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tui import logfile

settings.register_profile("vendorq", deadline=None)
settings.load_profile("vendorq")


@pytest.fixture(autouse=True)
def no_log_outlives_its_test() -> Iterator[None]:
    """A desk that is opened starts the log, for the whole process."""
    yield
    logfile.stop()
