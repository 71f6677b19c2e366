"""Our answers to a change's approval requests, as they go over the wire."""

from __future__ import annotations

from providers.errors import Rejected, WrongState
from providers.model import Approval, Engineer
from tests.providers.ensono.support import CHANGE, refused, sent, ticket


def test_an_approval_names_approver_request_who_when_and_why() -> None:
    ((method, path, payload),) = sent("approve", CHANGE, comment="Window agreed.")
    assert (method, path) == ("PUT", "/prod/tickets/e-CHG0051000/approve")
    ((words,),) = ([comment["body"] for comment in payload.pop("comments")],)
    assert payload == {
        "clientName": "ourClient",
        "ticketType": "Change",
        "clientTicketNumber": "CHG0007",
        "approver": "cab@client.example",
        "approvalId": "a1",
    }
    assert words.startswith(
        "Nadia Kovac, Email: nadia.kovac@client.example, Phone: +31 20 555 0101 approved Change Request "
        "e-CHG0051000 (our number CHG0007) at 2026-03-03 "
    )
    assert words.endswith(". Window agreed.")


def test_an_answers_comment_holds_a_body_alone() -> None:
    ((_, _, payload),) = sent("approve", CHANGE)
    assert [list(comment) for comment in payload["comments"]] == [["body"]]


def test_the_final_approver_may_be_named() -> None:
    ((_, path, payload),) = sent("reject", CHANGE, comment="Freeze.", decided_by="Ida Storm <ida@client.example>")
    assert path.endswith("/reject")
    assert payload["comments"][0]["body"].startswith("Ida Storm <ida@client.example> rejected Change Request")
    assert "Nadia" not in payload["comments"][0]["body"]


def test_a_rejection_needs_words_and_an_answer_needs_a_name() -> None:
    assert refused(Rejected, "reject", CHANGE).field == "comment"
    assert refused(Rejected, "approve", CHANGE, engineer=Engineer()).field == "decided_by"
    assert refused(Rejected, "approve", CHANGE, comment="x" * 3990).field == "comment"


def test_an_answered_change_takes_no_second_answer() -> None:
    answered = ticket(type="change", cycle=1, approvals=(Approval(id="a1", approver="c@x", state="approved"),))
    error = refused(WrongState, "approve", answered)
    assert "already answered" in error.message
