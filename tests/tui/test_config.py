"""The config: what is taken, and how each fault is said in one sentence with file, line, key and cure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.model import Engineer
from providers.secrets import SecretUnavailable
from tui.config import Config, ConfigFault, config_path, load, parse_engineer
from tui.config_errors import secret_sources
from tui.config_lines import line_of

ENSONO = """
[[provider]]
name = "ensono"
kind = "ensono"
url = "https://bridge.example.net/testclient"
environment = "prod"
client_name = "TestClient"
api_key = { env = "VENDORQ_TEST_KEY" }
"""


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def fault(folder: Path, text: str, mode: int = 0o600) -> ConfigFault:
    with pytest.raises(ConfigFault) as caught:
        load(write(folder, text, mode), {})
    return caught.value


def test_a_whole_config_is_read(tmp_path: Path) -> None:
    head = """
read_only = true
[store]
path = "state"
[engineer]
name = "Ada Night"
email = "ada@example.net"
phone = "+31 1"
[dashboard]
theme = "plain"
bell = false
[keys]
ticket.comment = "c,ctrl+o"
"app.quit" = "Q"
[retention]
closed_days = 30
[[view]]
name = "Mine"
filter = "is:mine p:<=2"
[[template]]
name = "Line down"
provider = "ensono"
type = "incident"
fields = { summary = "Line down" }
"""
    config = load(write(tmp_path, head + ENSONO), {})
    assert config.store_path == tmp_path / "state"
    assert config.engineer == Engineer(name="Ada Night", email="ada@example.net", phone="+31 1")
    assert (config.dashboard.theme, config.dashboard.bell) == ("plain", False)
    assert config.keys == {"ticket.comment": "c,ctrl+o", "app.quit": "Q"}
    assert (config.retention.closed_days, config.retention.settled_days) == (30, 90)
    assert [view.filter for view in config.views] == ["is:mine p:<=2"]
    assert config.templates[0].fields == {"summary": "Line down"}
    assert config.read_only
    (provider,) = config.providers
    assert (provider.name, provider.kind, provider.engineer.name) == ("ensono", "ensono", "Ada Night")
    assert provider.state_dir == config.store_path


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        (ENSONO.replace("client_name", "clientname"), 7, "clientname", "did you mean 'client_name'?"),
        (ENSONO.replace("{ env =", "{ enf ="), 8, "api_key.enf", "did you mean 'env'?"),
        ("[dashbord]\n" + ENSONO, 1, "dashbord", "did you mean 'dashboard'?"),
        ("[dashboard]\nbel = true\n" + ENSONO, 2, "dashboard.bel", "did you mean 'bell'?"),
        (ENSONO + 'state_dir = "/tmp"\n', 9, "state_dir", "there is no such key"),
        (ENSONO.replace("https://bridge", "http://bridge"), 5, "url", "not https"),
        (ENSONO.replace('"prod"', '"Prod"'), 6, "environment", "did you mean 'prod'?"),
        (ENSONO.replace('kind = "ensono"', 'kind = "ensomo"'), 4, "kind", "did you mean 'ensono'?"),
        (ENSONO.replace('kind = "ensono"\n', ""), 2, "kind", "it is missing"),
        (ENSONO + ENSONO, 11, "name", "give each a name of its own"),
        (ENSONO.replace('api_key = { env = "VENDORQ_TEST_KEY" }', ""), 2, "api_key", "add api_key = { env ="),
        (ENSONO.replace('{ env = "VENDORQ_TEST_KEY" }', '"not-a-real-key"'), 8, "api_key", "write { env ="),
        (ENSONO + 'consume = "maybe"\n', 9, "consume", "not allowed"),
        (ENSONO + "poll_seconds = 0\n", 9, "poll_seconds", "0 is too little; write 1 or more"),
        (ENSONO + "poll_seconds = 'often'\n", 9, "poll_seconds", "it is not a whole number; write a whole number"),
        (ENSONO + "poll_seconds = 1.5\n", 9, "poll_seconds", "it is not a whole number; write a whole number"),
        (ENSONO + "client_group = 5\n", 9, "client_group", 'it is not a text; write it in quotes, such as "text"'),
        ("[dashboard]\nbell = 'loud'\n" + ENSONO, 2, "dashboard.bell", "write true or false without quotes"),
        (ENSONO.replace('name = "ensono"', "name = ensono"), 3, "", "this is no TOML"),
        ("", 0, "", "no provider is configured"),
        (f"[[view]]\nname = '{'x' * 43}'\n" + ENSONO, 2, "view.name", "43 characters, 3 too many; write 40 at most"),
        ("[[view]]\nname = ''\n" + ENSONO, 2, "view.name", "it is empty; write something"),
        (
            "[retention]\nclosed_days = 9999\n" + ENSONO,
            2,
            "retention.closed_days",
            "9999 is too much; write 3650 or less",
        ),
        ("[[view]]\nname = 'x'\nfilter = 'stat:new'\n" + ENSONO, 3, "filter", "did you mean state?"),
        ("[keys]\n'ticket.coment' = 'c'\n" + ENSONO, 2, "ticket.coment", "did you mean ticket.comment?"),
        (
            "[keys]\n'ticket.comment' = 'c'\n'ticket.note' = 'c'\n" + ENSONO,
            3,
            "ticket.note",
            "given to ticket.comment as well",
        ),
        ("[[template]]\nname = 'x'\nprovider = 'ensonu'\n" + ENSONO, 3, "provider", "did you mean 'ensono'?"),
    ],
    ids=lambda value: value.strip().splitlines()[-1] if isinstance(value, str) and value else str(value),
)
def test_each_fault_names_file_line_key_and_cure(tmp_path: Path, text: str, line: int, key: str, words: str) -> None:
    found = fault(tmp_path, text)
    sentence = str(found)
    assert found.line == line, sentence
    assert found.key.split(": ")[-1] == key
    assert sentence.startswith(str(tmp_path / "config.toml"))
    assert words in sentence
    assert "\n" not in sentence
    assert "not-a-real-key" not in sentence


def test_a_url_with_a_password_is_refused_without_showing_it(tmp_path: Path) -> None:
    found = fault(tmp_path, ENSONO.replace("https://bridge", "http://me:not-a-real-key@bridge"))
    assert "not-a-real-key" not in str(found)


def test_http_is_taken_on_loopback(tmp_path: Path) -> None:
    assert load(write(tmp_path, ENSONO.replace("https://bridge.example.net", "http://127.0.0.1:8080")), {}).providers


def test_a_secret_in_a_file_that_others_can_read_is_refused_with_the_chmod(tmp_path: Path) -> None:
    text = ENSONO.replace('{ env = "VENDORQ_TEST_KEY" }', '{ value = "not-a-real-key" }')
    found = fault(tmp_path, text, 0o644)
    assert found.cure == f"run: chmod 600 {tmp_path / 'config.toml'}"
    assert (found.line, found.key) == (8, "ensono: api_key")
    assert "not-a-real-key" not in str(found)
    assert load(write(tmp_path, text, 0o600), {}).providers


def test_plain_text_among_a_vendors_secrets_counts_as_one_and_a_plain_id_does_not(tmp_path: Path) -> None:
    kpn = """
[[provider]]
name = "kpn"
kind = "kpn-connect"
url = "https://api.example.net/network/kpn/servicenow"
client_id = "abc"
client_secret = { env = "VENDORQ_TEST_KEY" }
"""
    assert load(write(tmp_path, kpn, 0o644), {}).providers
    smartops = """
[[provider]]
name = "smartops"
kind = "smartops"
create_url = "https://so.example.net/c"
update_url = "https://so.example.net/u"
fetch_url = "https://so.example.net/f"
access_token = { env = "VENDORQ_TEST_KEY" }
connection_details = { itsmPassword = "not-a-real-key" }
"""
    found = fault(tmp_path, smartops, 0o640)
    assert (found.line, found.cure) == (9, f"run: chmod 600 {tmp_path / 'config.toml'}")
    assert "not-a-real-key" not in str(found)
    assert load(write(tmp_path, smartops, 0o600), {}).providers


def test_a_file_without_secrets_may_be_read_by_others(tmp_path: Path) -> None:
    assert load(write(tmp_path, ENSONO, 0o644), {}).providers


def test_a_missing_secret_is_no_matter_until_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VENDORQ_TEST_KEY", raising=False)
    config = load(write(tmp_path, ENSONO), {})
    ((_, source),) = secret_sources(config.providers[0])
    with pytest.raises(SecretUnavailable) as caught:
        source.reveal()
    found = config.secret_fault(caught.value.message, caught.value.cure)
    assert (found.line, found.key) == (8, "ensono: api_key")
    assert "environment variable VENDORQ_TEST_KEY is not set; export it" in str(found)


def test_there_is_a_way_on_without_a_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault, match="there is no config") as caught:
        load(tmp_path / "none.toml", {})
    assert "vendorq init" in caught.value.cure
    assert "vendorq demo" in caught.value.cure


def test_the_config_is_looked_for_where_the_environment_says(tmp_path: Path) -> None:
    given = {"VENDORQ_CONFIG": "/a/b.toml", "XDG_CONFIG_HOME": "/x"}
    assert config_path(None, given) == Path("/a/b.toml")
    assert config_path(None, {"XDG_CONFIG_HOME": "/x"}) == Path("/x/vendorq/config.toml")
    assert config_path(Path("/c.toml"), given) == Path("/c.toml")


def test_state_is_kept_in_the_xdg_folder_unless_the_config_says_otherwise(tmp_path: Path) -> None:
    config = load(write(tmp_path, ENSONO), {"XDG_STATE_HOME": "/s"})
    assert config.store_path == Path("/s/vendorq")


@pytest.mark.parametrize(
    ("text", "engineer"),
    [
        ("Ada Night <ada@example.net> +31 20 1", Engineer(name="Ada Night", email="ada@example.net", phone="+31 20 1")),
        ("Ada <ada@example.net>", Engineer(name="Ada", email="ada@example.net")),
        ("Ada Night", Engineer(name="Ada Night")),
        ("<ada@example.net>", None),
        ("Ada <nomail>", None),
    ],
)
def test_the_engineer_is_read_from_one_line(text: str, engineer: Engineer | None) -> None:
    assert parse_engineer(text) == engineer


def test_the_environments_engineer_overrides_the_files(tmp_path: Path) -> None:
    path = write(tmp_path, "[engineer]\nname = 'Shared'\n" + ENSONO)
    assert load(path, {"VENDORQ_ENGINEER": "Ada <a@b.c> 1"}).engineer.name == "Ada"
    assert load(path, {}).engineer.name == "Shared"
    with pytest.raises(ConfigFault, match="cannot be read") as caught:
        load(path, {"VENDORQ_ENGINEER": "<oops"})
    assert caught.value.key == "$VENDORQ_ENGINEER"


@given(st.text())
def test_any_text_is_a_config_or_a_fault(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        assert isinstance(load(path, {}), Config)
    except ConfigFault as found:
        assert "\n" not in found.place


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("provider", 0, "url"), 4),
        (("provider", 1, "url"), 12),
        (("provider", 1, "connection_details", "host"), 14),
        (("a", "b"), 1),
        (("provider", 1, "unknown"), 10),
        (("nowhere",), 0),
    ],
)
def test_lines_are_found_past_strings_that_look_like_keys(path: tuple[str | int, ...], line: int) -> None:
    text = (
        'a.b = 1\n\n[[provider]]\nurl = "x"\nnotes = """\nurl = "no"\n[[provider]]\n"""\n\n'
        '[[provider]]\n# url = "no"\nurl = "y"\n[provider.connection_details]\nhost = "h"\n'
    )
    assert line_of(text, path) == line


def test_loading_a_config_imports_neither_httpx_nor_textual(tmp_path: Path) -> None:
    path = write(tmp_path, ENSONO)
    code = (
        "import sys; from pathlib import Path; from tui.config import load; "
        f"load(Path({str(path)!r}), {{}}); "
        "print(sorted({'httpx', 'textual', 'rich', 'tinydb', 'truststore'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
