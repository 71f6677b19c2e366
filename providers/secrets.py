"""Where a secret comes from, and how it stays one.

A secret is looked up when it is first needed, never at start. What has been revealed is registered, so that logs
and errors can be rid of it (providers.redaction).
"""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import errno
import importlib.util
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator

from providers.redaction import HIDDEN, redact, register

__all__ = ["HIDDEN", "SecretSource", "SecretUnavailable", "Source", "redact", "register", "revealed"]

COMMAND_SECONDS: Final = 30.0
"""How long a command or the keyring may take: long enough for a person to touch a key."""
_LARGEST: Final = 64 * 1024
_cache: dict[SecretSource, str] = {}
_asking: dict[SecretSource, threading.Lock] = {}
_running: set[subprocess.Popen[bytes]] = set()


class SecretUnavailable(Exception):
    """A secret could not be had: which source, and what to do. The message never holds the secret."""

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(f"{message}; {cure}" if cure else message)
        self.message = message
        self.cure = cure


class SecretSource(BaseModel):
    """One of: env, file, command, keyring, value."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    env: str | None = None
    file: Path | None = None
    command: tuple[str, ...] | None = None
    keyring: str | None = None
    value: SecretStr | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("a secret takes exactly one of env, file, command, keyring or value")
        if self.command == ():
            raise ValueError("a secret's command names a program and its arguments")
        if self.keyring is not None and not all(self.keyring.rpartition("/")):
            raise ValueError('a secret\'s keyring entry is written as "service/user"')
        return self

    def reveal(self) -> str:
        """The secret itself; may run a program, so that a coroutine calls `revealed` instead.

        SecretUnavailable with the cure where it cannot be had. What a file, a command or the keyring gave is
        kept for the life of the process.
        """
        if self.env is not None or self.value is not None:
            return self._found()
        with _asking.setdefault(self, threading.Lock()):  # a person is asked once, however many wait
            if self not in _cache:
                _cache[self] = self._found()
            return _cache[self]

    async def revealed(self) -> str:
        """As `reveal`, without holding the event loop while a program runs."""
        if self in _cache or self.env is not None or self.value is not None:
            return self.reveal()
        return await _in_a_thread(self.reveal)

    def forget(self) -> None:
        """Read a file anew when it is next needed. A command or a keyring is not asked twice: a person may be."""
        if self.file is not None:
            _cache.pop(self, None)

    def describe(self) -> str:
        """The source in words, without the secret."""
        if self.env is not None:
            return f"environment variable {self.env}"
        if self.file is not None:
            return f"file {self.file}"
        if self.command is not None:
            return f"command {self.command[0]}"
        if self.keyring is not None:
            return f"keyring entry {self.keyring}"
        return "value in the config"

    def _found(self) -> str:
        secret = self._look_up()
        if not secret:
            raise SecretUnavailable(f"{self.describe()} is empty", "put the secret there")
        register(secret)
        return secret

    def _look_up(self) -> str:
        if self.env is not None:
            if self.env not in os.environ:
                raise SecretUnavailable(f"{self.describe()} is not set", "export it")
            return os.environ[self.env].strip()
        if self.file is not None:
            return read_private_file(self.file.expanduser())
        if self.command is not None:
            return _run(self.command, self.describe(), f"run `{self.command[0]}` in a shell to see why")
        if self.keyring is not None:
            return _ask_keyring(self.keyring, self.describe())
        assert self.value is not None
        return self.value.get_secret_value().strip()


Source = SecretSource | str
"""A secret's source, or for what is no secret (a client id, a user name) the value itself."""


async def revealed(source: Source) -> str:
    """What a source gives, without holding the event loop."""
    return source if isinstance(source, str) else await source.revealed()


def forget_secrets() -> None:
    """Look every secret up anew when it is next needed."""
    _cache.clear()


def read_private_file(path: Path) -> str:
    """A file's text, stripped, if nobody else could have read or written it. Links are not followed.

    SecretUnavailable with the cure for any other file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise SecretUnavailable(f"file {path} is a link", "name the file itself") from None
        raise SecretUnavailable(f"file {path} cannot be read ({error.strerror})", "check its path and owner") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SecretUnavailable(f"{path} is no regular file", "name a file")
        if status.st_uid != os.geteuid():
            raise SecretUnavailable(f"file {path} belongs to another user", f"run: chown {os.geteuid()} {path}")
        if status.st_mode & 0o077:
            mode = stat.S_IMODE(status.st_mode)
            raise SecretUnavailable(f"file {path} can be used by others (mode {mode:04o})", f"run: chmod 600 {path}")
        content = os.read(descriptor, _LARGEST + 1)
    except OSError as error:
        raise SecretUnavailable(f"file {path} cannot be read ({error.strerror})", "check the disk") from None
    finally:
        os.close(descriptor)
    if len(content) > _LARGEST:
        raise SecretUnavailable(f"file {path} is too large for a secret", "check its path")
    return _decoded(content, f"file {path}").strip()


def _run(command: tuple[str, ...], described: str, cure: str) -> str:
    """The first line a program prints. No shell, no input, no terminal, and a deadline."""
    program = (str(Path(command[0]).expanduser()), *command[1:])
    try:
        process = subprocess.Popen(  # noqa: S603 - the engineer's own config names it; there is no shell
            program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a prompt must not write into our screen, and a deadline ends its children too
        )
    except OSError as error:
        raise SecretUnavailable(f"{described} cannot be run ({error.strerror})", "check its path") from None
    _running.add(process)
    with process:
        try:
            output, _ = process.communicate(timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            _end(process)
            raise SecretUnavailable(f"{described} took longer than {COMMAND_SECONDS:g} s", cure) from None
        except BaseException:
            _end(process)
            raise
        finally:
            _running.discard(process)
    if process.returncode != 0:
        raise SecretUnavailable(f"{described} ended with exit code {process.returncode}", cure)
    lines = _decoded(output, described).splitlines()
    return lines[0].strip() if lines else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()


@atexit.register
def _end_all() -> None:
    """Leave no program behind that still waits for somebody."""
    for process in tuple(_running):
        _end(process)


async def _in_a_thread(work: Callable[[], str]) -> str:
    """The result of blocking work. The thread is a daemon: a prompt that nobody answers must not hold up the exit."""
    done: concurrent.futures.Future[str] = concurrent.futures.Future()
    done.set_running_or_notify_cancel()

    def run() -> None:
        try:
            done.set_result(work())
        except SecretUnavailable as error:
            done.set_exception(error)
        finally:
            if not done.done():
                done.set_exception(SecretUnavailable("a secret could not be looked up", "see the log"))

    threading.Thread(target=run, name="secret", daemon=True).start()
    return await asyncio.wrap_future(done)


def _ask_keyring(entry: str, described: str) -> str:
    """The desktop keyring, in a process of its own: its backends may hang, and may bring event loops along."""
    if importlib.util.find_spec("keyring") is None:
        raise SecretUnavailable(f"{described} needs the keyring package", "run: pip install 'vendorq[keyring]'")
    service, _, user = entry.rpartition("/")
    return _run(
        (sys.executable, "-m", "keyring", "get", service, user), described, f"run: keyring set {service} {user}"
    )


def _decoded(content: bytes, described: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise SecretUnavailable(f"{described} does not hold text", "store it as UTF-8") from None
