"""The sandbox as a process: announces, writes its config, ends by a signal."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from providers.sandbox import Sandbox
from providers.sandbox.serve import serve

PROGRAM = """
import json, sys
from pathlib import Path
from providers.sandbox import parse_fault
from providers.sandbox import Sandbox
from providers.sandbox.serve import serve
def announce(url, config):
    print(json.dumps(url), flush=True)
out = Path(sys.argv[1]) if len(sys.argv) > 1 else None
sys.exit(serve(config_out=out, faults=[parse_fault("tangoe:status_502")], seed=3, world=False, announce=announce))
"""


@contextmanager
def served(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def test_process_announces_itself_and_ends_by_signal(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with served(str(path)) as (process, url):
        document = tomllib.loads(path.read_text())
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert document["provider"][0]["url"].startswith(url)
        answer = httpx.get(f"{url}/api/tango/v1/integrations/cases", trust_env=False)
        assert answer.status_code == 502
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == signal.SIGTERM
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_config_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    announced: list[str] = []
    out = tmp_path / "nowhere" / "config.toml"
    with pytest.raises(OSError, match="No such file"):
        serve(config_out=out, world=False, announce=lambda url, _: announced.append(url))
    assert announced == []
    assert list(tmp_path.iterdir()) == []


def test_taken_port_is_an_error(box: Sandbox) -> None:
    with pytest.raises(OSError, match="in use"):
        serve(port=int(box.url.rpartition(":")[2]), world=False)
