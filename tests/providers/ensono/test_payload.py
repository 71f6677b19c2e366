"""Writes as they would go over the wire, and what is refused before anything is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from providers.base import Operation
from providers.ensono.payload import plan
from providers.errors import NotOffered, Rejected, WrongState
from providers.model import NOTHING, Engineer, Write
from tests.providers.ensono.support import (
    CHANGE,
    CREATE,
    ENGINEER,
    NOW,
    file_ref,
    offline,
    refused,
    sent,
    settings,
    ticket,
    write,
)


def create(**values: Any) -> dict[str, Any]:
    ((method, path, payload),) = sent("create", ticket_type="incident", values={**CREATE, **values})
    assert (method, path) == ("POST", "/prod/tickets")
    return payload


def test_a_create_holds_what_the_guide_requires() -> None:
    assert create() == {
        "clientName": "ourClient",
        "ticketType": "Incident",
        "clientTicketNumber": "INC0042",
        "priority": "2",
        "contactName": "Nadia Kovac",
        "contactPhone": "+31 20 555 0101",
        "contactEmail": "nadia.kovac@client.example",
        "shortDescription": "Uplink 3 down",
        "description": "No link since the move.",
    }


def test_a_create_takes_common_names_too_and_the_number_of_the_write() -> None:
    values = {"summary": "Uplink 3 down", "description": "No link.", "priority": 2}
    ((_, _, payload),) = sent("create", ticket_type="request", client_number="RITM1", values=values)
    assert (payload["ticketType"], payload["clientTicketNumber"], payload["priority"]) == ("Request", "RITM1", "2")


def test_optional_fields_go_along() -> None:
    payload = create(group="Network", cis="sw-01,sw-02", comment="Seen twice.", contactName="Ola Berg")
    assert (payload["group"], payload["cis"], payload["contactName"]) == ("Network", "sw-01,sw-02", "Ola Berg")
    assert payload["comments"] == [
        {
            "body": "Seen twice.",
            "commenter": "Nadia Kovac",
            "commentTime": payload["comments"][0]["commentTime"],
            "commenterEmail": "nadia.kovac@client.example",
            "commenterPhone": "+31 20 555 0101",
        }
    ]


def test_impact_and_urgency_take_the_place_of_the_priority_by_the_config() -> None:
    values = {name: value for name, value in CREATE.items() if name != "priority"} | {"impact": "1", "urgency": "3"}
    ((_, _, payload),) = sent("create", config={"create_with": "impact_urgency"}, ticket_type="incident", values=values)
    assert (payload["impact"], payload["urgency"]) == ("1", "3")
    assert "priority" not in payload
    with pytest.raises(Rejected):
        sent("create", config={"create_with": "impact_urgency"}, ticket_type="incident", values=CREATE)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"priority": "5"}, "priority"),
        ({"priority": "high"}, "priority"),
        ({"priority": ""}, "priority"),
        ({"shortDescription": "x" * 161}, "shortDescription"),
        ({"description": "x" * 4001}, "description"),
        ({"shortDescription": ""}, "shortDescription"),
        ({"clientTicketNumber": ""}, "clientTicketNumber"),
        ({"comment": "x" * 4001}, "comment"),
    ],
)
def test_what_ensono_would_misread_is_refused_with_its_field(changes: dict[str, Any], field: str) -> None:
    error = refused(Rejected, "create", ticket_type="incident", values={**CREATE, **changes})
    assert error.field == field


def test_lengths_at_the_limit_are_taken() -> None:
    payload = create(shortDescription="x" * 160, description="y" * 4000)
    assert (len(payload["shortDescription"]), len(payload["description"])) == (160, 4000)


def test_unknown_fields_are_refused_with_the_way_to_send_them() -> None:
    error = refused(Rejected, "create", ticket_type="incident", values={**CREATE, "rack": "7", "site": "AMS"})
    assert "rack, site" in error.message
    assert "append_to_description" in error.next_step


def test_other_fields_are_added_to_the_description() -> None:
    extra = {"rack": "7", "site": "AMS"}
    assert create(append_to_description=extra)["description"] == "No link since the move.\n\nrack: 7\nsite: AMS"
    preview = offline().prepare(
        write("create", ticket_type="incident", values={**CREATE, "append_to_description": extra}), None
    )
    assert preview.warnings == ("added to the end of the description: rack, site",)
    long = {**CREATE, "description": "x" * 3990, "append_to_description": extra}
    assert refused(Rejected, "create", ticket_type="incident", values=long).field == "description"


@pytest.mark.parametrize(("engineer", "field"), [(Engineer(), "contactName"), (Engineer(name="N"), "contactEmail")])
def test_a_create_wants_a_contact(engineer: Engineer, field: str) -> None:
    error = refused(Rejected, "create", ticket_type="incident", values=CREATE, engineer=engineer)
    assert error.field == field
    assert "[engineer]" in error.next_step


def test_changes_are_not_created_from_here() -> None:
    error = refused(NotOffered, "create", ticket_type="change", values=CREATE)
    assert "not offered" in error.message
    assert refused(Rejected, "create", ticket_type="task", values=CREATE).field == "type"


@pytest.mark.parametrize(
    "action", ["comment", "update", "resolve", "close", "reopen", "cancel", "take", "approve", "reject", "attach"]
)
def test_our_number_must_be_linked_before_any_other_write(action: str) -> None:
    unlinked = ticket(client_number="", type="change" if action in ("approve", "reject") else "incident")
    error = refused(WrongState, action, unlinked, comment="x", notes="x")
    assert "link" in error.next_step.lower()


def test_linking_sends_our_number() -> None:
    expected = ("PUT", "/prod/tickets/e-CS0700123/returnptn")
    for changes in ({"client_number": "INC0099"}, {"values": {"clientTicketNumber": "INC0099"}}):
        ((method, path, payload),) = sent("link", ticket(client_number=""), **changes)
        assert (method, path) == expected
        assert payload == {"clientName": "ourClient", "ticketType": "Incident", "clientTicketNumber": "INC0099"}


def test_linking_again_sends_the_new_number() -> None:
    ((_, _, payload),) = sent("link", ticket(client_number="INC0042"), values={"client_number": "INC0099"})
    assert payload["clientTicketNumber"] == "INC0099"


def test_a_comment_says_who_and_when() -> None:
    ((method, path, payload),) = sent("comment", comment="On it.")
    assert (method, path) == ("PUT", "/prod/tickets/e-CS0700123/notes")
    assert payload["comments"][0]["body"] == "On it."
    assert payload["comments"][0]["commenter"] == "Nadia Kovac"
    assert payload["clientTicketNumber"] == "INC0042"


def test_a_comment_without_words_or_with_too_many_is_refused() -> None:
    assert refused(Rejected, "comment").field == "comment"
    assert refused(Rejected, "comment", comment="x" * 4001).field == "comment"


def test_a_comment_on_a_change_says_that_it_is_one() -> None:
    ((_, _, payload),) = sent("comment", CHANGE, comment="On it.")
    assert payload["ticketType"] == "Change"


@pytest.mark.parametrize("action", ["update", "resolve", "close", "reopen", "cancel", "take", "attach"])
def test_a_change_takes_no_other_writes(action: str) -> None:
    assert "not offered" in refused(NotOffered, action, CHANGE, notes="x").message


def test_an_update_holds_the_changed_fields_alone() -> None:
    known = ticket(summary="Uplink 3 down", priority=2, vendor={"group": "A"})
    ((method, path, payload),) = sent("update", known, priority="1", group="A", shortDescription="Uplink 3 down")
    assert (method, path) == ("PUT", "/prod/tickets/e-CS0700123")
    assert payload == {
        "clientName": "ourClient",
        "ticketType": "Incident",
        "clientTicketNumber": "INC0042",
        "priority": "1",
    }


def test_what_we_believe_unchanged_is_sent_when_nothing_else_is() -> None:
    ((_, _, payload),) = sent("update", ticket(priority=2), priority="2")
    assert payload["priority"] == "2"


def test_an_update_of_nothing_is_refused() -> None:
    assert refused(Rejected, "update").field == "status"
    assert refused(Rejected, "update", comment="only words").field == "status"


def test_a_comment_goes_along_with_an_update() -> None:
    ((_, _, payload),) = sent("update", priority="1", comment="Worse now.")
    assert payload["comments"][0]["body"] == "Worse now."


@pytest.mark.parametrize("word", ["workingprogress", "workinprogress", "Work In Progress"])
def test_either_spelling_of_work_in_progress_is_sent_as_configured(word: str) -> None:
    for spelling in ("workingprogress", "workinprogress"):
        ((_, _, payload),) = sent("update", config={"work_in_progress": spelling}, status=word)
        assert payload["status"] == spelling


@pytest.mark.parametrize("values", [{"status": "done"}, {"impact": "4"}, {"priority": "0"}, {"rack": "7"}])
def test_values_outside_the_vocabulary_are_refused(values: dict[str, str]) -> None:
    assert refused(Rejected, "update", values=values).field == next(iter(values))


@pytest.mark.parametrize("action", ["resolve", "close"])
def test_resolve_and_close_need_close_notes(action: str) -> None:
    assert refused(Rejected, action, ticket(state="resolved")).field == "closeNotes"


def test_resolve_sends_status_and_notes() -> None:
    ((method, path, payload),) = sent("resolve", notes="Optic replaced.")
    assert (method, path) == ("PUT", "/prod/tickets/e-CS0700123")
    assert (payload["status"], payload["closeNotes"]) == ("resolved", "Optic replaced.")


@pytest.mark.parametrize(("action", "state"), [("resolve", "open"), ("close", "resolved"), ("cancel", "open")])
def test_a_comment_goes_before_the_status_that_would_lose_it(action: str, state: str) -> None:
    first, second = sent(action, ticket(state=state), notes="Optic replaced.", comment="Thanks.")
    assert first[1].endswith("/notes")
    assert first[2]["comments"][0]["body"] == "Thanks."
    assert "comments" not in second[2]
    assert second[2]["status"] in ("resolved", "closed", "cancelled")


def test_a_resolution_by_update_keeps_the_same_rules() -> None:
    assert refused(Rejected, "update", status="resolved").field == "closeNotes"
    assert refused(Rejected, "update", status="resolved", closeNotes="x", priority="1").field == "priority"
    assert len(sent("update", status="resolved", closeNotes="x", comment="first")) == 2
    refused(WrongState, "update", ticket(state="open"), status="closed", closeNotes="x")


@pytest.mark.parametrize("state", ["open", "pending", "cancelled", "new"])
def test_only_a_resolved_ticket_closes_and_reopens(state: str) -> None:
    known = ticket(state=state)
    assert "resolved" in refused(WrongState, "close", known, notes="x").message
    assert "resolved" in refused(WrongState, "reopen", known).message
    resolved = ticket(state="resolved")
    assert sent("close", resolved, notes="x")[0][2]["status"] == "closed"
    assert sent("reopen", resolved, comment="It is back.")[0][2]["status"] == "open"


@pytest.mark.parametrize("action", ["comment", "update", "resolve", "cancel", "take"])
def test_a_closed_ticket_takes_nothing_more(action: str) -> None:
    known = ticket(state="closed")
    assert "closed" in refused(WrongState, action, known, comment="x", notes="x").message


def test_cancel_is_a_status() -> None:
    ((_, _, payload),) = sent("cancel")
    assert payload["status"] == "cancelled"
    assert "closeNotes" not in payload


def test_take_moves_the_ticket_to_our_group_and_pends_it() -> None:
    ((_, _, payload),) = sent("take")
    assert (payload["group"], payload["status"]) == ("CLIENT - Internal", "pending")
    assert "not offered" in refused(NotOffered, "take", config={"client_group": ""}).message


def test_free_text_is_escaped_twice_only_by_the_config() -> None:
    text = 'a "b"\n\tc\\d'
    plain = sent("comment", comment=text)[0][2]["comments"][0]["body"]
    twice = sent("comment", config={"double_escape": True}, comment=text)[0][2]["comments"][0]["body"]
    assert plain == text
    assert twice == 'a \\"b\\"\\n\\tc\\\\d'


def test_files_are_checked_and_renamed_before_anything_is_sent(tmp_path: Path) -> None:
    log = file_ref(tmp_path / "boot log 1.txt", b"ok")
    preview = offline().prepare(write("attach", "e-CS0700123", files=(log,)), ticket())
    assert (preview.method, preview.path) == ("PUT", "/prod/tickets/e-CS0700123/attachments/boot-log-1.txt")
    assert preview.warnings == (
        "boot log 1.txt is sent as boot-log-1.txt: Ensono takes letters, digits, hyphens and dots only",
    )
    wrong = file_ref(tmp_path / "sheet.csv", b"PK\x03\x04")
    for files in ((), (wrong,), (log, log), (file_ref(tmp_path / "a.exe", b"MZ"),)):
        refused(Rejected, "attach", files=files)
    assert "not offered" in refused(NotOffered, "comment", CHANGE, comment="x", files=(log,)).message


def test_files_do_not_go_along_with_a_create(tmp_path: Path) -> None:
    files = (file_ref(tmp_path / "a.log", b"ok"),)
    assert refused(Rejected, "create", ticket_type="incident", values=CREATE, files=files).field == "attachments"


def test_a_preview_shows_every_request_whole_and_no_secret() -> None:
    preview = offline().prepare(write("resolve", "e-CS0700123", notes="Done.", comment="Thanks."), ticket())
    first, second = preview.body.split("\n\nthen PUT /prod/tickets/e-CS0700123\n")
    assert json.loads(first)["payload"]["comments"][0]["body"] == "Thanks."
    assert json.loads(second)["payload"]["status"] == "resolved"
    assert preview.path.endswith("/notes")
    assert "not-a-real-key" not in repr(preview)


def test_a_number_goes_into_the_path_encoded() -> None:
    ((_, path, _),) = sent("comment", ticket(number="e-CS/../7?"), comment="x")
    assert path == "/prod/tickets/e-CS%2F..%2F7%3F/notes"


def test_a_ticket_that_is_not_known_here_can_be_written_to_with_its_number() -> None:
    intent = write("comment", "e-CHG0000007", client_number="CHG1", comment="x")
    made = plan(settings(), offline().declaration, intent, None, NOW)
    assert made.requests[0].payload["ticketType"] == "Change"


def test_without_a_number_nothing_is_sent() -> None:
    intent = write("comment", "", client_number="INC1", comment="x")
    with pytest.raises(Rejected):
        plan(settings(), offline().declaration, intent, None, NOW)


def test_the_configs_engineer_acts_where_the_write_names_none() -> None:
    made = offline(engineer=ENGINEER)
    intent = write("comment", "e-CS0700123", comment="x", engineer=Engineer())
    assert "Nadia Kovac" in made.prepare(intent, ticket()).body


def test_a_done_write_says_what_was_asked_and_never_what_the_answer_said() -> None:
    made = offline()
    for action, values, state in (
        ("resolve", {"notes": "x"}, "resolved"),
        ("cancel", NOTHING, "cancelled"),
        ("take", NOTHING, "pending"),
        ("update", {"status": "workingprogress"}, "open"),
    ):
        intent: Write = write(action, "e-CS0700123", values=values)
        assert plan(settings(), made.declaration, intent, ticket(), NOW).patch.set["state"] == state
    assert Operation.TAKE in made.declaration.offered
