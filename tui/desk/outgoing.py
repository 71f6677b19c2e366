"""Local files that a write sends: described once, and checked again before they leave."""

from __future__ import annotations

import hashlib
import mimetypes
import stat
from pathlib import Path

from providers.base import AttachmentLimits
from providers.errors import Rejected
from providers.model import FileRef, Write


def describe(provider: str, path: Path, limits: AttachmentLimits | None = None) -> FileRef:
    """A file's name, size, type and digest. Rejected where it cannot be read.

    One above the vendor's limit has no digest: it is refused for its size, and not read for that.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _unreadable(provider, path, "it is no regular file")
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(0)
            allowed = limits is None or limits.file_bytes is None or size <= limits.file_bytes
            digest = hashlib.file_digest(file, "sha256").hexdigest() if allowed else ""
    except OSError as error:
        raise _unreadable(provider, path, error.strerror or "no reason is given") from error
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return FileRef(path=str(path.absolute()), name=path.name, size=size, content_type=content_type, sha256=digest)


def _unreadable(provider: str, path: Path, why: str) -> Rejected:
    return Rejected(provider, f"the file {path} cannot be read: {why}", field="files", next_step="Check its path.")


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
