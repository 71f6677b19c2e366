"""Sizes of files in words. Pure."""

from __future__ import annotations


def human_size(size: int | None) -> str:
    """Bytes for a reader: 812 B, 3.4 KB, 60 MB; empty where it is not known."""
    if size is None:
        return ""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"
