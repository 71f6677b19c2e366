"""Writing a file that was not there before: for us alone, following no link, overwriting nothing."""

from __future__ import annotations

import os
from pathlib import Path


def write_new(path: Path, text: str) -> None:
    """Write text into a new file (0600), with a newline at its end. OSError where it exists or cannot be written."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text if text.endswith("\n") else text + "\n")
