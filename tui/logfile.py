"""The log: a line of JSON for each request and answer, and for each fault, kept beside the store.

Exchanges come in redacted and capped (providers.exchange); other words are redacted here. Several processes append
to one file. At 8 MB it is put aside, and of those put aside the newest few are kept.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import traceback
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from providers.codec import format_time
from providers.redaction import redact

if TYPE_CHECKING:
    from tui.log_scope import Scope

NAME: Final = "vendorq.jsonl"
LARGEST: Final = 8 * 1024 * 1024
KEPT: Final = 4
"""How many files are kept beside the current one."""


class LogFile(logging.Handler):
    """Appends records to `folder`/vendorq.jsonl, one write a line, files 0600, no link followed.

    Logging never ends a command: what cannot be written is left out, and `broken` says why.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.INFO)
        self.path = folder / NAME
        self.broken = ""
        self._descriptor = -1

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        line = json.dumps(_document(record), ensure_ascii=True, default=str) + "\n"
        try:
            self._open()
            os.write(self._descriptor, line.encode())
        except OSError as error:
            self.broken = f"the log {self.path} cannot be written ({error.strerror})"

    def close(self) -> None:
        """Give the file back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        super().close()

    def _open(self) -> None:
        """Have the current file open: another process may have put ours aside, and ours may have grown too large."""
        if self._descriptor >= 0 and not self._is_current():
            os.close(self._descriptor)
            self._descriptor = -1
        if self._descriptor < 0:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
            self._descriptor = os.open(self.path, flags, 0o600)
        if os.fstat(self._descriptor).st_size > LARGEST:
            self._put_aside()

    def _is_current(self) -> bool:
        try:
            named = self.path.stat(follow_symlinks=False)
        except FileNotFoundError:
            return False
        opened = os.fstat(self._descriptor)
        return (named.st_dev, named.st_ino) == (opened.st_dev, opened.st_ino)

    def _put_aside(self) -> None:
        """Rename under a lock on the file itself, so that of several processes one does it."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        try:
            if self._is_current():
                for number in range(KEPT, 0, -1):
                    older = self.path.with_name(f"{NAME}.{number}")
                    newer = self.path.with_name(f"{NAME}.{number - 1}") if number > 1 else self.path
                    if newer.exists():
                        newer.replace(older)
        finally:
            os.close(self._descriptor)
            self._descriptor = -1
        self._open()


def start(folder: Path) -> LogFile:
    """Have everything that is logged under "vendorq" written there, and others' warnings too.

    Without a handler Python prints warnings, asyncio's tracebacks among them, on standard error as they are: over the
    dashboard, and with whatever they hold.
    """
    stop()
    handler = LogFile(folder)
    own = logging.getLogger("vendorq")
    own.setLevel(logging.INFO)
    own.propagate = False
    for logger in (own, logging.getLogger()):
        logger.addHandler(handler)
    return handler


def stop() -> None:
    """End what `start` began."""
    own = logging.getLogger("vendorq")
    own.setLevel(logging.NOTSET)
    own.propagate = True
    for logger in (own, logging.getLogger()):
        for handler in list(logger.handlers):
            if isinstance(handler, LogFile):
                logger.removeHandler(handler)
                handler.close()


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """Every line there is, oldest first. A line that is no JSON object (cut by a full disk) is passed over."""
    paths = [folder / f"{NAME}.{number}" for number in range(KEPT, 0, -1)] + [folder / NAME]
    for path in paths:
        if not path.is_file():
            continue
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                document = _parsed(line)
                if document is not None:
                    yield document


def last(folder: Path, most: int, scopes: Collection[Scope]) -> list[dict[str, Any]]:
    """The newest lines about one of these scopes, at most so many, newest first.

    Takes as long as a few megabytes of text need: not for an event loop.
    """
    # Looked for in the bytes first: parsing is what takes long.
    named = all(scope.names for scope in scopes)
    marks = {json.dumps(name)[1:-1].encode() for scope in scopes for name in scope.names} if named else set()
    found: list[dict[str, Any]] = []
    for path in (folder / NAME, *(folder / f"{NAME}.{number}" for number in range(1, KEPT + 1))):
        for text in reversed(path.read_bytes().splitlines() if path.is_file() else []):
            if named and not any(mark in text for mark in marks):
                continue
            line = _parsed(text)
            if line is None or not any(scope.holds(line) for scope in scopes):
                continue
            found.append(line)
            if len(found) == most:
                return found
    return found


def _parsed(text: str | bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _document(record: logging.LogRecord) -> dict[str, Any]:
    at = format_time(datetime.fromtimestamp(record.created, UTC))
    document = {"at": at, "level": record.levelname.lower(), "message": redact(record.getMessage())}
    exchange = getattr(record, "exchange", None)
    if isinstance(exchange, dict):
        document |= exchange
    if record.exc_info is not None and record.exc_info[1] is not None:
        lines = traceback.TracebackException.from_exception(record.exc_info[1], capture_locals=False).format()
        document["traceback"] = redact("".join(lines))
    return document
