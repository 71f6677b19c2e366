"""KPN Connect's declaration: what forms, help and the desk are made from."""

from __future__ import annotations

import subprocess
import sys

import pytest

from providers import registry
from providers.base import Operation
from providers.kpn_connect.declaration import DECLARATION
from providers.kpn_connect.settings import Settings

OFFERED = {"list", "detail", "queue", "create", "comment", "attach", "download", "acknowledge", "link"}


def test_offers_what_the_document_offers() -> None:
    assert {operation.value for operation in DECLARATION.offered} == OFFERED


@pytest.mark.parametrize("operation", sorted(set(Operation) - {Operation(name) for name in OFFERED}))
def test_every_other_operation_is_refused_with_a_reason_of_its_own(operation: Operation) -> None:
    assert "not offered by KPN Connect" in DECLARATION.refusals[operation]


def test_registry_knows_it() -> None:
    assert registry.declaration("kpn-connect") is DECLARATION
    assert registry.settings_model("kpn-connect") is Settings


def test_declaration_brings_neither_http_nor_pydantic() -> None:
    code = "import sys, providers.kpn_connect.declaration; print({'httpx', 'pydantic'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("incident", {"ci", "priority"}),
        ("rfi", {"ci", "priority"}),
        ("change", {"ci", "desired_delivery_date"}),
        ("service_request", {"order_items"}),
    ],
)
def test_types_decide_fields(kind: str, names: set[str]) -> None:
    always = {"customer_reference_number", "short_description", "description", "service", "contact", "user"}
    assert {field.name for field in DECLARATION.forms[Operation.CREATE] if field.takes(kind)} == always | names


def test_settling_follows_what_can_be_looked_up() -> None:
    table = {name: (rule.by, rule.fallback) for name, rule in DECLARATION.settling.items()}
    assert table == {
        "create": ("lookup", "send_again"),
        "comment": ("lookup", "engineer"),
        "attach": ("nothing", "engineer"),
        "acknowledge": ("nothing", "send_again"),
        "link": ("nothing", "send_again"),
    }


def test_queue_and_details_are_advised_about() -> None:
    assert DECLARATION.asks_before_consuming
    assert DECLARATION.queue_may_lose
    assert DECLARATION.link_by_acknowledging
    assert DECLARATION.files_with_create
    assert DECLARATION.details_per_poll == 20
    assert DECLARATION.time_zone == "Europe/Amsterdam"
