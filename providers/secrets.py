"""Where a secret comes from, and how it stays one.

A secret is looked up when it is first needed, never at start. What has been revealed is registered, so that logs
and errors can be rid of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator

HIDDEN: Final = "[redacted]"
_revealed: set[str] = set()


class SecretUnavailable(Exception):
    """A secret could not be had: which source, and what to do. The message never holds the secret."""


class SecretSource(BaseModel):
    """One of: env, file, command, keyring, value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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
        return self

    def reveal(self) -> str:
        """The secret itself. SecretUnavailable with the cure where it cannot be had."""
        secret = self._look_up()
        if not secret:
            raise SecretUnavailable(f"{self.describe()} is empty")
        register(secret)
        return secret

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

    def _look_up(self) -> str:
        if self.env is not None:
            if self.env not in os.environ:
                raise SecretUnavailable(f"environment variable {self.env} is not set; export it")
            return os.environ[self.env]
        if self.file is not None:
            return self.file.expanduser().read_text().strip()
        if self.value is not None:
            return self.value.get_secret_value()
        raise SecretUnavailable(f"{self.describe()} cannot be read")


def register(secret: str) -> None:
    """Have `redact` take this out of whatever it is given. Very short values would redact ordinary text."""
    if len(secret) >= 4:
        _revealed.add(secret)


def redact(text: str, extra: Iterable[str] = ()) -> str:
    """Text without any revealed secret."""
    for secret in sorted({*_revealed, *extra}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text
