"""What Ensono declares, against the guide's own tables."""

from __future__ import annotations

import subprocess
import sys

import pytest

from providers import registry
from providers.base import Operation
from providers.ensono.declaration import DECLARATION, declaration_for
from tests.providers.ensono.support import settings, ticket

OFFERED = {
    "queue",
    "create",
    "comment",
    "update",
    "resolve",
    "close",
    "reopen",
    "cancel",
    "attach",
    "download",
    "link",
    "approve",
    "reject",
    "take",
}


def test_every_operation_is_offered_or_refused_with_a_reason() -> None:
    assert {operation.value for operation in DECLARATION.offered} == OFFERED
    for operation in set(Operation) - DECLARATION.offered:
        assert "not offered" in DECLARATION.refusals[operation]


def test_the_registry_finds_it_without_loading_http_or_pydantic() -> None:
    code = (
        "import sys; from providers import registry; registry.declaration('ensono'); "
        "assert not {'httpx', 'pydantic', 'textual'} & sys.modules.keys()"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert registry.declaration("ensono") is DECLARATION


@pytest.mark.parametrize("environment", ["dev", "echo", "cert", "prod"])
def test_a_tickets_page_is_offered_in_dev_alone(environment: str) -> None:
    found = declaration_for(settings(environment=environment))
    assert (Operation.DETAIL in found.offered) is (environment == "dev")
    assert ("not offered" in found.refusal(Operation.DETAIL)) is (environment != "dev")


def test_take_needs_our_own_group() -> None:
    assert Operation.TAKE in declaration_for(settings(client_group="Ours")).offered
    without = declaration_for(settings(client_group=""))
    assert "not offered" in without.refusal(Operation.TAKE)
    assert "client_group" in without.refusal(Operation.TAKE)


def test_changes_take_comment_link_approve_and_reject_alone() -> None:
    change = ticket(type="change")
    taken = {operation.value for operation in DECLARATION.offered if not DECLARATION.refusal(operation, change)}
    assert taken == {"queue", "download", "create", "comment", "link", "approve", "reject"} - {"create"}
    assert "not offered" in DECLARATION.refusal(Operation.ATTACH, change)


def test_echo_takes_nothing_for_changes() -> None:
    found = declaration_for(settings(environment="echo"))
    for operation in (Operation.COMMENT, Operation.LINK, Operation.APPROVE):
        assert "not offered" in found.refusal(operation, ticket(type="change"))


def test_approvals_are_for_changes_alone() -> None:
    assert "not offered" in DECLARATION.refusal(Operation.APPROVE, ticket())


def test_creates_state_severity_as_configured() -> None:
    by_priority = declaration_for(settings()).forms[Operation.CREATE]
    by_impact = declaration_for(settings(create_with="impact_urgency")).forms[Operation.CREATE]
    assert {"priority", "impact", "urgency"} & {field.name for field in by_priority} == {"priority"}
    assert {"priority", "impact", "urgency"} & {field.name for field in by_impact} == {"impact", "urgency"}


def test_lengths_and_choices_are_the_guides() -> None:
    forms = declaration_for(settings(groups=["A", "B"], work_in_progress="workinprogress")).forms
    create = {field.name: field for field in forms[Operation.CREATE]}
    update = {field.name: field for field in forms[Operation.UPDATE]}
    assert (create["shortDescription"].max_length, create["description"].max_length) == (160, 4000)
    assert [choice.value for choice in create["priority"].choices] == ["1", "2", "3", "4"]
    assert [choice.value for choice in update["impact"].choices] == ["1", "2", "3"]
    assert [choice.value for choice in update["status"].choices] == [
        "open",
        "workinprogress",
        "pending",
        "resolved",
        "closed",
        "cancelled",
    ]
    assert create["group"].suggestions == update["group"].suggestions == ("A", "B")
    assert {name for name, field in create.items() if field.required} == {
        "clientTicketNumber",
        "shortDescription",
        "description",
        "priority",
    }
    for operation in (Operation.RESOLVE, Operation.CLOSE):
        assert [field.name for field in forms[operation] if field.required] == ["closeNotes"]
    assert [field.name for field in forms[Operation.REJECT] if field.required] == ["comment"]
    assert not any(field.required for field in update.values())


@pytest.mark.parametrize(
    ("action", "by", "fallback"),
    [
        ("create", "queue", "engineer"),
        ("comment", "nothing", "engineer"),
        ("attach", "nothing", "engineer"),
        ("update", "nothing", "repeat_once"),
        ("resolve", "nothing", "repeat_once"),
        ("close", "nothing", "repeat_once"),
        ("reopen", "nothing", "repeat_once"),
        ("cancel", "nothing", "repeat_once"),
        ("take", "nothing", "repeat_once"),
        ("link", "nothing", "send_again"),
        ("approve", "queue", "repeat_once"),
        ("reject", "queue", "repeat_once"),
    ],
)
def test_each_write_has_its_way_of_being_settled(action: str, by: str, fallback: str) -> None:
    settling = DECLARATION.settling[action]
    assert (settling.by, settling.fallback) == (by, fallback)


def test_an_unanswered_create_is_sent_again_only_where_the_config_says_so() -> None:
    found = declaration_for(settings(resend_unanswered_create=True)).settling["create"]
    assert (found.by, found.fallback) == ("queue", "send_again")


def test_the_queue_is_asked_for_and_polled_as_the_guide_advises() -> None:
    assert DECLARATION.asks_before_consuming
    assert 30 <= DECLARATION.poll_seconds <= 300
    assert "833-662-7378" in DECLARATION.support
    assert "Platform BPMDevandSupport" in DECLARATION.support
