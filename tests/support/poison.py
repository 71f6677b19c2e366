"""Vendors whose every word is an attack on the terminal: what each of the five sends, in each of its fields."""

from __future__ import annotations

from typing import Any, Final, Protocol

PIECES: Final = (
    "\x1b[2J\x1b[H\x1b[31mred\x1b[?1049l",  # clears, moves, colours, leaves the full screen
    "\x1b[6n\x1b[21t\x1b[>c\x1bZ",  # asks the terminal, whose answer would be typed
    "\x1b]0;owned\x07\x1b]2;owned\x1b\\",  # the window's title
    "\x1b]52;c;b3duZWQ=\x07",  # the clipboard
    "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",  # a link
    "\x1bP+q544e\x1b\\\x1b_Gi=1;AAAA\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\",  # strings for the device
    "\x1bc\x1b#8\x1b(0\x1b=\x1bN",  # reset, test picture, other characters
    "\x9b2J\x9d0;owned\x9c\x90x\x9c\x85\x9a",  # the one-byte forms
    "\x00\x07\x08\x0b\x0c\x0e\x0f\x11\x13\x1a\x7f",  # controls
    "\x1b]52;c;never ends \x1b[38;5",  # cut off
    "\u202egnp.exe\u202c\u2066x\u2069\u200f\u061c\u2028\u2029\ufeff",  # reorders and hides
    "[@click=app.quit]press[/] [/b] [red]r[/red] [link=https://evil.example]l[/link] \\[ [",  # our own markup
    "漢字かな交じり文🔥👩‍💻🇳🇱e\u0301\u0301",  # wide, joined, combining
    "x" * 10_000,
)
"""One kind of attack each."""
ALL: Final = " ".join(PIECES[:-1])
LOADS: Final = 5
"""How many tickets it takes to carry all of it."""


def load(place: int) -> str:
    """What one ticket says, between words by which it is found on the screen."""
    return f"begin-{place} {' then '.join(PIECES[place::LOADS])} end-{place}"


class Callable(Protocol):
    """A sandbox that does what its vendors' people are asked to."""

    def call(self, vendor: str, method: str, **arguments: Any) -> Any:
        """Have a vendor's people do something."""
        ...


def poison(box: Callable) -> None:
    """Have every vendor send all of it, in all it can say."""
    for place in range(LOADS):
        text = load(place)
        fields = {"category": text, "origin": text, "cis": text, "ensonoGroup": text, "group": text}
        number = box.call(
            "ensono",
            "create",
            shortDescription=text[:160],
            description=text,
            client_number=f"INC{place:04d}",
            contact={"contactName": text, "contactEmail": text},
            **fields,
        )
        box.call("ensono", "comment", number=number, body=text, commenter=text, email=text)
        box.call("ensono", "update", number=number, statusNextAction=text, closeNotes=text)
        box.call("ensono", "attach", number=number, name=text[:200], content="log")
    _poison_changes(box)
    _poison_queues(box)
    for place in range(0, LOADS, 2):
        _poison_lists(box, load(place))


def _poison_changes(box: Callable) -> None:
    box.call(
        "ensono",
        "create_change",
        shortDescription=f"change {ALL}",
        approvers=[[ALL, f"a{ALL}@client.example"]],
        client_number="CHG0001",
        justification=ALL,
        implementationPlan=ALL,
        backoutPlan=ALL,
    )


def _poison_queues(box: Callable) -> None:
    for place, piece in enumerate(PIECES[:-1]):
        body = {
            "transactionType": piece,
            "ticketNumber": f"e-CS{piece}{place}",
            "ticketType": piece,
            "status": piece,
            "priority": piece,
            "shortDescription": piece,
            "notes": [{"body": piece, "commenter": piece, "id": piece}],
        }
        box.call("ensono", "send_raw", body=body, group=f"e-CS{piece}{place}", transaction_type=piece)
        box.call(
            "ensono", "send_raw", body=f"{piece} no JSON at all", group=f"e-CS000{place}", transaction_type="Update"
        )
        box.call("kpn-connect", "send_raw", element={"transaction_id": piece, "action": piece, "ticket_type": piece})


def _poison_lists(box: Callable, text: str) -> None:
    number = box.call(
        "kpn-connect", "create", reference=text[:80], short_description=text, description=text, company=text, ci=text
    )
    box.call("kpn-connect", "comment", number=number, comment=text, user=text)
    box.call("kpn-connect", "attach", number=number, name=text[:200], content="log")
    box.call("kpn-connect", "change_state", number=number, state="On Hold", on_hold_reason=text)
    number = box.call("kpn-incident", "create", short_description=text, description=text, reference=text[:80], ci=text)
    box.call("kpn-incident", "change_state", number=number, state=text[:40], required_information=text)
    number = box.call("tangoe", "create", short_description=text, description=text, correlation_display=text)
    box.call("tangoe", "comment", number=number, comment=text, created_by=text)
