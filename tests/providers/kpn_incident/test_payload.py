"""Our writes as KPN Incident's messages, and what is refused before anything is sent."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from providers.base import Operation
from providers.errors import NotOffered, Rejected, TooLarge, VendorError, WrongState
from providers.kpn_incident.declaration import DECLARATION, FILES_LIMIT, declaration_for
from providers.kpn_incident.payload import Outgoing, outgoing
from providers.kpn_incident.settings import Settings
from providers.model import Ticket, Write
from tests.support.kpn import CREDENTIALS, paper_file, write

NEW: dict[str, Any] = {
    "reference_number": "ZB-301",
    "short_description": "Modem stil",
    "description": "Sinds vannacht\ngeen lampjes.",
    "ci": "ZB_014P",
}
OPEN = Ticket(provider="kpn", number="INC5501", client_number="ZB-300", state="open")
RESOLVED = Ticket(provider="kpn", number="INC5501", client_number="ZB-300", state="resolved")


def made(write: Write, ticket: Ticket | None = OPEN) -> Outgoing:
    return outgoing("kpn", write, ticket)


def refused(write: Write, ticket: Ticket | None = OPEN) -> VendorError:
    with pytest.raises(VendorError) as caught:
        made(write, ticket)
    assert "nothing was sent" in caught.value.message or isinstance(caught.value, NotOffered)
    return caught.value


def test_create_carries_the_documented_fields() -> None:
    file = paper_file()
    message = made(write("create", kind="incident", **NEW, service="Internet", files=(file,)), None)
    assert (message.method, message.path) == ("POST", "NewIncident")
    assert message.document == {
        **NEW,
        "service": "Internet",
        "attachments": [{"name": "trace.log", "content": file}],
    }


def test_create_understands_common_names_and_the_writes_own_number() -> None:
    values = {"summary": "Modem stil", "description": "x", "ci": "vrije tekst"}
    document = made(write("create", client_number="ZB-302", **values), None).document
    assert document["reference_number"] == "ZB-302"
    assert document["short_description"] == "Modem stil"
    assert document["ci"] == "vrije tekst"


@pytest.mark.parametrize("field", ["reference_number", "short_description", "description", "ci"])
def test_missing_field_is_refused_by_name(field: str) -> None:
    assert refused(write("create", **{**NEW, field: ""}), None).field == field


@pytest.mark.parametrize(("field", "value"), [("colour", "x"), ("priority", 2), ("short_description", "a\nb")])
def test_field_that_does_not_exist_or_fit_is_refused(field: str, value: object) -> None:
    assert refused(write("create", **{**NEW, field: value}), None).field == field


def test_other_types_are_refused() -> None:
    assert refused(write("create", kind="change", **NEW), None).field == "type"


@pytest.mark.parametrize(
    ("action", "word", "ticket"),
    [("comment", "Comment", OPEN), ("close", "Close", RESOLVED), ("reopen", "Reopen", RESOLVED)],
)
def test_each_action_carries_its_words_and_both_numbers(action: str, word: str, ticket: Ticket) -> None:
    message = made(write(action, "INC5501", comment="Goed zo"), ticket)
    assert (message.method, message.path) == ("PATCH", "UpdateIncident")
    assert message.document == {
        "action": word,
        "ticket_number": "INC5501",
        "comment": "Goed zo",
        "reference_number": "ZB-300",
    }


@pytest.mark.parametrize("action", ["close", "reopen"])
def test_close_and_reopen_never_go_without_a_comment(action: str) -> None:
    [field] = DECLARATION.forms[Operation(action)]
    assert field.default
    assert made(write(action, "INC5501"), RESOLVED).document["comment"] == field.default
    assert made(write(action, "INC5501", notes=" "), RESOLVED).document["comment"] == field.default
    assert made(write(action, "INC5501", notes="Eigen woorden"), RESOLVED).document["comment"] == "Eigen woorden"


@pytest.mark.parametrize("action", ["close", "reopen"])
@pytest.mark.parametrize("state", ["new", "open", "pending", "closed", "cancelled"])
def test_close_and_reopen_go_from_resolved_only(action: str, state: str) -> None:
    error = refused(write(action, "INC5501"), Ticket(provider="kpn", number="INC5501", state=state))
    assert isinstance(error, WrongState)
    assert state in error.message


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_ended_incident_takes_no_comment(state: str) -> None:
    ended = Ticket(provider="kpn", number="INC5501", state=state)
    assert isinstance(refused(write("comment", "INC5501", comment="x"), ended), WrongState)


def test_resolved_incident_takes_a_comment() -> None:
    assert made(write("comment", "INC5501", comment="x"), RESOLVED).document["action"] == "Comment"


def test_incident_without_our_number_takes_a_comment_without_one() -> None:
    bare = Ticket(provider="kpn", number="INC5501")
    assert "reference_number" not in made(write("comment", "INC5501", comment="x"), bare).document


def test_files_alone_go_without_a_comment_first() -> None:
    message = made(write("attach", "INC5501", files=(paper_file("a.txt"), paper_file("b.txt"))))
    assert message.document["action"] == "Comment"
    assert "comment" not in message.document
    assert message.naming_its_files().document["comment"] == "Attached: a.txt, b.txt"


@pytest.mark.parametrize(
    ("action", "values", "field"),
    [
        ("comment", {}, "comment"),
        ("comment", {"comment": "\udc00"}, "comment"),
        ("attach", {}, "attachments"),
        ("attach", {"files": (paper_file(""),)}, "attachments"),
        ("comment", {"comment": "x", "client_number": "\udc00"}, "reference_number"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_field(action: str, values: dict[str, Any], field: str) -> None:
    error = refused(write(action, "INC5501", **values))
    assert isinstance(error, Rejected)
    assert error.field == field


def test_limit_counts_the_encoded_message() -> None:
    assert made(write("attach", "INC5501", files=(paper_file(size=7_499_000),)))
    error = refused(write("attach", "INC5501", files=(paper_file(size=7_500_000),)))
    assert isinstance(error, TooLarge)
    assert str(FILES_LIMIT) in error.message
    assert isinstance(
        refused(write("comment", "INC5501", comment="x", files=(paper_file(size=3_760_000),) * 2)), TooLarge
    )


@pytest.mark.parametrize("operation", sorted(set(Operation) - DECLARATION.offered))
def test_every_other_operation_is_refused_with_a_reason(operation: Operation) -> None:
    assert "not offered by KPN Incident" in DECLARATION.refusals[operation]
    error = refused(write(operation.value, "INC5501"))
    assert isinstance(error, NotOffered)


def test_unknown_action_is_not_offered() -> None:
    assert isinstance(refused(write("fly", "INC5501")), NotOffered)


def test_configured_items_are_offered_and_not_enforced() -> None:
    plain = {"name": "kpn", "url": "https://api.example.net/network/kpn/incident", **CREDENTIALS}
    configured = Settings.model_validate({**plain, "configuration_items": ["A", "B"]})
    [field] = [item for item in declaration_for(configured).forms[Operation.CREATE] if item.name == "ci"]
    assert field.suggestions == ("A", "B")
    assert not field.choices
    assert declaration_for(Settings.model_validate(plain)) is DECLARATION


def test_settling_follows_what_can_be_looked_up() -> None:
    assert {name: (rule.by, rule.fallback) for name, rule in DECLARATION.settling.items()} == {
        "create": ("lookup", "send_again"),
        "comment": ("nothing", "engineer"),
        "attach": ("nothing", "engineer"),
        "close": ("lookup", "engineer"),
        "reopen": ("lookup", "engineer"),
    }


def test_declaration_brings_neither_http_nor_pydantic() -> None:
    code = "import sys, providers.kpn_incident.declaration; print({'httpx', 'pydantic'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
