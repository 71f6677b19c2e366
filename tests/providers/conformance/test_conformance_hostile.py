"""Whatever stands in a vendor's field, it is read, it is safe to show, and it can be kept."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from providers.base import Operation
from providers.codec import from_document, to_document
from providers.errors import BadAnswer, NotFound, Rejected, VendorError
from providers.model import Batch, Message, Snapshot, Ticket
from providers.sandbox import Sandbox
from tests.providers.conformance.answering import answering, ask
from tests.providers.conformance.case import Case, Deed, Look
from tests.providers.conformance.case import Path as Way
from tests.providers.conformance.cases import CASES
from tests.providers.conformance.drive import committed, connected, send
from tests.support.still_clock import StillClock

ABSENT = object()
HOSTILE: Mapping[str, object] = {
    "closing markup": "[/b]",
    "a link action": "[@click=app.quit]x[/]",
    "escape": "\x1b[2J\x1b[31mred",
    "C1": "\x9b31mred\x85\x90",
    "OSC 52": "\x1b]52;c;aGVsbG8=\x07",
    "bidi": "abc\u202egnp.exe\u2066\u200f",
    "CJK": "\u56de\u7dda\u304c\u843d\u3061\u307e\u3057\u305f",
    "10,000 characters": "long " * 2000,
    "lone surrogates": "\ud800x\udfff",
    "NUL and noncharacters": "a\x00b\ufffe\uffff\U000e0041",
    "null": None,
    "empty": "",
    "spaces": "  \t\n ",
    "absent": ABSENT,
    "number": 42,
    "negative": -5,
    "fraction": 1e308,
    "endless": float("inf"),
    "no number": float("nan"),
    "a great number": 10**300,
    "true": True,
    "list": ["[/b]", None],
    "object": {"value": "\x1b[31m"},
}
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
READING = [
    pytest.param(case, look, id=f"{case}-{look.operation}")
    for case in CASES
    for look in case.looks
    if look.answer is not None
]
TALKING = [
    pytest.param(case, deed, id=f"{case}-{deed.operation}") for case in CASES for deed in case.deeds if deed.text
]


def ways(document: Any, way: Way = ()) -> Iterator[Way]:
    """The way to each value inside a document, objects and lists included."""
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for step, value in inside:
        yield (*way, step)
        yield from ways(value, (*way, step))


def changed(document: Any, way: Way, value: object) -> Any:
    """A copy of a document with another value at one place, or without that place."""
    copied = copy.deepcopy(document)
    here = copied
    for step in way[:-1]:
        here = here[step]
    if value is ABSENT:
        del here[way[-1]]
    else:
        here[way[-1]] = value
    return copied


def texts(value: Any) -> Iterator[str]:
    """Every text inside a record's document, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            # What came is kept whole, and links and handles go back to the vendor as they came; none of them is shown.
            if name not in ("raw", "url", "handle"):
                yield name
                yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def drives_a_terminal(text: str) -> bool:
    return any((unicodedata.category(each) in ("Cc", "Cs") and each not in "\n\t") or each in BIDI for each in text)


def assert_sound(found: Any) -> None:
    """What was read goes through the store's JSON and back, and nothing of it can drive a terminal."""
    records = (
        [found] if isinstance(found, Snapshot | Message) else found.messages if isinstance(found, Batch) else found
    )
    for record in records:
        document = to_document(record)
        kept = json.loads(json.dumps(document, allow_nan=False, ensure_ascii=False).encode())
        assert to_document(from_document(type(record), kept)) == document
        assert not [text for text in texts(document) if drives_a_terminal(text)]


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(("case", "look"), READING)
async def test_any_field_may_hold_anything(case: Case, look: Look, value: object, tmp_path: Path) -> None:
    read = 0
    async with answering() as (vendor, url), connected(case, url, StillClock()) as provider:
        for answer in (look.answer, *look.others):
            for way in ways(answer):
                vendor.says(changed(answer, way, value))
                try:
                    assert_sound(await ask(provider, case, look.operation, url, tmp_path))
                    read += 1
                except (BadAnswer, NotFound) as error:
                    assert error.next_step
                except Rejected as error:
                    # Ensono's answer that is a list is an error.
                    assert (case.kind, way, type(value)) == ("ensono", ("Response",), list)
                    assert error.next_step
    assert read


@pytest.mark.parametrize("name", [name for name, value in HOSTILE.items() if isinstance(value, str)])
@pytest.mark.parametrize(("case", "deed"), TALKING)
async def test_any_text_is_sent_whole_or_refused_before_it_is_sent(
    case: Case, deed: Deed, name: str, box: Sandbox, tmp_path: Path
) -> None:
    words = str(HOSTILE[name])
    async with connected(case, box.url, box.clock) as provider:
        try:
            await send(provider, case, box, deed, tmp_path, **{deed.text: words})
        except Rejected as refused:
            assert refused.next_step
            assert refused.field or not words.strip()
            assert not [seen for seen in box.requests if seen.method != "GET" and "token" not in seen.path]
            return
    assert committed(box, case)
    sent = json.dumps([dict(entry.body) for entry in box.ledger], ensure_ascii=False)
    assert json.dumps(words, ensure_ascii=False)[1:-1] in sent or not words.strip()


@pytest.mark.parametrize("number", ["..", ".", "", "a/../b", "a b?c#d%2F", "[/b]", "\x1b[31m", "\u56de", "\ud800"])
@pytest.mark.parametrize("case", [case for case in CASES if case.deeds and case.looks], ids=str)
async def test_a_number_names_a_ticket_and_no_other_place(
    case: Case, number: str, box: Sandbox, tmp_path: Path
) -> None:
    async with connected(case, box.url, box.clock) as provider:
        for deed in case.deeds:
            if deed.operation in (Operation.CREATE, Operation.ATTACH):
                continue
            known = deed.arrange(box)
            assert known.ticket is not None
            ticket = Ticket(
                provider=case.kind,
                number=number,
                client_number="OUR-1",
                type=known.ticket.type,
                state=known.ticket.state,
                approvals=known.ticket.approvals,
            )
            moved = type(known)(ticket=ticket, values=known.values)
            await fails(send(provider, case, box, named(deed, moved), tmp_path))
        if Operation.DETAIL in case.offered:
            await fails(provider.detail(number))
    assert committed(box, case) == []


def named(deed: Deed, arranged: Any) -> Deed:
    """The deed, about another ticket."""
    return replace(deed, arrange=lambda box: arranged)


async def fails(work: Any) -> None:
    with pytest.raises(VendorError) as told:
        await work
    assert told.value.next_step
