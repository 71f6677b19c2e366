"""For all tests: no test is judged by the time it takes, property tests included."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("vendorq", deadline=None)
settings.load_profile("vendorq")
