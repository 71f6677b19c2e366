"""The real `vendorq`: in processes of its own against a sandbox, and in this process for many small calls."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from providers import registry
from tui import cli

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds after which a hung process fails its test."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output as the one JSON document it must be."""
        document: dict[str, Any] = json.loads(self.out)
        return document


def command(*words: str) -> list[str]:
    """The program's words for a process."""
    return [sys.executable, "-m", "tui", *words]


def environment(home: Path, **given: str) -> dict[str, str]:
    """An empty HOME and nothing of ours but the path."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
        **given,
    }


def run(*words: str, home: Path, stdin: str | None = None, **given: str) -> Ended:
    """One command in a process of its own. Standard input is empty where none is given."""
    done = subprocess.run(
        command(*words),
        input=stdin or "",
        capture_output=True,
        text=True,
        env=environment(home, **given),
        cwd=home,
        timeout=PATIENCE,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


class _Standard(io.TextIOWrapper):
    """A stream as the interpreter has them: text over bytes, and no terminal."""

    def __init__(self, content: bytes = b"") -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8", write_through=True)

    def text(self) -> str:
        """What was written."""
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()


def call(*words: str, stdin: str = "", **given: str) -> Ended:
    """One command in this process, with what `main` changes of the process put back."""
    out, err = _Standard(), _Standard()
    mask = os.umask(0o077)
    hooks = sys.excepthook, threading.excepthook
    try:
        with (
            patch.object(sys, "stdin", _Standard(stdin.encode())),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            patch.dict(os.environ, given),
            patch("resource.setrlimit"),
        ):
            code = cli.main(words)
    finally:
        os.umask(mask)
        sys.excepthook, threading.excepthook = hooks
        gc.enable()
    return Ended(code, out.text(), err.text())


class SandboxProcess:
    """`vendorq sandbox` in a process of its own, asked and told over HTTP."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.config = folder / "sandbox.toml"
        words = command("sandbox", "--still", "--config-out", str(self.config), *options)
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment(folder), cwd=folder)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:"), self.url

    def ledger(self, **wanted: str) -> list[dict[str, Any]]:
        """What the vendors committed, in order; by vendor, operation, number."""
        query = "&".join(f"{name}={value}" for name, value in wanted.items())
        found: list[dict[str, Any]] = self._ask("GET", f"ledger?{query}")["ledger"]
        return found

    def requests(self) -> list[dict[str, Any]]:
        """What the vendors were asked, in order."""
        found: list[dict[str, Any]] = self._ask("GET", "requests")["requests"]
        return found

    def call(self, vendor: str, method: str, **arguments: Any) -> Any:
        """Have a vendor's people do something."""
        return self._ask("POST", "call", {"vendor": vendor, "method": method, "arguments": arguments})["result"]

    def fault(self, **fault: Any) -> None:
        """Switch a fault on."""
        self._ask("POST", "faults", fault)

    def stop(self) -> int:
        """End it as a service manager does; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)


@contextlib.contextmanager
def sandbox_process(folder: Path, *options: str) -> Iterator[SandboxProcess]:
    """A sandbox process that ends with the block."""
    sandbox = SandboxProcess(folder, *options)
    try:
        yield sandbox
    finally:
        sandbox.stop()


def with_providers(text: str, kinds: Sequence[str]) -> str:
    """A config with these kinds alone."""
    head, *tables = text.split("[[provider]]")
    kept = [table for table in tables if (found := re.search(r'^kind = "([^"]+)"', table, re.M)) and found[1] in kinds]
    return "[[provider]]".join([head, *kept])


def installed(text: str) -> str:
    """A config without the kinds that this installation has not."""
    return with_providers(text, registry.kinds())
