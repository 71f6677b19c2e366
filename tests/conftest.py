"""For all tests: none is judged by the time it takes, property tests included, and none leaves a log open to others."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tui import logfile

settings.register_profile("vendorq", deadline=None)
settings.load_profile("vendorq")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: tests wait for terminals, lines and deadlines much of their time."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.fixture(autouse=True)
def no_log_outlives_its_test() -> Iterator[None]:
    """A desk that is opened starts the log, for the whole process."""
    yield
    logfile.stop()
