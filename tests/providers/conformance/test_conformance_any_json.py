"""Any JSON at all, as any answer, is read or refused in our own words; never another exception."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.answer import Answer
from providers.base import Operation
from providers.errors import (
    BadAnswer,
    NotAuthorised,
    NotFound,
    NotOffered,
    Rejected,
    Throttled,
    Unconfirmed,
    VendorError,
    WrongState,
)
from providers.http import HttpClient
from providers.model import Receipt
from providers.registry import KINDS
from tests.providers.conformance.answering import ask
from tests.providers.conformance.case import Case, Deed, Look
from tests.providers.conformance.cases import CASES, each_deed
from tests.providers.conformance.drive import model_of
from tests.providers.conformance.test_conformance_hostile import assert_sound, ways
from tests.support.still_clock import StillClock

URL = "http://127.0.0.1:1"
COMPLAINING = (NotAuthorised, NotFound, NotOffered, Rejected, Throttled, WrongState)
"""What an answer may say that has an error's form."""
TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
EXAMPLES = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
READING = [
    pytest.param(case, look, id=f"{case}-{look.operation}")
    for case in CASES
    for look in case.looks
    if look.answer is not None
]


def names_in(look: Look) -> list[str]:
    """The names that the vendor's own answers use, and those of errors."""
    answers = (look.answer, *look.others)
    found = {step for answer in answers for way in ways(answer) for step in way if isinstance(step, str)}
    return sorted(found | {"error", "message", "code", "Response", "fault", "statusCode"})


def json_with(names: list[str]) -> st.SearchStrategy[Any]:
    """Any JSON, much of it with a vendor's names."""
    return st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names) | TEXT, inner, max_size=5),
        max_leaves=12,
    )


def near(look: Look) -> st.SearchStrategy[Any]:
    """An answer of the vendor's with anything in some of its places."""
    answers = st.sampled_from([look.answer, *look.others])
    return answers.flatmap(
        lambda answer: st.dictionaries(
            st.sampled_from(list(ways(answer))), json_with(names_in(look)), min_size=1, max_size=4
        ).map(lambda places: altered(answer, places))
    )


def altered(answer: Any, places: dict[Any, Any]) -> Any:
    copied = json.loads(json.dumps(answer))
    for way, value in sorted(places.items(), key=lambda item: -len(item[0])):
        here = copied
        for step in way[:-1]:
            here = here[step]
        here[way[-1]] = value
    return copied


class Canned(HttpClient):
    """Answers every request with the same body, at once; behind a page of a list there is nothing."""

    body = b""
    status = 200

    async def request(self, *args: Any, params: Any = None, treatment: Any = "read", **more: Any) -> Answer:
        behind = params is not None and params.get("offset", "0") != "0"
        body = b'{"result": []}' if behind else self.body
        return Answer(self.name, 200 if behind else self.status, {}, body, (1, 0), treatment)


def connect(case: Case) -> tuple[Any, Canned]:
    """A connector that gets canned answers."""
    model = model_of(case, URL)
    http = Canned(model, StillClock())
    return import_module(f"{KINDS[case.kind]}.connector").Connector(model, StillClock(), http), http


def is_complaint(document: Any) -> bool:
    """Whether an answer has a form in which one of the vendors tells an error; Ensono's may be a text or several."""
    if isinstance(document, str) or (isinstance(document, list) and any(isinstance(item, str) for item in document)):
        return True
    text = json.dumps(document)
    return any(f'"{name}"' in text for name in ("error", "fault", "message", "Response", "response", "statusCode"))


@EXAMPLES
@given(data=st.data())
@pytest.mark.parametrize(("case", "look"), READING)
async def test_any_json_as_an_answer_to_a_read_gives_a_model_or_a_bad_answer(
    case: Case, look: Look, data: st.DataObject, tmp_path: Path
) -> None:
    provider, http = connect(case)
    document = data.draw(json_with(names_in(look)) | near(look))
    http.body = json.dumps(document).encode()
    http.status = data.draw(st.sampled_from([200, 200, 200, 201, 204, 400, 404, 500]))
    try:
        found = await ask(provider, case, look.operation, URL, tmp_path)
    except (BadAnswer, NotFound) as error:
        assert error.next_step
    except COMPLAINING as error:
        assert error.next_step
        assert http.status >= 400 or is_complaint(document)
    else:
        assert_sound(found)


@EXAMPLES
@given(data=st.data())
@each_deed
async def test_any_json_as_an_answer_to_a_write_confirms_it_or_leaves_it_unconfirmed(
    case: Case, deed: Deed, data: st.DataObject, tmp_path: Path
) -> None:
    if deed.operation is Operation.ATTACH and case.kind == "ensono":
        return  # its answer is a storage's, not JSON
    provider, http = connect(case)
    names = [
        "result",
        "number",
        "id",
        "status",
        "kpn_ticket_number",
        "ticket_number",
        "note",
        "ticketDetails",
        "results",
    ]
    names += ["sysId", "ticketNumber", "Response", "code", "body", "error", "message", "statusCode", "statusMessage"]
    document = data.draw(json_with(names))
    http.body = json.dumps(document).encode()
    try:
        receipt = await ask(provider, case, deed.operation, URL, tmp_path)
    except Unconfirmed as error:
        assert error.next_step
    except COMPLAINING as error:
        assert error.next_step
        assert is_complaint(document)
    else:
        assert isinstance(receipt, Receipt)
        assert receipt.number


@EXAMPLES
@given(data=st.data())
@pytest.mark.parametrize(("case", "look"), READING)
async def test_any_cut_of_an_answer_is_read_or_refused(
    case: Case, look: Look, data: st.DataObject, tmp_path: Path
) -> None:
    provider, http = connect(case)
    whole = json.dumps(look.answer).encode()
    http.body = whole[: data.draw(st.integers(0, len(whole) - 1))]
    noise: Callable[[bytes], bytes] = data.draw(
        st.sampled_from([lambda body: body, lambda body: body + b"\xff\x00", lambda body: body[::-1]])
    )
    http.body = noise(http.body)
    try:
        found = await ask(provider, case, look.operation, URL, tmp_path)
    except VendorError as error:
        assert isinstance(error, BadAnswer | NotFound)
    else:
        assert look.operation is Operation.QUEUE
        assert_sound(found)
