"""vendorq as engineers start it, over a sandbox process: its config, its words and environment, its terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.command_line import SandboxProcess, command, environment
from tests.support.terminal import Terminal, on_terminal

ENGINEER = "Ada Byron <ada@client.example> +31 6 0000 0000"
NOT_READY = "not yet read"
"""What the strip says of a vendor that has not been asked yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """A home with a config for the sandbox in it."""

    home: Path
    config: Path

    @property
    def store(self) -> Path:
        """Where its store lies."""
        return self.home / "store"

    def words(self, *words: str) -> list[str]:
        """The command line."""
        return command("--config", str(self.config), *words)

    def environment(self, **given: str) -> dict[str, str]:
        """The environment, with who is at the keys."""
        return environment(self.home, VENDORQ_ENGINEER=ENGINEER, **given)

    @contextmanager
    def dashboard(self, *words: str, variables: dict[str, str] | None = None, **options: Any) -> Iterator[Terminal]:
        """The dashboard on a terminal of its own. `options` are on_terminal's."""
        given = self.environment(**(variables or {}))
        with on_terminal(self.words(*words), given, folder=self.home, **options) as terminal:
            yield terminal


def until_ready(terminal: Terminal) -> None:
    """Wait until every vendor has been asked once."""
    terminal.until(lambda: "Needs me" in terminal.text and NOT_READY not in terminal.text, "the first polls")


def place_for(box: SandboxProcess, home: Path, more: str = "") -> Place:
    """A home for one test: the sandbox's config, a store of its own, no bell; `more` is added at the end."""
    text, count = re.subn(r'(?m)^path = ".*"$', f'path = "{home / "store"}"', box.config.read_text(), count=1)
    assert count == 1
    config = home / "config.toml"
    config.touch(mode=0o600)
    config.write_text(f"{text}\n[dashboard]\nbell = false\n{more}")
    return Place(home, config)
