"""A secret of its own in each place that a secret can be; everything is done, and none may be found anywhere."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from providers.sandbox import Sandbox
from tests.support.canary_stage import ROTATED, WATCHED, Stage, set_stage
from tests.support.dashboard import press, running
from tests.support.terminal import Terminal, on_terminal
from tui.app import VendorqApp
from tui.compose import open_desk
from tui.config import load


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Everything set up, with the same secrets on both sides."""
    with set_stage(tmp_path) as made:
        yield made


def tickets_at_every_vendor(box: Sandbox) -> dict[str, str]:
    """One ticket of each, and a change, with files and comments."""
    numbers = {
        "ensono": box.ensono.create(shortDescription="Backup failed", client_number="INC0000101"),
        "change": box.ensono.create_change(client_number="CHG0000102"),
        "kpn-connect": box.kpn_connect.create(short_description="Router restarts"),
        "kpn-incident": box.kpn_incident.create(short_description="No light"),
        "tangoe": box.tangoe.create(short_description="Invoice is wrong"),
        "smartops": box.smartops.create(shortDescription="Disk is full"),
    }
    box.ensono.comment(numbers["ensono"], "Please look.")
    box.ensono.attach(numbers["ensono"], "trace.txt", b"hop 1\nhop 2\n")
    box.ensono.attach(numbers["ensono"], "wrong-size.txt", b"hop 1\n", stated_size=5)
    box.kpn_connect.attach(numbers["kpn-connect"], "photo.png", b"\x89PNG\r\n\x1a\n")
    box.ensono.send_raw("{not json, api_key=nothing")
    return numbers


def read_everything(stage: Stage, numbers: dict[str, str]) -> None:
    """Every command that reads, in text and as JSON, none of which has looked a secret up before."""
    stage.vendorq("check")
    stage.vendorq("check", "--json")
    stage.vendorq("sync", "--once", "--json")
    stage.vendorq("track", "smartops", numbers["smartops"])
    reads = [
        ["list", "--all"],
        ["messages", "--all"],
        ["outbox", "--all"],
        ["status"],
        ["handover"],
        ["log", "--bodies", "--last", "1000"],
        ["config", "show"],
        ["export", "--all"],
        *(["show", name.replace("change", "ensono"), number] for name, number in numbers.items()),
    ]
    stage.all_done(*reads, *([*words, "--json"] for words in reads))
    stage.all_done(
        ["store", "export"],
        ["store", "check", "--json"],
        ["export", "--format", "md", "--all", "--to", "all.md"],
        ["export", "--format", "json", "--all", "--to", "all.json"],
        ["handover", "--to", "handover.md"],
        ["config", "schema"],
        *(["show", name, number, "--refresh", "--json"] for name, number in numbers.items() if name != "change"),
        *(["track", f"{name}-mirror", "X1"] for name in ("ensono", "kpn-connect", "tangoe", "smartops")),
    )


def write_everything(stage: Stage, numbers: dict[str, str]) -> None:
    """Every command that writes, to vendors that do it and to gateways that show what they refuse."""
    log = stage.home / "boot.log"
    log.write_text("kernel panic\n")
    ours, change, kpn = numbers["ensono"], numbers["change"], numbers["kpn-connect"]
    summary = {"summary": "Line down", "description": "Since 02:10."}
    new: dict[str, dict[str, object]] = {
        "ensono": {"type": "incident", "priority": 2},
        "kpn-connect": {"type": "incident", "service": "Network"},
        "kpn-incident": {"type": "incident", "ci": "AMS-FW-CLUSTER"},
        "tangoe": {"type": "case", "callback": "configured"},
        "smartops": {"type": "incident"},
    }
    files = {kind: stage.home / f"{kind}.json" for kind in new}
    for number, (kind, fields) in enumerate(new.items(), 200):
        numbered = {} if kind == "smartops" else {"client_number": f"INC0000{number}"}
        files[kind].write_text(json.dumps({**summary, **numbered, **fields}))
    stage.done("comment", "ensono", ours, "We look at it.", "--attach", str(log))
    stage.done("update", "tangoe", numbers["tangoe"], "callback=configured", "priority=2")
    stage.done("comment", "smartops", numbers["smartops"], "Cleaned.")
    for kind in new:
        stage.done("create", kind, "--from", str(files[kind]), "--json")
    stage.all_done(
        ["approve", "ensono", change, "--comment", "Agreed."],
        ["link", "kpn-connect", kpn, "INC0000103"],
        ["comment", "kpn-incident", numbers["kpn-incident"], "Any news?"],
        ["attach", "kpn-connect", kpn, str(log)],
        ["download", "ensono", ours, "--to", str(stage.temporary), "--json"],
        ["download", "ensono", ours, "wrong-size.txt"],
        ["download", "kpn-connect", kpn, "--json"],
        *(["create", f"{kind}-mirror", "--from", str(file), "--json"] for kind, file in files.items()),
        ["create", "tangoe-proxy", "--from", str(files["tangoe"])],
        ["take", "ensono", ours],
        ["resolve", "ensono", ours, "--notes", "Fixed."],
        ["cancel", "tangoe", numbers["tangoe"], "--code", "1"],
        ["note", "ensono", ours, "Ours alone."],
        ["mark", "ensono", ours, "snooze", "1h"],
    )


def fail_everywhere(stage: Stage, numbers: dict[str, str]) -> None:
    """Vendors that answer nonsense or nothing, secrets that cannot be had, and faults of our own."""
    box, ours = stage.box, numbers["ensono"]
    faults = (("ensono", "html"), ("kpn-oauth", "half_json"), ("tangoe", "unauthorised"), ("smartops", "reset_after"))
    for vendor, fault in faults:
        box.fault(vendor, fault, count=2)
    stage.vendorq("sync", "--once", "--json")
    box.clear_faults()
    box.keycloak.revoke_all()
    box.tokens.revoke_all()
    box.fault("ensono", "reset_after", match="/notes")
    stage.vendorq("comment", "ensono", ours, "Lost?", "--json")
    box.fault("s3", "reset_before", match="PUT")
    stage.vendorq("attach", "ensono", ours, str(stage.home / "boot.log"))
    box.clear_faults()
    stage.all_done(
        ["outbox", "--json"],
        ["log", "--bodies", "--last", "1000"],
        ["log", ours, "--json"],
        ["config", "show", "--json"],
    )
    stage.vendorq("check", SECRET_0="")
    (stage.vault / "api-key.txt").chmod(0o644)
    stage.vendorq("check", "--json")
    stage.vendorq("comment", "ensono", ours, "Now?")
    (stage.vault / "api-key.txt").chmod(0o600)
    for place, words in (
        ("providers.http:HttpClient.request", ["sync", "--once", "--json"]),
        ("providers.http:HttpClient.request", ["comment", "ensono", ours, "Crash."]),
        ("providers.ensono.connector:Connector.send", ["comment", "ensono", ours, "Crash.", "--json"]),
        ("tui.session:Session.run", ["list", "--json"]),
    ):
        stage.vendorq(*words, CRASH=place)


def until_gone(terminal: Terminal, words: str) -> None:
    """Wait until the screen does not show these words."""
    terminal.until(lambda: words not in terminal.text, f"the end of {words}")


def look_at_the_screen(stage: Stage, numbers: dict[str, str], **given: str) -> bytes:
    """The dashboard: every screen that shows what came from elsewhere. Returns all that the terminal was sent."""
    words = [sys.executable, WATCHED]
    with on_terminal(words, stage.environment(**given), folder=stage.home) as terminal:
        terminal.until_shown(numbers["ensono"])
        terminal.press(b"4g\r")
        terminal.until_shown(f"─ {numbers['ensono']}  ensono")
        terminal.until_shown("Timeline")
        terminal.settle()
        for key, shown in ((b"v", "as it came"), (b"x", "─ Outbox"), (b"H", "─ Providers"), (b"?", "─ Help")):
            terminal.press(key)
            terminal.until_shown(shown)
            terminal.press(b"v" if key == b"v" else b"\x1b")
            until_gone(terminal, shown)
        terminal.press(b"\x0c")
        if not given:
            terminal.press(b"\x11")
        terminal.wait()
        return bytes(terminal.written)


async def pictures_of(stage: Stage) -> str:
    """The dashboard as exported pictures: the main screen with what a vendor sent, the outbox, the providers."""
    with patch.dict(os.environ, stage.secret_environment):
        config = load(stage.config, os.environ)
        desk = open_desk(config, read_only=True)
        app = VendorqApp(desk, config)
        pictures = []
        async with running(app) as pilot:
            await press(pilot, "4", "g", "enter", "v")
            pictures.append(app.export_screenshot())
            for key in ("x", "H"):
                await press(pilot, key)
                pictures.append(app.export_screenshot())
                await press(pilot, "escape")
        await desk.aclose()
        return "\n".join(pictures)


def test_no_secret_is_in_any_byte_that_is_written_anywhere(stage: Stage) -> None:
    numbers = tickets_at_every_vendor(stage.box)
    read_everything(stage, numbers)
    write_everything(stage, numbers)
    fail_everywhere(stage, numbers)
    screens = look_at_the_screen(stage, numbers)
    crashed = look_at_the_screen(stage, numbers, CRASH="tui.app:VendorqApp.redraw")
    assert b"ZeroDivisionError" in crashed
    pictures = asyncio.run(pictures_of(stage)).encode()
    assert numbers["ensono"].encode() in pictures
    assert stage.found() == {}
    assert stage.canaries.in_bytes(screens + crashed + pictures) == set()
    assert stage.written_outside() == set()
    # A link is kept only while its file is not here, and compaction leaves nothing of what was forgotten.
    stage.done("store", "compact")
    left = set().union(*stage.canaries.in_files(stage.home / "state").values())
    assert {place.split(":")[0] for place in left if not place.startswith(ROTATED)} == {"link to GET wrong-size.txt"}
