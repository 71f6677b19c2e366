"""The command line itself: what it loads, how it ends, and what it says when it is used wrongly."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.support.command_line import call, command, environment, run
from tui import cli, exits
from tui.commands import dashboard
from tui.screens import first_run

ESCAPES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
HEAVY = {"httpx", "textual", "rich", "pydantic", "starlette", "uvicorn", "tinydb", "asyncio"}


@pytest.fixture(autouse=True)
def nobodys_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No config but what a test writes."""
    for name in ("VENDORQ_CONFIG", "VENDORQ_ENGINEER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def loaded_by(*words: str, home: Path) -> set[str]:
    """The heavy modules that a command line imports."""
    code = (
        "import sys, os; out = os.dup(1); os.dup2(os.open(os.devnull, os.O_WRONLY), 1)\n"
        "from tui.cli import main; main(sys.argv[1:])\n"
        f"os.write(out, ' '.join({HEAVY!r} & set(sys.modules)).encode())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, env=environment(home), check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["nonsense"], []])
def test_help_loads_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    assert loaded_by(*words, home=tmp_path) == set()


@pytest.mark.parametrize("words", [["list"], ["messages", "--json"], ["outbox"], ["status"], ["check", "--help"]])
def test_what_reads_the_store_loads_neither_httpx_nor_textual(words: list[str], tmp_path: Path) -> None:
    config = write_config(tmp_path)
    assert not loaded_by("--config", str(config), *words, home=tmp_path) & {"httpx", "textual", "rich", "starlette"}


def write_config(folder: Path) -> Path:
    path = folder / "config.toml"
    path.write_text(
        f'[store]\npath = "{folder / "store"}"\n[[provider]]\nname = "ensono"\nkind = "ensono"\n'
        'url = "http://127.0.0.1:9/testclient"\nenvironment = "prod"\nclient_name = "c"\n'
        'api_key = { env = "VENDORQ_NO_SUCH_KEY" }\ntimeout_seconds = 2\n'
    )
    return path


def test_every_command_has_help_with_an_example() -> None:
    group = cli.vendorq
    context = click.Context(group, info_name="vendorq")
    names = group.list_commands(context)
    assert len(names) == len(set(names))
    for name in names:
        found = group.get_command(context, name)
        assert found is not None
        assert f"vendorq {name}" in (found.help or "") or isinstance(found, click.Group), name
        assert call(name, "--help").code == 0


def test_all_commands_of_the_design_are_there() -> None:
    design = (
        "demo sandbox init check sync list show messages ack create comment attach download update resolve close "
        "reopen cancel approve reject link track outbox export status take mark note handover log config store man"
    )
    assert set(design.split()) <= set(cli.vendorq.list_commands(click.Context(cli.vendorq)))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lst"], "Did you mean 'list'?"),
        (["list", "--al"], "there is no option --al"),
        (["show", "ensono"], "Missing argument 'NUMBER'"),
        (["store"], "Missing command"),
        (["--colour", "list"], "No such option"),
        (["mark", "ensono", "X1", "done"], "'done' is not one of"),
        (["mark", "ensono", "X1", "handled", "4h"], "a time goes with snooze"),
        (["comment", "ensono", "X1"], "nothing to send"),
        (["create", "ensono"], "nothing to create from"),
        (["attach", "ensono", "X1", "/no/such/file"], "does not exist"),
        (["update", "ensono", "X1", "priority"], "is no change"),
        (["sandbox", "--fault", "nobody:nothing"], "no vendor 'nobody'"),
    ],
)
def test_a_malformed_command_line_ends_with_2_in_words_and_in_json(words: list[str], said: str) -> None:
    plain = call(*words)
    assert (plain.code, plain.out) == (2, "")
    assert said in plain.err
    told = call(*words, "--json")
    assert told.code == 2
    assert told.json["error"]["type"] == "UsageError"
    assert set(told.json["error"]) == {"type", "provider", "message", "field", "next_step"}


def test_a_filter_that_means_nothing_ends_with_2_at_its_place(tmp_path: Path) -> None:
    ended = call("--config", str(write_config(tmp_path)), "list", "stat:open")
    assert ended.code == 2
    assert "did you mean state?" in ended.err


@pytest.mark.parametrize("words", [["list"], ["sync", "--once"], ["show", "ensono", "X1"], ["check"], ["outbox"]])
def test_without_a_config_everything_ends_with_78_and_how_to_begin(words: list[str]) -> None:
    ended = call(*words, "--json")
    assert ended.code == 78
    assert ended.json["error"]["type"] == "ConfigFault"
    assert "vendorq init" in ended.json["error"]["next_step"]
    assert "vendorq demo" in ended.err


@pytest.mark.parametrize("words", [[], ["demo"]])
@pytest.mark.parametrize("term", ["dumb", "xterm-256color", ""])
def test_the_dashboard_without_a_terminal_is_a_sentence_and_2(words: list[str], term: str, tmp_path: Path) -> None:
    ended = run(*words, home=tmp_path, TERM=term)
    assert (ended.code, ended.out) == (2, "")
    assert "needs a terminal" in ended.err
    assert "vendorq init" in ended.err
    assert not ESCAPES.search(ended.err)


@pytest.mark.parametrize("words", [[], ["--config", "/no/such/config.toml"]])
def test_who_only_leaves_without_a_config_is_told_how_to_begin(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "require_terminal", lambda what: None)
    monkeypatch.setattr(first_run, "ask", lambda *given: "")
    ended = call(*words)
    assert ended.code == 78
    assert "vendorq init" in ended.err


def test_the_sandbox_without_its_extra_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "uvicorn" else find(name))
    ended = call("sandbox", "--json")
    assert ended.code == 78
    assert "pip install 'vendorq[sandbox]'" in ended.json["error"]["next_step"]


def test_an_unknown_provider_ends_with_1_and_the_nearest(tmp_path: Path) -> None:
    ended = call("--config", str(write_config(tmp_path)), "show", "ensomo", "X1", "--json")
    assert ended.code == 1
    assert ended.json["error"]["next_step"] == "Did you mean 'ensono'?"


def test_a_fault_of_our_own_ends_with_70_without_values_and_secrets(tmp_path: Path) -> None:
    code = (
        "import sys; from providers.redaction import register; register('not-a-real-key')\n"
        "from tui import cli, commands; from tui.commands import reading\n"
        "def broken(*given, **values):\n"
        "    local = 'local-' + 'value'\n"
        "    raise ZeroDivisionError('about not-a-real-key')\n"
        "reading.Session.run = broken\n"
        "sys.exit(cli.main(sys.argv[1:]))"
    )
    words = [sys.executable, "-c", code, "list", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(tmp_path), check=False)
    assert done.returncode == exits.INTERNAL
    assert json.loads(done.stdout)["error"]["type"] == "InternalError"
    assert "ZeroDivisionError" in done.stderr
    assert "Traceback" in done.stderr
    for forbidden in ("not-a-real-key", "local-value"):
        assert forbidden not in done.stdout + done.stderr


def test_what_it_writes_is_for_us_alone_and_no_core_is_dumped(tmp_path: Path) -> None:
    code = (
        "import os, resource, sys; from tui.cli import main; main(['--version'])\n"
        "print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert done.stdout.splitlines()[1] == "0o77 (0, 0)"


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    words = " ".join(command("man"))
    done = subprocess.run(
        f"{words} | head -1", shell=True, capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert done.stdout.startswith(".TH VENDORQ 1")
    assert done.stderr == ""


def test_text_that_the_locale_cannot_show_ends_nothing(tmp_path: Path) -> None:
    ended = run("init", "--print", home=tmp_path, LANG="C", PYTHONIOENCODING="ascii")
    assert ended.code == 0
    assert "[[provider]]" in ended.out


def test_the_manual_page_holds_every_command_and_exit_code() -> None:
    page = call("man").out
    for name in cli.vendorq.list_commands(click.Context(cli.vendorq)):
        assert re.search(rf"^\.B {name}\b", page, re.M), name
    for code in (0, 1, 2, 65, 69, 70, 75, 77, 78):
        assert re.search(rf"^\.B {code}$", page, re.M), code


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_completion_script(shell: str) -> None:
    ended = call("completion", shell)
    assert ended.code == 0
    assert "_VENDORQ_COMPLETE" in ended.out


def complete(home: Path, config: Path, *words: str) -> set[str]:
    """What bash would offer after these words."""
    done = subprocess.run(
        [sys.executable, "-m", "tui"],
        capture_output=True,
        text=True,
        env=environment(
            home,
            _VENDORQ_COMPLETE="bash_complete",
            COMP_WORDS=" ".join(["vendorq", "--config", str(config), *words]),
            COMP_CWORD=str(len(words) + 2),
        ),
        check=False,
    )
    return {line.partition(",")[2] for line in done.stdout.splitlines()}


def test_commands_providers_and_filter_words_complete(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    assert complete(tmp_path, config, "res") == {"resolve"}
    assert complete(tmp_path, config, "show", "e") == {"ensono"}
    assert complete(tmp_path, config, "list", "state:pe") == {"state:pending"}
