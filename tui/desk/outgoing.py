"""Local files that a write sends: described once, and checked again before they leave."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path

from providers.errors import Rejected
from providers.model import FileRef, Write


def describe(provider: str, path: Path) -> FileRef:
    """A file's name, size, type and digest. Rejected where it cannot be read."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.seek(0, 2)
    except OSError as error:
        raise Rejected(
            provider, f"the file {path} cannot be read: {error.strerror}", field="files", next_step="Check its path."
        ) from error
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return FileRef(path=str(path.absolute()), name=path.name, size=size, content_type=content_type, sha256=digest)


def check(write: Write) -> None:
    """Rejected where a file is gone or no longer the one that was described."""
    for known in write.files:
        if describe(write.provider, Path(known.path)).sha256 != known.sha256:
            raise Rejected(
                write.provider,
                f"the file {known.path} has changed since it was attached",
                field="files",
                next_step="Attach it again, or drop this write.",
            )
