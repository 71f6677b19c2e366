"""A glance at a config sees what loading it whole would say, or nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from providers.sandbox import config as sandbox_config
from tests.support.command_line import environment
from tui.config import load
from tui.glance import glance

PROVIDERS = sandbox_config.toml("http://127.0.0.1:9", Path("/var/lib/vendorq"), "prod")
NO_STORE = PROVIDERS[PROVIDERS.index("[[provider]]") :]
FULL = """
[dashboard]
theme = "vendorq-light"
bell = false
ascii = true
mouse = true
[keys]
ticket.comment = "ctrl+n"
[[view]]
name = "Late"
filter = "due:<4h"
"""


def written(folder: Path, text: str) -> Path:
    """A config file."""
    file = folder / "config.toml"
    file.touch(mode=0o600)
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    "text",
    [
        PROVIDERS,
        PROVIDERS + FULL,
        "read_only = true\n" + PROVIDERS,
        '[store]\npath = "state"\n' + NO_STORE,
        NO_STORE,
        PROVIDERS + "read_only = true\n",
    ],
    ids=["plain", "full", "read-only", "beside-the-config", "no-store", "one-read-only"],
)
@pytest.mark.parametrize("environ", [{}, {"XDG_STATE_HOME": "/state", "VENDORQ_ENGINEER": "Bo <bo@x.example> 1"}])
def test_what_is_seen_is_what_loading_says(tmp_path: Path, text: str, environ: dict[str, str]) -> None:
    file = written(tmp_path, text)
    seen, whole = glance(file, environ), load(file, environ)
    assert seen is not None
    assert (seen.path, seen.store_path, seen.read_only) == (whole.path, whole.store_path, whole.read_only)
    assert seen.engineer == whole.engineer
    assert [(each.name, each.kind, each.read_only) for each in seen.providers] == [
        (each.name, each.kind, each.read_only) for each in whole.providers
    ]
    for name in ("theme", "bell", "ascii", "mouse"):
        assert getattr(seen.dashboard, name) == getattr(whole.dashboard, name)
    assert dict(seen.keys) == dict(whole.keys)
    assert [(view.name, view.filter) for view in seen.views] == [(view.name, view.filter) for view in whole.views]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "provider = 1",
        "[[provider]",
        "[provider]\nname = 'x'",
        '[[provider]]\nname = "x"\nkind = "unheard-of"',
        '[[provider]]\nname = 1\nkind = "ensono"',
        '[[provider]]\nkind = "ensono"\nname = "x"\n[[provider]]\nkind = "ensono"\nname = "x"',
        PROVIDERS + "[dashboard]\nbell = 'loud'\n",
        PROVIDERS + "[keys]\nticket.comment = 3\n",
        PROVIDERS + "[[view]]\nname = 'Late'\n",
        PROVIDERS + "[[view]]\nname = 'Late'\nfilter = 'due:<<'\n",
        "[store]\npath = 3\n" + NO_STORE,
        "read_only = 'yes'\n" + PROVIDERS,
    ],
)
def test_what_is_odd_is_left_to_loading(tmp_path: Path, text: str) -> None:
    assert glance(written(tmp_path, text), {}) is None


def test_what_cannot_be_read_is_left_to_loading(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert glance(file, {}) is None
    file.write_bytes(b"\xff\xfe")
    assert glance(file, {}) is None
    assert glance(written(tmp_path, PROVIDERS), {"VENDORQ_ENGINEER": "<<<"}) is None


def test_nothing_slow_is_imported_for_the_first_picture(tmp_path: Path) -> None:
    script = (
        "import sys, tui.cli, tui.commands.dashboard, tui.app, tui.compose, tui.glance; "
        "print([name for name in ('pydantic', 'httpx', 'truststore') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
