"""How it looks: every screen at both sizes, each theme once. Desk, clock, zone and config are fixed; no environment is
in them.

A changed picture fails here; after a look at the report, `pytest tests/tui/screens/test_snapshots.py
--snapshot-update` takes the new one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import time_machine

import themes
from providers import registry
from providers.model import Preview
from tests.support.dashboard import NARROW, WIDE, dashboard, until
from tests.support.log_lines import exchange, logged
from tests.support.night import CHANGE, night
from tests.support.scripted_desk import NOW, ScriptedDesk
from tui import logfile
from tui.app import VendorqApp
from tui.config_model import TemplateSettings
from tui.screens.first_run import FirstRun

SnapCompare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])
SCREENS = {
    "main": (),
    "all-open-marked": ("2", "space", "space"),
    "change": ("end", "enter"),
    "list-zoomed": ("z",),
    "incoming-zoomed": ("tab", "j", "z"),
    "detail-zoomed": ("enter", "z"),
    "message-held": ("tab", "j"),
    "filter": ("2", "slash", "p", "colon", "less_than_sign", "equals_sign", "2"),
    "outbox": ("x",),
    "providers": ("H",),
    "palette": ("colon",),
    "handover": ("s",),
    "files": ("f",),
    "help": ("question_mark",),
}
FORMS = {
    "comment": ("c",),
    "update": ("e",),
    "attach": ("a",),
    "approve": ("end", "A"),
    "approve-preview": ("end", "A", "o", "k", "ctrl+s"),
    "link": ("end", "L"),
    "templates": ("n",),
    "create": ("n", "1"),
    "create-refused": ("n", "1", "ctrl+s"),
}
TEMPLATE = TemplateSettings(
    name="Disk full", provider="ensono", type="incident", fields={"summary": "Disk full on", "priority": "3"}
)


def at_rest(*keys: str) -> Callable[[Any], Any]:
    """Press keys one by one and wait until the detail has followed."""

    async def go(pilot: Any) -> None:
        app: VendorqApp = pilot.app
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
            await until(pilot, lambda: not app.typed.is_busy, "what the key opens")
            await pilot.pause()
        main = app.main
        await until(pilot, lambda: main.detail.key == main.chosen()[0] or main.chosen()[0] is None, "the detail")
        await pilot.pause()

    return go


@SIZES
@pytest.mark.parametrize("name", SCREENS)
def test_screens(name: str, size: tuple[int, int], snap_compare: SnapCompare) -> None:
    assert snap_compare(dashboard(night()), terminal_size=size, run_before=at_rest(*SCREENS[name]))


@pytest.fixture
def writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedDesk:
    """A night with Ensono's own forms, in a folder with files; all writes of other nights have ended."""
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "erp-02.log").write_bytes(b"line\n" * 800)
    (logs / "setup.exe").write_bytes(b"MZ")
    monkeypatch.setattr("tui.forms.screen.AUTOSAVE_SECONDS", 3600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(logs)
    desk = night()
    desk.outbox_entries.clear()
    desk.declarations["ensono"] = registry.declaration("ensono")
    desk.tickets[CHANGE] = replace(desk.tickets[CHANGE], client_number="CHG0007")
    body = '{\n  "payload": {\n    "clientTicketNumber": "CHG0007",\n    "comments": [{"body": "ok"}]\n  }\n}'
    desk.preview = lambda write: Preview(method="PUT", path=f"/tickets/{write.number}/approve", body=body)  # type: ignore[method-assign]
    return desk


@SIZES
@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str, size: tuple[int, int], writing: ScriptedDesk, snap_compare: SnapCompare) -> None:
    app = dashboard(writing, templates=[TEMPLATE])
    assert snap_compare(app, terminal_size=size, run_before=at_rest(*FORMS[name]))


@SIZES
def test_a_file_that_was_chosen(size: tuple[int, int], writing: ScriptedDesk, snap_compare: SnapCompare) -> None:
    keys = ("a", "e", "r", "p", "tab", "enter")
    assert snap_compare(dashboard(writing), terminal_size=size, run_before=at_rest(*keys))


@SIZES
def test_log(size: tuple[int, int], tmp_path: Path, snap_compare: SnapCompare) -> None:
    desk = logged(night(), tmp_path)
    try:
        with time_machine.travel(NOW, tick=False):
            exchange("INC0712290", seconds=31.2, status=500, answer_body=b"<html>broken</html>")
            exchange("INC0712290", method="PUT", request_body='{"comment": "Seen"}', answer_body=b'{"Response": "OK"}')
        assert snap_compare(dashboard(desk), terminal_size=size, run_before=at_rest("l"))
    finally:
        logfile.stop()


@SIZES
def test_first_run(size: tuple[int, int], snap_compare: SnapCompare) -> None:
    app = FirstRun(Path("/home/ann/.config/vendorq/config.toml"), ("Ensono", "KPN Connect", "Tangoe"))
    assert snap_compare(app, terminal_size=size)


@pytest.mark.parametrize("theme", [name for name in themes.names() if name != themes.DEFAULT])
def test_each_theme_once(theme: str, snap_compare: SnapCompare) -> None:
    assert snap_compare(dashboard(night(), theme=theme), terminal_size=NARROW, run_before=at_rest())
