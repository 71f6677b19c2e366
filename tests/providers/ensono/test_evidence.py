"""Which messages settle which writes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from providers.model import Message, Write
from tests.providers.ensono.support import CREATE, NOW, body, change_body, file_ref, message, offline, write

NUMBER = "e-CS0700123"
SENT = NOW - timedelta(seconds=30)


def shows(intent: Write, read: Message) -> bool:
    return offline().confirms(intent, read)


def mine(action: str, number: str = NUMBER, **changes: Any) -> Write:
    return write(action, number, client_number="INC0042", created_at=SENT, sent_at=SENT, **changes)


def returned(client_number: str = "INC0042", **attributes: Any) -> Message:
    content = {"clientName": "ourClient ", "ticketNumber": NUMBER, "clientTicketNumber": client_number}
    return message("ReturnEnsonoNum", {**content, "ticketType": "Incident"}, **attributes)


def test_the_returned_number_settles_the_create_with_our_number() -> None:
    assert shows(mine("create", ""), returned())
    assert shows(write("create", values={"clientTicketNumber": "INC0042"}, created_at=SENT), returned())
    assert shows(mine("create", ""), message("Create", body()))
    assert not shows(mine("create", ""), returned("INC0043"))
    assert not shows(mine("create", ""), message("Update", body(changed={"status": "open"})))
    assert not shows(mine("create", ""), message("Create", body(clientTicketNumber="")))


@pytest.mark.parametrize(("default", "said"), [("", "Storage"), ("Storage", "Storage"), ("Service Desk", None)])
def test_what_a_found_create_says_names_its_group_only_where_no_other_may_have_been_sent(
    default: str, said: str | None
) -> None:
    create = mine("create", "", ticket_type="incident", values={**CREATE, "group": "Storage"})
    patch = offline(default_group=default).accepted(create)
    assert patch is not None
    assert (patch.set["summary"], patch.vendor.get("group")) == (CREATE["shortDescription"], said)


def test_nothing_is_said_of_what_is_no_create_or_can_no_longer_be_planned() -> None:
    assert offline().accepted(mine("comment", values={"comment": "Seen"})) is None
    assert offline().accepted(mine("create", "", ticket_type="change", values=CREATE)) is None


def test_a_message_from_before_the_write_shows_nothing() -> None:
    assert not shows(mine("create", ""), returned(SentTimestamp="1772530000000"))


@pytest.mark.parametrize(("action", "approval"), [("approve", "approved"), ("reject", "rejected")])
def test_the_approval_in_an_update_settles_our_answer(action: str, approval: str) -> None:
    number = "e-CHG0051000"
    content = change_body(state="Authorize", approval=approval)
    assert shows(mine(action, number), message("Update", content))
    assert not shows(mine(action, number), message("Update", change_body(state="Assess")))
    other = {"approved": "rejected", "rejected": "approved"}[approval]
    assert not shows(mine(action, number), message("Update", change_body(state="Authorize", approval=other)))
    note = {"id": "n1", "body": "By the way"}
    assert not shows(mine(action, number), message("Notes", {**content, "notes": note}))


def test_our_words_coming_back_settle_the_comment() -> None:
    def note(words: str) -> Message:
        return message("Notes", body(notes={"id": "n1", "body": words, "commenter": "Ensono User"}))

    intent = mine("comment", comment="On it,\nback soon.")
    assert shows(intent, note("On it, back soon.\nNadia Kovac, nadia.kovac@client.example"))
    assert not shows(intent, note("Please tell us more"))
    assert not shows(mine("comment", "e-CS0000001", comment="On it"), note("On it"))


def test_a_status_coming_back_alone_settles_the_status() -> None:
    changed = {"updatedOn": "2026-03-03T12:29:59Z", "status": "resolved", "closeNotes": "x", "closeCode": "resolved"}
    closure = message("Closure", body(**changed, changed=changed))
    assert shows(mine("resolve", notes="x"), closure)
    assert not shows(mine("cancel"), closure)
    take = {"group": "CLIENT - Internal", "status": "pending"}
    assert shows(mine("take"), message("Update", body(**take, changed=take)))


def test_a_message_that_says_more_than_we_wrote_is_news() -> None:
    changed = {"priority": "1", "group": "Elsewhere"}
    assert not shows(mine("update", priority="1"), message("Update", body(**changed, changed=changed)))
    alone = {"priority": "1"}
    assert shows(mine("update", priority="1"), message("Update", body(**alone, changed=alone)))
    assert not shows(mine("update", priority="1"), message("Update", body(changed={"priority": "3"})))
    assert not shows(mine("update", priority="1"), message("Update", body(changed={})))


def test_our_file_coming_back_settles_the_attachment(tmp_path: Path) -> None:
    intent = mine("attach", files=(file_ref(tmp_path / "boot log.txt", b"12345"),))
    same = {"attachmentName": "boot-log.txt", "attachmentSize": "5", "attachment": "https://x.amazonaws.com/y"}
    assert shows(intent, message("Attachment", body(**same)))
    assert not shows(intent, message("Attachment", body(**{**same, "attachmentSize": "6"})))


def test_a_later_message_with_our_number_is_news_all_the_same() -> None:
    intent = write("link", NUMBER, client_number="INC0042", created_at=SENT)
    assert not shows(intent, message("Update", body(changed={"priority": "1"})))


def test_an_unreadable_message_shows_nothing() -> None:
    assert not shows(mine("create", ""), message("Create", "garbage"))
