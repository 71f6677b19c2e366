"""init and config: what is written can be used, is for us alone, and replaces nothing."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from providers import registry
from tests.support.command_line import PATIENCE, call, command, environment, run
from tui import config_text
from tui.config import load


def test_a_template_is_written_for_us_alone_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "night.toml"
    ended = call("--config", str(path), "init", "--json")
    assert (ended.code, ended.json) == (0, {"schema": 1, "config": str(path)})
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.read_text() == config_text.template()
    again = call("--config", str(path), "init", "--json")
    assert (again.code, again.json["error"]["type"]) == (78, "ConfigFault")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.toml"
    (tmp_path / "config.toml").symlink_to(target)
    assert call("--config", str(tmp_path / "config.toml"), "init").code == 78
    assert not target.exists()


def test_it_goes_where_the_config_is_looked_for(tmp_path: Path) -> None:
    ended = run("init", home=tmp_path)
    assert ended.out.strip() == str(tmp_path / ".config" / "vendorq" / "config.toml")
    assert run("list", home=tmp_path).code == 78


def test_the_template_is_toml_and_so_is_what_it_says_without_its_comment_signs() -> None:
    text = config_text.template()
    assert set(tomllib.loads(text)) == {"store", "engineer", "dashboard", "retention"}
    assert [kind for kind in registry.kinds() if f'#kind = "{kind}"' not in text] == []
    for block in text.split("\n#[[provider]]")[1:]:
        once = re.sub(r"^#", "", block, flags=re.M)
        assert {"kind", "name"} <= set(tomllib.loads(once))
        assert "\n# poll_seconds = 60\n" in once


@pytest.mark.parametrize("kind", registry.kinds())
def test_what_init_writes_for_each_vendor_is_a_valid_config(kind: str, tmp_path: Path) -> None:
    answers: dict[str, object] = {"name": f"my-{kind}", "environment": "prod", "client_name": "c"}
    if kind == "smartops":
        answers["access_token"] = {"env": "SMARTOPS_TOKEN"}
    path = tmp_path / "config.toml"
    path.write_text(config_text.written({kind: answers}, {"name": "Ada", "email": "a@b.example", "phone": ""}))
    config = load(path, {})
    assert (config.providers[0].name, config.engineer.name) == (f"my-{kind}", "Ada")


def test_on_a_terminal_it_asks_for_what_cannot_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("--config", str(path), "init"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(tmp_path, TERM="xterm"),
        start_new_session=True,
    )
    os.close(theirs)
    answers = ["Ada Night", "ada@example.net", "", "y", "main", "http://far.example/x", "Prod", "client", "ENS_KEY"]
    answers += ["https://far.example/x", "prod"]
    os.write(ours, ("\n".join([*answers, "n", "n", "n", "n"]) + "\n").encode())
    shown = _read_to_end(ours)
    assert process.wait(PATIENCE) == 0, shown
    assert "not https" in shown
    config = load(path, {})
    (provider,) = config.providers
    assert (provider.name, provider.kind, config.engineer.email) == ("main", "ensono", "ada@example.net")
    assert tomllib.loads(path.read_text())["provider"][0]["api_key"] == {"env": "ENS_KEY"}


def _read_to_end(descriptor: int) -> str:
    pieces = []
    try:
        while piece := os.read(descriptor, 4096):
            pieces.append(piece)
    except OSError:
        pass  # Linux' way of saying that the other end of a terminal is closed
    finally:
        os.close(descriptor)
    return b"".join(pieces).decode()


def test_a_shown_config_can_be_read_again_but_for_its_secrets(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[keys]\nticket.comment = "c"\n[[view]]\nname = "N"\nfilter = "p:1"\n'
        '[[provider]]\nname = "e"\nkind = "ensono"\n'
        'url = "https://h.example/c"\nenvironment = "prod"\nclient_name = "c"\nproxy = "http://u:not-a-real-key@p:1"\n'
        'api_key = { command = ["pass", "not-a-real-key"] }\n'
    )
    ended = call("--config", str(path), "config", "show")
    assert ended.code == 0, ended.err
    assert "not-a-real-key" not in ended.out
    shown = tomllib.loads(ended.out)
    assert shown["keys"] == {"ticket.comment": "c"}
    assert shown["provider"][0]["api_key"] == {"command": ["pass", "[redacted]"]}


def test_every_key_of_the_config_says_what_it_is_for() -> None:
    schema = config_text.json_schema()
    silent = [
        f"{name}.{key}"
        for name, part in schema["$defs"].items()
        for key, value in part.get("properties", {}).items()
        if name in registry.kinds() and not value.get("description")
    ]
    assert silent == []
