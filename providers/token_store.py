"""Where a rotated refresh token is kept: `<state>/tokens/<provider>`, 0600, written atomically, shared by processes.

This is the one secret that the program stores, since the identity provider has already dropped the one before.
The file also holds a digest of the configured token that it descends from, so that a newly configured token
takes its place.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import json
import os
import secrets
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from providers.errors import Unreachable
from providers.redaction import register
from providers.secrets import SecretUnavailable, read_private_file

_LOOK_AGAIN: Final = 0.05


class TokenStore:
    """One provider's token file and its lock. OSError where the disk does not play along."""

    def __init__(self, state_dir: Path, provider: str) -> None:
        self._provider = provider
        self._folder = state_dir / "tokens"
        self.path = self._folder / provider
        self._lock: int | None = None

    @asynccontextmanager
    async def locked(self, seconds: float) -> AsyncIterator[None]:
        """Hold the lock that all processes share. Unreachable where another holds it for so long."""
        ends = asyncio.get_running_loop().time() + seconds
        descriptor = self._open_lock()
        try:
            while not _try_lock(descriptor):
                if asyncio.get_running_loop().time() >= ends:
                    raise Unreachable(
                        self._provider,
                        f"another process has been renewing the token for {seconds:g} s, nothing was sent",
                    )
                await asyncio.sleep(_LOOK_AGAIN)
            self._lock = descriptor
            yield
        finally:
            self._lock = None
            os.close(descriptor)

    def read(self, configured: str) -> str | None:
        """The token kept, if it descends from the configured one. SecretUnavailable for a file not fit to be used."""
        if not os.path.lexists(self.path):
            return None
        try:
            kept = json.loads(read_private_file(self.path))
            token, origin = kept["refresh_token"], kept["configured"]
        except (ValueError, TypeError, KeyError):
            raise SecretUnavailable(
                f"file {self.path} is damaged", f"run: rm {self.path} (the configured token is used then)"
            ) from None
        if origin != _digest(configured) or not isinstance(token, str):
            return None
        register(token)
        return token

    async def write(self, token: str, configured: str) -> None:
        """Keep a token durably. Goes on to its end, under the lock, even where the caller is given up."""
        assert self._lock is not None
        lock = os.dup(self._lock)  # holds the lock until this is closed too

        def work() -> None:
            try:
                self._write(token, configured)
            finally:
                os.close(lock)

        await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, work))

    def drop(self) -> None:
        """Keep no token, since the configured one is the valid one."""
        with suppress(FileNotFoundError):
            self.path.unlink()

    def _write(self, token: str, configured: str) -> None:
        for leftover in self._folder.glob(f".{self._provider}.*.new"):
            leftover.unlink(missing_ok=True)
        document = json.dumps({"refresh_token": token, "configured": _digest(configured)})
        new = self._folder / f".{self._provider}.{secrets.token_hex(8)}.new"
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(document)
                file.flush()
                os.fsync(descriptor)
            new.replace(self.path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _open_lock(self) -> int:
        for folder in (self._folder.parent, self._folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = self._folder.lstat()
        if stat.S_ISLNK(status.st_mode):
            raise OSError(
                errno.ELOOP, f"{self._folder} is a link, and none is followed there; put a folder of ours in its place"
            )
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise PermissionError(
                errno.EPERM, f"{self._folder} is no folder of ours alone; run: chmod 700 {self._folder}"
            )
        path = self._folder / f".{self._provider}.lock"
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
