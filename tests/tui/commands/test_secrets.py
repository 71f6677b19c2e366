"""No secret leaves its place: not to a screen, a script, the log, the store, an export or another file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from providers import registry
from providers.http import HttpClient
from tests.tui.commands.conftest import Bench


def secrets_in(value: Any) -> Iterator[str]:
    """What a config of the sandbox holds as `value`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "value":
                yield str(inner)
            else:
                yield from secrets_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from secrets_in(inner)


def canaries(bench: Bench) -> set[str]:
    found = {secret for kind in registry.kinds() for secret in secrets_in(bench.box.settings(kind))}
    assert len(found) >= len(registry.kinds())
    return {secret for secret in found if len(secret) > 5}


def written_files(folder: Path) -> Iterator[Path]:
    """All files but the config itself and the rotated tokens, which are the one exception."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "config.toml" and path.parent.name != "tokens":
            yield path


def everything(bench: Bench) -> str:
    """Use every command there is, in good and bad weather, and return all that it said."""
    box = bench.box
    number = box.ensono.create(client_number="INC1", shortDescription="Line down")
    change = box.ensono.create_change(client_number="CHG1")
    box.ensono.attach(number, "trace.txt", b"hop 1\n")
    theirs = box.kpn_connect.create(reference="INC2")
    file = bench.folder / "log.txt"
    file.write_text("nothing secret\n")
    ticket = bench.folder / "ticket.json"
    ticket.write_text(
        json.dumps({"type": "incident", "client_number": "INC3", "summary": "x", "description": "y", "priority": 3})
    )
    calls: list[tuple[str, ...]] = [
        ("check",),
        ("sync", "--once"),
        ("list", "--all"),
        ("show", "ensono", number, "--refresh"),
        ("show", "kpn-connect", theirs, "--refresh"),
        ("comment", "ensono", number, "Hello.", "--attach", str(file)),
        ("comment", "kpn-connect", theirs, "Hello.", "--attach", str(file)),
        ("create", "ensono", "--from", str(ticket)),
        ("create", "smartops", "--from", str(ticket)),
        ("download", "ensono", number),
        ("approve", "ensono", change),
        ("messages", "--all"),
        ("outbox", "--all"),
        ("handover",),
        ("export", "--format", "json"),
        ("export",),
        ("store", "check"),
        ("store", "export"),
        ("config", "show"),
        ("config", "schema"),
        ("status",),
        ("log", "--bodies", "--last", "1000"),
    ]
    said = []
    for weather in ("", "html", "unauthorised", "reset_after"):
        if weather:
            for vendor in registry.kinds():
                box.fault(vendor, weather, count=None)
        for words in calls:
            for extra in ((), ("--json",)):
                ended = bench.call(*words, *extra)
                assert "Traceback" not in ended.err, ended.err
                said.append(ended.out + ended.err)
            if weather and words[0] == "download":
                break
        box.clear_faults()
    return "\n".join(said)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits between the retries of a read."""

    async def no_wait(seconds: float) -> None:
        """Stands in for the wait."""

    defaults = HttpClient.__init__.__kwdefaults__ or {}
    assert "sleep" in defaults
    monkeypatch.setattr(HttpClient.__init__, "__kwdefaults__", {**defaults, "sleep": no_wait})


def test_no_secret_is_said_or_written_anywhere(bench: Bench, at_once: None) -> None:
    said = everything(bench)
    secrets = canaries(bench)
    assert [secret for secret in secrets if secret in said] == []
    for path in written_files(bench.folder):
        content = path.read_bytes()
        assert [secret for secret in secrets if secret.encode() in content] == [], path
    assert "X-Amz-Signature=" not in said.replace("X-Amz-Signature=[redacted]", "")


def test_a_broken_config_does_not_show_what_it_holds(bench: Bench) -> None:
    key = bench.box.settings("ensono")["api_key"]["value"]
    for broken in (f'"{key}"', f'{{ vlaue = "{key}" }}', f'{{ value = "{key}", env = "X" }}', f'["{key}"]'):
        bench.write_config(**{f'{{ value = "{key}" }}': broken})
        for words in (("list",), ("list", "--json"), ("check",), ("config", "show")):
            ended = bench.call(*words)
            assert ended.code == 78
            assert key not in ended.out + ended.err


@pytest.mark.parametrize("name", ["store", "log"])
def test_what_is_kept_is_for_us_alone(bench: Bench, name: str) -> None:
    bench.box.ensono.create(client_number="INC1")
    bench.done("sync", "--once")
    folder = bench.folder / "store" if name == "store" else bench.folder / "store" / "log"
    assert folder.stat().st_mode & 0o077 == 0
    for path in folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
