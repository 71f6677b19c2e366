"""Secrets come from where the config says, refuse what others could read, and are not shown."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from providers import secrets
from providers.secrets import SecretSource, SecretUnavailable, forget_secrets, redact
from tests.support.clients import until

VALUE = "not-a-real-key-either"


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    forget_secrets()


def private(path: Path, content: str = VALUE + "\n", mode: int = 0o600) -> Path:
    path.write_text(content)
    path.chmod(mode)
    return path


def command(code: str) -> SecretSource:
    return SecretSource(command=(sys.executable, "-c", code))


def test_each_source_gives_its_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDORQ_TEST_KEY", VALUE)
    sources: list[dict[str, Any]] = [
        {"env": "VENDORQ_TEST_KEY"},
        {"file": private(tmp_path / "key")},
        {"command": (sys.executable, "-c", f"print({VALUE!r}); print('a second line')")},
        {"value": VALUE},
    ]
    for source in sources:
        assert SecretSource(**source).reveal() == VALUE
    assert VALUE not in redact(f"x {VALUE} y")


async def test_a_coroutine_gets_it_too(tmp_path: Path) -> None:
    assert await SecretSource(file=private(tmp_path / "key")).revealed() == VALUE
    assert await SecretSource.model_validate({"value": VALUE}).revealed() == VALUE


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o660])
def test_a_file_others_can_use_is_refused_with_the_chmod_to_run(tmp_path: Path, mode: int) -> None:
    path = private(tmp_path / "key", mode=mode)
    with pytest.raises(SecretUnavailable, match=f"chmod 600 {path}"):
        SecretSource(file=path).reveal()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(private(tmp_path / "key"))
    with pytest.raises(SecretUnavailable, match="is a link"):
        SecretSource(file=tmp_path / "link").reveal()


def test_another_users_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = private(tmp_path / "key")
    owner = path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(SecretUnavailable, match="belongs to another user"):
        SecretSource(file=path).reveal()


def test_a_pipe_or_folder_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(SecretUnavailable, match="no regular file"):
            SecretSource(file=path).reveal()


def test_missing_sources_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VENDORQ_TEST_KEY", raising=False)
    cases = {
        SecretSource(env="VENDORQ_TEST_KEY"): "VENDORQ_TEST_KEY is not set; export it",
        SecretSource(file=tmp_path / "absent"): "check its path",
        SecretSource(command=(str(tmp_path / "absent"),)): "cannot be run",
        SecretSource(file=private(tmp_path / "empty", "\n")): "is empty",
        SecretSource(file=private(tmp_path / "large", "x" * 100_000)): "too large",
    }
    for source, words in cases.items():
        with pytest.raises(SecretUnavailable, match=words):
            source.reveal()


def test_a_failing_command_is_named_without_its_arguments_or_output() -> None:
    source = command("import sys; print('leaked-output'); sys.stderr.write('leaked-error'); sys.exit(3)")
    with pytest.raises(SecretUnavailable) as caught:
        source.reveal()
    assert "exit code 3" in str(caught.value)
    assert "leaked" not in str(caught.value)


def test_a_command_has_no_input_no_terminal_and_no_shell(tmp_path: Path) -> None:
    assert command("import sys; print('input:' + repr(sys.stdin.read()))").reveal() == "input:''"
    assert command("import os; print('leader' if os.getsid(0) == os.getpid() else 'inherits')").reveal() == "leader"
    with pytest.raises(SecretUnavailable):
        SecretSource(command=(f"touch {tmp_path / 'made'}",)).reveal()
    assert not (tmp_path / "made").exists()


def is_alive(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "COMMAND_SECONDS", 1.0)
    note = tmp_path / "pid"
    child = f"import os, pathlib, time; pathlib.Path({str(note)!r}).write_text(str(os.getpid())); time.sleep(60)"
    with pytest.raises(SecretUnavailable, match="took longer"):
        await command(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])").revealed()
    process = note.read_text() if note.exists() else "0"
    await until(lambda: not is_alive(process))


def test_a_command_is_asked_once(tmp_path: Path) -> None:
    count = tmp_path / "count"
    source = command(f"open({str(count)!r}, 'a').write('x'); print({VALUE!r})")
    assert [source.reveal(), source.reveal()] == [VALUE, VALUE]
    source.forget()
    source.reveal()
    assert count.read_text() == "x"


async def test_many_who_wait_for_a_command_ask_it_once(tmp_path: Path) -> None:
    count = tmp_path / "count"
    source = command(f"open({str(count)!r}, 'a').write('x'); print({VALUE!r})")
    assert await asyncio.gather(*(source.revealed() for _ in range(10))) == [VALUE] * 10
    assert count.read_text() == "x"


async def test_a_command_holds_nobody_up() -> None:
    source = command("import time; time.sleep(60)")
    waiting = asyncio.create_task(source.revealed())
    await until(lambda: bool(secrets._running))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    secrets._end_all()
    await until(lambda: not secrets._running)


async def test_a_failing_command_fails_for_a_coroutine_too() -> None:
    with pytest.raises(SecretUnavailable, match="exit code 4"):
        await command("raise SystemExit(4)").revealed()


def test_a_file_can_be_read_anew(tmp_path: Path) -> None:
    source = SecretSource(file=private(tmp_path / "key"))
    source.reveal()
    private(tmp_path / "key", "not-a-real-key-but-newer")
    assert source.reveal() == VALUE
    source.forget()
    assert source.reveal() == "not-a-real-key-but-newer"


def test_the_keyring_is_asked_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())

    def run(line: tuple[str, ...], described: str, cure: str) -> str:
        asked.append(line)
        return VALUE

    monkeypatch.setattr(secrets, "_run", run)
    assert SecretSource(keyring="vendorq/tango/me@example.org").reveal() == VALUE
    assert asked == [(sys.executable, "-m", "keyring", "get", "vendorq/tango", "me@example.org")]


def test_a_missing_keyring_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SecretUnavailable, match=r"vendorq\[keyring\]"):
        SecretSource(keyring="vendorq/me").reveal()


@pytest.mark.parametrize(
    "given", [{}, {"env": "A", "value": VALUE}, {"command": []}, {"keyring": "no-user"}, {"vaule": VALUE}, VALUE]
)
def test_a_source_is_exactly_one_thing_and_a_fault_does_not_quote_it(given: Any) -> None:
    class Outer(BaseModel):
        model_config = ConfigDict(hide_input_in_errors=True)
        key: SecretSource

    with pytest.raises(ValidationError) as caught:
        Outer.model_validate({"key": given})
    assert VALUE not in str(caught.value)


def test_a_value_is_in_no_form_of_its_source() -> None:
    source = SecretSource.model_validate({"value": VALUE})
    for shown in (repr(source), str(source), source.model_dump_json(), json.dumps(source.model_dump(mode="json"))):
        assert VALUE not in shown
    assert VALUE not in source.describe()
