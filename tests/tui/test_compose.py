"""Putting it together: connectors are connected when something is asked of them, and not before."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers import registry
from providers.base import Operation, Provider
from providers.clock import SystemClock
from providers.sandbox import Sandbox
from providers.settings import ProviderSettings
from tui.compose import LateProvider, open_desk
from tui.config import Config


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(seed=1) as running:
        yield running


def settings_of(box: Sandbox, kind: str) -> ProviderSettings:
    return registry.settings_model(kind).model_validate(box.settings(kind))


def test_nothing_is_connected_until_it_is_asked(box: Sandbox) -> None:
    provider = LateProvider(settings_of(box, "ensono"), SystemClock())
    assert provider.name == "ensono"
    assert Operation.TAKE in provider.declaration.offered
    assert provider._connected is None


async def test_closing_what_was_never_connected_is_no_matter(box: Sandbox) -> None:
    await LateProvider(settings_of(box, "ensono"), SystemClock()).aclose()


@pytest.mark.parametrize("kind", registry.kinds())
def test_what_is_declared_before_connecting_is_what_the_connector_declares(box: Sandbox, kind: str) -> None:
    settings = settings_of(box, kind)
    assert registry.declaration_for(settings) == registry.connect(settings, SystemClock()).declaration


def test_every_part_of_a_provider_is_passed_on() -> None:
    def parts(kind: type) -> dict[str, inspect.Signature]:
        methods = inspect.getmembers(kind, inspect.isfunction)
        return {name: inspect.signature(method) for name, method in methods if not name.startswith("_")}

    assert parts(LateProvider) == parts(Provider)


async def test_a_desk_reads_and_writes_through_late_providers(box: Sandbox, tmp_path: Path) -> None:
    config = Config(path=tmp_path / "c.toml", providers=(settings_of(box, "ensono"),), store_path=tmp_path / "store")
    number = box.ensono.create(client_number="INC1")
    desk = open_desk(config, consume=True)
    try:
        report = await desk.sync("ensono")
        assert (report.received, report.error) == (1, "")
        entry = await desk.submit(desk.write("comment", "ensono", number, values={"comment": "Hello."}))
        assert (await desk.deliver(entry.id)).state == "done"
    finally:
        await desk.aclose()
    assert [item.operation for item in box.ledger] == ["acknowledge", "comment"]
    log = tmp_path / "store" / "log" / "vendorq.jsonl"
    assert log.stat().st_mode & 0o777 == 0o600
    assert number in log.read_text()
