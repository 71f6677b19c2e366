"""A tmux of a test's own: its server on its own socket, its config none but the given, ended with the context."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.terminal import Terminal, on_terminal

TMUX: Final = shutil.which("tmux")
MISSING: Final = "tmux is not installed"


@dataclass(frozen=True, slots=True)
class Tmux:
    """One server with one window, and the terminal that shows it. `raw` is the file with what the program wrote."""

    socket: Path
    terminal: Terminal
    raw: Path

    def command(self, *words: str) -> str:
        """What a tmux command says."""
        return _tmux(self.socket, *words)

    @property
    def written(self) -> bytes:
        """What the program in the window wrote, as it wrote it."""
        return self.raw.read_bytes()


def _tmux(socket: Path, *words: str, environment: Mapping[str, str] | None = None) -> str:
    assert TMUX is not None
    given = [TMUX, "-S", str(socket), "-f", "/dev/null", *words]
    return subprocess.run(given, capture_output=True, text=True, check=True, env=environment).stdout


@contextmanager
def in_tmux(
    words: Sequence[str], environment: Mapping[str, str], folder: Path, options: Mapping[str, str] | None = None
) -> Iterator[Tmux]:
    """Run a program in a window of 120×40, with these server options set before it starts."""
    socket, raw = folder / "tmux", folder / "raw"
    raw.touch()
    started = shlex.join(["script", "--quiet", "--flush", "--command", shlex.join(words), str(raw)])
    lines = [["new-session", "-d", "-x", "120", "-y", "40", "-c", str(folder), "sleep", "1000"]]
    lines += [["set-option", "-g", name, value] for name, value in (options or {}).items()]
    lines += [["set-option", "-g", "status", "off"]]
    assert TMUX is not None
    try:
        for line in lines:
            _tmux(socket, *line, environment=dict(environment))
        _tmux(socket, "respawn-window", "-k", "-c", str(folder), started)
        attach = [TMUX, "-S", str(socket), "attach-session"]
        with on_terminal(attach, environment, folder=folder) as terminal:
            yield Tmux(socket, terminal, raw)
    finally:
        # `script` outlives its window; told to end, it takes the program along.
        recorder = _tmux(socket, "display-message", "-p", "#{pane_pid}").strip()
        if recorder.isdigit():
            os.kill(int(recorder), signal.SIGTERM)
        _tmux(socket, "kill-server")
