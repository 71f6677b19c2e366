"""The log file: a line a record, for us alone, put aside when it grows, shared by processes."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.redaction import register, retire
from tui import logfile
from tui.log_scope import Scope

LOGGER = logging.getLogger("vendorq.test")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[logfile.LogFile]:
    handler = logfile.start(tmp_path / "log")
    yield handler
    logfile.stop()


def test_a_record_is_a_line_of_json_that_reads_back(log: logfile.LogFile) -> None:
    exchange = {"provider": "ensono", "method": "GET", "references": ["e-CS1"], "status": 200}
    LOGGER.info("asked %s", "ensono", extra={"exchange": exchange})
    (line,) = logfile.read(log.path.parent)
    assert line["at"].endswith("Z")
    assert (line["level"], line["message"], line["status"]) == ("info", "asked ensono", 200)
    assert Scope(title="", names=("e-CS1",)).holds(line)
    assert not Scope(title="", names=("e-CS2",)).holds(line)


def test_what_others_warn_of_goes_to_the_log_and_not_to_the_screen(
    log: logfile.LogFile, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("asyncio").error("Task was destroyed but it is pending!")
    assert [line["message"] for line in logfile.read(log.path.parent)] == ["Task was destroyed but it is pending!"]
    assert capsys.readouterr().err == ""


def test_after_its_end_logging_is_as_it_was_before(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    logfile.start(tmp_path / "log")
    logfile.stop()
    LOGGER.warning("said after the end")
    assert [record.message for record in caplog.records] == ["said after the end"]
    assert not list(logfile.read(tmp_path / "log"))


def test_the_log_is_for_us_alone(log: logfile.LogFile) -> None:
    LOGGER.info("x")
    assert log.path.stat().st_mode & 0o777 == 0o600
    assert log.path.parent.stat().st_mode & 0o777 == 0o700


def test_secrets_and_local_values_stay_out(log: logfile.LogFile) -> None:
    register("not-a-real-key-1")
    try:
        hidden = "not-a-real-local"
        raise ValueError("with not-a-real-key-1")
    except ValueError:
        LOGGER.exception("failed with %s", "not-a-real-key-1")
    finally:
        retire("not-a-real-key-1")
    text = log.path.read_text()
    assert "not-a-real-key-1" not in text
    assert f"'{hidden}'" not in text.replace('hidden = \\"not-a-real-local\\"', "")
    assert "ValueError" in text


def test_a_log_that_has_grown_is_put_aside_and_read_on(log: logfile.LogFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logfile, "LARGEST", 2000)
    for number in range(200):
        LOGGER.info("line %d", number)
    names = sorted(path.name for path in log.path.parent.iterdir())
    assert names == [logfile.NAME, *(f"{logfile.NAME}.{number}" for number in range(1, logfile.KEPT + 1))]
    kept = [line["message"] for line in logfile.read(log.path.parent)]
    assert kept == [f"line {number}" for number in range(200 - len(kept), 200)]


def test_a_link_in_its_place_is_not_followed(tmp_path: Path, log: logfile.LogFile) -> None:
    target = tmp_path / "elsewhere"
    target.touch()
    log.path.parent.mkdir(parents=True)
    log.path.symlink_to(target)
    LOGGER.info("x")
    assert target.read_text() == ""
    assert "cannot be written" in log.broken


def test_lines_of_two_processes_stay_whole(tmp_path: Path) -> None:
    code = (
        "import logging, sys; from pathlib import Path; from tui import logfile; logfile.LARGEST = 20_000\n"
        "logfile.start(Path(sys.argv[1]))\n"
        "for number in range(200): logging.getLogger('vendorq').info('%s %d', sys.argv[2], number)\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in ("a", "b")]
    assert [process.wait(60) for process in running] == [0, 0]
    lines = [line for path in tmp_path.iterdir() for line in path.read_text().splitlines()]
    messages = {json.loads(line)["message"] for line in lines}
    assert messages == {f"{name} {number}" for name in ("a", "b") for number in range(200)}
