"""A sandbox in this process, a config for it, and commands against both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from providers import registry
from providers.sandbox import Sandbox
from tests.support.command_line import Ended, call, with_providers


class Bench:
    """Commands over one sandbox and one store."""

    def __init__(self, box: Sandbox, folder: Path) -> None:
        self.box = box
        self.folder = folder
        self.config = folder / "config.toml"
        self.write_config()

    def write_config(self, head: str = "", kinds: Sequence[str] = (), **replaced: str) -> None:
        """The sandbox's config, with lines before it, some kinds alone, and words replaced."""
        text = head + with_providers(self.box.config(self.folder / "store"), kinds or registry.kinds())
        for old, new in replaced.items():
            assert old in text
            text = text.replace(old, new)
        self.config.touch(mode=0o600)
        self.config.write_text(text)

    def call(self, *words: str, stdin: str = "", **given: str) -> Ended:
        """One command."""
        return call("--config", str(self.config), *words, stdin=stdin, **given)

    def done(self, *words: str, stdin: str = "") -> dict[str, Any]:
        """One command that must go well, and its JSON."""
        ended = self.call(*words, "--json", stdin=stdin)
        assert ended.code == 0, ended.err
        assert ended.json["schema"] == 1
        return ended.json

    def failed(self, code: int, *words: str, stdin: str = "") -> dict[str, Any]:
        """One command that must fail so, and its JSON."""
        ended = self.call(*words, "--json", stdin=stdin)
        assert ended.code == code, (ended.code, ended.err)
        error = ended.json["error"]
        assert list(error) == ["type", "provider", "message", "field", "next_step"]
        assert error["message"]
        assert ended.err
        return ended.json


def linked(bench: Bench) -> str:
    """The vendor's number of a ticket that has ours and is known here."""
    number: str = bench.box.ensono.create(client_number="INC1")
    bench.done("sync", "--once")
    return number


def written(bench: Bench) -> list[str]:
    """What was committed but for acknowledgements of the queue."""
    return [entry.operation for entry in bench.box.ledger if entry.operation != "acknowledge"]


def acknowledged(bench: Bench) -> int:
    """How many messages of the queue were released."""
    return len([entry for entry in bench.box.ledger if entry.operation == "acknowledge"])


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A sandbox where nothing happens by itself."""
    with Sandbox(seed=1) as box:
        yield Bench(box, tmp_path)
