"""The page that adds a vendor keeps its word: its code, as it stands there, serves the whole program."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import providers
from providers import registry
from providers.errors import NotOffered, Rejected
from providers.model import TicketKey
from tests.support.upstream import Reply, Seen, Upstream, reply_json
from tui.compose import open_desk
from tui.config import load
from tui.desk.desk import Desk

PAGE = Path(__file__).parent.parent / "docs" / "adding-a-vendor.md"
FILES = re.findall(r"^### `providers/acme/(\w+\.py)`\n\n```python\n(.*?)^```$", PAGE.read_text(), re.S | re.M)
LINES = re.findall(r'^```python\n("acme": .*?)^```$', PAGE.read_text(), re.S | re.M)
TABLES = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text(), re.S | re.M)
KEY = "not-a-real-acme-key"


class Acme:
    """The vendor of the page's short document."""

    def __init__(self) -> None:
        self.tickets: list[dict[str, str]] = []

    def open(self, title: str, **fields: str) -> str:
        number = f"A-{len(self.tickets) + 1}"
        ticket = {"id": number, "title": title, "text": title, "status": "todo", "reference": "", **fields}
        self.tickets.append({**ticket, "created": "2026-03-01T03:00:00", "floor": "3"})
        return number

    async def answer(self, seen: Seen) -> Reply:
        if seen.headers.get("x-acme-key") != KEY:
            return reply_json({"problem": "who are you?"}, 401)
        if (seen.method, seen.path) == ("GET", "/api/tickets"):
            return reply_json({"tickets": self.tickets})
        if (seen.method, seen.path) == ("POST", "/api/tickets"):
            self.open(**json.loads(seen.body))
            return reply_json(self.tickets[-1], 201)
        found = [ticket for ticket in self.tickets if seen.path == f"/api/tickets/{ticket['id']}"]
        return reply_json(found[0]) if found else reply_json({"problem": "no such ticket"}, 404)


@pytest.fixture
def acme_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page's folder beside the vendors', and its line in the registry."""
    folder = tmp_path / "providers" / "acme"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    for name, code in FILES:
        (folder / name).write_text(code)
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(folder.parent)])
    for kind, package in ast.literal_eval(f"{{{LINES[0]}}}").items():
        monkeypatch.setitem(registry.KINDS, kind, package)
    yield
    for name in [name for name in sys.modules if name.startswith("providers.acme")]:
        del sys.modules[name]
    if hasattr(providers, "acme"):
        del providers.acme


@pytest.fixture
async def acme() -> AsyncIterator[tuple[Acme, str]]:
    vendor = Acme()
    async with Upstream(handler=vendor.answer) as upstream:
        yield vendor, f"{upstream.url}/api"


@pytest.fixture
async def desk(
    acme: tuple[Acme, str], acme_is_installed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    """The program, as any config opens it."""
    monkeypatch.setenv("ACME_KEY", KEY)
    config = tmp_path / "config.toml"
    table = TABLES[0].replace("https://acme.example/api", acme[1])
    config.write_text(f'[store]\npath = "{tmp_path / "state"}"\n[engineer]\nname = "Nadia Kovac"\n{table}')
    config.chmod(0o600)
    desk = open_desk(load(config, {"ACME_KEY": KEY}))
    yield desk
    await desk.aclose()


def test_the_page_shows_a_whole_vendor() -> None:
    assert [name for name, _ in FILES] == ["declaration.py", "settings.py", "mapping.py", "connector.py"]
    assert len(LINES) == len(TABLES) == 1


async def test_its_list_and_a_tickets_page_are_read(acme: tuple[Acme, str], desk: Desk) -> None:
    number = acme[0].open("Lift stuck", reference="OUR-1")
    report = await desk.sync("acme")
    assert (report.error, report.rows) == ("", 1)
    assert [(row.number, row.summary, row.state) for row in desk.rows()] == [(number, "Lift stuck", "open")]
    ticket = await desk.refresh(TicketKey("acme", number))
    assert ticket.client_number == "OUR-1"
    assert ticket.vendor == {"floor": "3"}


async def test_a_ticket_is_created_from_its_declared_fields(acme: tuple[Acme, str], desk: Desk) -> None:
    values = {"summary": "Door jams", "description": "Since the frost."}
    write = desk.write("create", "acme", values=values, client_number="OUR-2", ticket_type="incident")
    entry = await desk.deliver((await desk.submit(write)).id)
    assert (entry.state, entry.error) == ("done", "")
    (made,) = acme[0].tickets
    assert (made["title"], made["text"], made["reference"]) == ("Door jams", "Since the frost.", "OUR-2")
    ticket = desk.ticket(TicketKey("acme", made["id"]))
    assert ticket is not None
    assert (ticket.summary, ticket.client_number) == ("Door jams", "OUR-2")


async def test_what_it_does_not_take_is_refused_before_anything_is_sent(acme: tuple[Acme, str], desk: Desk) -> None:
    number = acme[0].open("Lift stuck", reference="OUR-1")
    await desk.sync("acme")
    with pytest.raises(NotOffered, match="no comments"):
        desk.preview(desk.write("comment", "acme", number, values={"comment": "Any news?"}))
    long = {"summary": "x" * 81, "description": "y"}
    with pytest.raises(Rejected, match="the limit is 80"):
        desk.preview(desk.write("create", "acme", values=long, client_number="OUR-2", ticket_type="incident"))
    assert len(acme[0].tickets) == 1
