"""What is typed ahead, as keys come over a slow line, reaches what it was typed for and never a ticket."""

from __future__ import annotations

import json

from tests.support.command_line import SandboxProcess, run
from tests.support.on_sandbox import ENGINEER, Place, until_ready
from tests.support.tour import walk

WORDS = "help SXCRATwbhq"
"""Each letter an action of its own, where it is typed into a list."""


def test_words_typed_with_the_key_that_opens_the_filter_are_its_words(box: SandboxProcess, place: Place) -> None:
    box.call("ensono", "create", shortDescription=f"Order entry asks for {WORDS}", client_number="INC0911")
    with place.dashboard() as terminal:
        until_ready(terminal)
        terminal.press(f"2/{WORDS}".encode())
        terminal.until_shown(f"Filter  {WORDS}", "1 shown")


def test_a_comment_typed_with_the_key_that_opens_its_form_is_in_the_form(box: SandboxProcess, place: Place) -> None:
    number = box.call("ensono", "create", shortDescription="Order entry stands still", client_number="INC0912")
    with place.dashboard() as terminal:
        until_ready(terminal)
        walk(terminal, b"2")
        terminal.press(f"/{number}\rc{WORDS}".encode())
        terminal.until_shown("Comment *", WORDS)
    assert [entry["body"].get("transaction_type") for entry in box.ledger(number=number)] == ["Create"]
    told = run(
        "--config", str(place.config), "show", "ensono", number, "--json", home=place.home, VENDORQ_ENGINEER=ENGINEER
    )
    assert json.loads(told.out)["ticket"]["unread"]
