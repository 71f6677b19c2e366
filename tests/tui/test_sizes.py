"""Sizes as people read them."""

from __future__ import annotations

from tui.sizes import human_size


def test_sizes_are_said_for_readers() -> None:
    sizes = (0, 999, 1000, 48_213, 60_000_000, 2_500_000_000, None)
    assert [human_size(size) for size in sizes] == ["0 B", "999 B", "1.0 KB", "48 KB", "60 MB", "2.5 GB", ""]
