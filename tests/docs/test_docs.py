"""The pages are true: generated parts as the program makes them, commands that parse, configs that load, real names."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from tests.docs import generate, pages
from tui import config, documents
from tui.cli import vendorq

each_page = pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
INVENTED = "acme"
"""The vendor that docs/adding-a-vendor.md adds; that page has a test of its own, which runs it."""
CURE = "run: .venv/bin/python -m tests.docs.generate"
PROVIDER = """
[[provider]]
kind = "ensono"
name = "ensono"
url = "https://ensono.example/clientname"
environment = "prod"
client_name = "clientname"
api_key = { env = "ENSONO_KEY" }
"""


@each_page
def test_generated_parts_are_as_the_program_makes_them(page: Path) -> None:
    text = page.read_text()
    assert text == generate.up_to_date(text), CURE


def test_the_manual_page_is_as_the_program_makes_it() -> None:
    assert generate.MANUAL.read_text() == generate.manual(), CURE


def test_every_generated_part_is_on_a_page() -> None:
    used = [part for page in pages.PAGES for part in generate.named_in(page.read_text())]
    assert sorted(set(used)) == sorted(generate.PARTS)


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    for target in pages.links(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in pages.anchors(there), target


@each_page
def test_commands_mean_something(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in pages.command_lines(page):
        for word in words:
            if re.fullmatch(r"[\w -]+\.\w{1,4}", word):
                Path(word).touch()
        try:
            pages.parse(words)
        except click.UsageError as error:
            pytest.fail(f"vendorq {shlex.join(words)}: {error.format_message()}")


@each_page
def test_commands_within_the_text_exist(page: Path) -> None:
    context = click.Context(vendorq, info_name="vendorq")
    for text in pages.inline(page):
        words = text.split()
        if words[0] != "vendorq" or len(words) == 1:
            continue
        command: click.Command | None = vendorq
        for word in words[1:]:
            if word.startswith("--"):
                assert command is not None
                assert word in {option for one in command.get_params(context) for option in one.opts}, text
            elif isinstance(command, click.Group) and word != "COMMAND":
                command = command.get_command(context, word) or command
                assert command is not vendorq, text


@each_page
def test_configs_load(page: Path, tmp_path: Path) -> None:
    for text in pages.blocks(page, "toml"):
        table = tomllib.loads(text)
        if "colours" in table or INVENTED in text:
            continue
        file = tmp_path / "config.toml"
        file.touch(mode=0o600)
        inner = re.match(r"\[provider\.\w+\]", text)  # belongs to the provider of the block before
        before = next((block for block in pages.blocks(page, "toml") if "[[provider]]" in block), "") if inner else ""
        file.write_text((before or "" if "provider" in table else PROVIDER) + "\n" + text)
        assert config.load(file, {}).providers


@each_page
def test_json_is_as_the_commands_print_it(page: Path) -> None:
    known = {
        "opened_at": [*documents.TICKET_FIELDS, "unread", "comments", "attachments", "approvals", "vendor"],
        "comments": list(documents.COMMENT_FIELDS),
        "attachments": list(documents.ATTACHMENT_FIELDS),
    }
    for text in pages.blocks(page, "json"):
        document = json.loads(text)
        if "opened_at" in document:
            assert list(document) == known["opened_at"]
            for name in ("comments", "attachments"):
                assert all(list(item) == known[name] for item in document[name])


def test_quoted_messages_are_what_the_program_says() -> None:
    page = pages.ROOT / "docs" / "troubleshooting.md"
    quoted = [" ".join(text.split()) for text in re.findall(r"“([^”]+)”", pages.prose(page))]
    assert len(quoted) > 40
    unknown = [text for text in quoted if text not in pages.said()]
    assert unknown == []


@each_page
def test_tests_and_files_that_are_named_exist(page: Path) -> None:
    for text in pages.inline(page):
        if re.fullmatch(r"test_\w+", text):
            assert text in pages.test_names(), text
        elif re.fullmatch(r"(tui|providers|themes|tests|docs)/[\w./-]+", text) and INVENTED not in text:
            assert (pages.ROOT / text).exists(), text


def test_the_service_unit_runs_a_command_there_is() -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # the way configparser documents
    unit.read(pages.ROOT / "docs" / "systemd" / "vendorq-sync.service")
    program, *words = shlex.split(unit["Service"]["ExecStart"])
    assert program.endswith("/vendorq")
    pages.parse(words)
    assert unit["Service"]["RestartPreventExitStatus"] == "78"
    assert unit["Install"]["WantedBy"] == "default.target"
