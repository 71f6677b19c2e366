"""The guide's Common Error Responses, and what else an answer may be."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.answer import Answer, Treatment
from providers.ensono import answers
from providers.errors import BadAnswer, NotAuthorised, NotFound, Rejected, Unconfirmed, VendorError, WrongState

HANDLE = "AQEBexample"


def answer(document: Any, status: int = 200, treatment: Treatment = "write") -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Answer("ensono", status, {}, body, (0, 0), treatment)


DOCUMENTED: list[tuple[Any, type[VendorError], str, str]] = [
    ({"message": "Missing Authentication Token"}, Rejected, "missing_authentication_token", "environment"),
    ({"message": "Forbidden"}, NotAuthorised, "forbidden", "api_key"),
    ({"Response": "Bad Path"}, Rejected, "bad_path", "number"),
    ({"Response": "APIKey not authorized for ticket company"}, NotAuthorised, "key_of_another_company", "number"),
    ({"Response": "Unable to find mapping for ClientName"}, Rejected, "unknown_client_name", "client_name"),
    (
        {"Response": ["assignment_group sys_id or name not found.", "This ticket cannot be created."]},
        Rejected,
        "unknown_group",
        "default_group",
    ),
    ({"Response": ["assigment_group sys_id or name not found."]}, Rejected, "unknown_group", "default_group"),
    (
        {
            "Error": {
                "Code": "InvalidParameterValue",
                "Message": f"Value {HANDLE} for parameter ReceiptHandle is invalid. "
                "Reason: The receipt handle has expired.",
                "Type": "Sender",
            },
            "RequestId": "1",
        },
        NotFound,
        "receipt_handle",
        "again",
    ),
    (
        {
            "Error": {
                "Code": "ReceiptHandleIsInvalid",
                "Message": f'The input receipt handle "{HANDLE}" is not a valid receipt handle.',
                "Type": "Sender",
            },
            "RequestId": "2",
        },
        NotFound,
        "receipt_handle",
        "again",
    ),
]


@pytest.mark.parametrize("status", [200, 400, 403, 500])
@pytest.mark.parametrize(("document", "kind", "code", "step"), DOCUMENTED)
def test_each_documented_error_has_its_type_meaning_and_next_step(
    document: Any, kind: type[VendorError], code: str, step: str, status: int
) -> None:
    for judge in (answers.confirmed, answers.page_of):
        with pytest.raises(VendorError) as caught:
            judge(answer(document, status))
        assert type(caught.value) is kind
        assert caught.value.code == code
        assert caught.value.vendor_words
        assert step in caught.value.next_step


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize(
    "document",
    [
        {"Response": "Update Successful"},
        {"Response": "Ticket Closed Successfully"},
        {"Response": " Rejection Received Successfully"},
        {"response": "PTN added"},
        {"Response": {"code": 200, "body": "https://files.example/x"}},
        {"Response": {}},
        {"Response": None},
        {},
        "Comments added",
    ],
)
def test_any_2xx_whose_body_is_no_error_is_success(document: Any, status: int) -> None:
    answers.confirmed(answer(document, status))


@pytest.mark.parametrize(
    ("document", "status", "kind"),
    [
        ({"Response": ["Mandatory fields are missing."]}, 200, Rejected),
        (["Something is wrong"], 200, Rejected),
        ({"Response": {"code": 400, "body": "Invalid file name"}}, 200, Rejected),
        ({"Response": {"code": "404", "body": "no such ticket"}}, 200, NotFound),
        ({"Response": "Unable to comply"}, 200, Rejected),
        ({"Response": ["Ticket e-CS1 not found."]}, 400, NotFound),
        ({"Response": ["Ticket is closed.", "This ticket cannot be updated."]}, 400, WrongState),
        ({"anything": "else"}, 404, NotFound),
        ({"anything": "else"}, 409, WrongState),
        ({"message": "Explicit deny"}, 403, NotAuthorised),
        ({"anything": "else"}, 422, Rejected),
    ],
)
def test_a_refusal_that_the_guide_does_not_list_is_told_in_its_words(
    document: Any, status: int, kind: type[VendorError]
) -> None:
    with pytest.raises(VendorError) as caught:
        answers.confirmed(answer(document, status))
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"message": "Internal server error"}, 500),
        ({"message": "Internal server error"}, 200),
        ({"message": "Endpoint request timed out"}, 504),
        ({"errorMessage": "Task timed out after 30.00 seconds"}, 200),
        ({"Response": {"code": 500, "body": "upstream"}}, 200),
        ({"Response": "Update Successful"}, 502),
        (b"<html><title>Sign in</title></html>", 200),
        (b'{"Response": "Upda', 200),
        (b"", 200),
    ],
)
def test_a_write_without_an_answer_of_ensonos_is_unconfirmed(document: Any, status: int) -> None:
    with pytest.raises(Unconfirmed):
        answers.confirmed(answer(document, status))


def test_a_page_instead_of_a_refusal_is_no_answer_of_ensonos() -> None:
    with pytest.raises(BadAnswer):
        answers.confirmed(answer(b"<html>blocked</html>", 403))


@pytest.mark.parametrize("status", [200, 500])
def test_a_read_without_an_answer_of_ensonos_is_a_bad_answer(status: int) -> None:
    for document in (b"<html></html>", b"", b'{"Resp', {"message": "Internal server error"}):
        if document != {"message": "Internal server error"} or status == 500:
            with pytest.raises(BadAnswer):
                answers.page_of(answer(document, status, "read"))


@pytest.mark.parametrize("number", ["e-CS0204070", "E-CS0204070", "e-INC0010299", " e-CS0204070 "])
def test_a_ticket_number_is_the_success_of_a_create(number: str) -> None:
    assert answers.created_number(answer({"Response": number})) == number.strip()


@pytest.mark.parametrize("words", ["Ticket created", "", "CS", "0204070", "e-CS0204070 maybe", None, {"a": 1}])
def test_a_create_answered_without_a_number_is_unconfirmed(words: object) -> None:
    with pytest.raises(Unconfirmed):
        answers.created_number(answer({"Response": words}))


def test_an_expired_link_is_recognised() -> None:
    xml = (
        b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message>'
        b"<X-Amz-Expires>120</X-Amz-Expires></Error>"
    )
    expired = answer(xml, 403)
    assert answers.has_expired(expired)
    assert answers.storage_error(expired) == ("AccessDenied", "Request has expired")
    assert not answers.has_expired(answer(xml.replace(b"Request has expired", b"Access Denied"), 403))
    assert answers.storage_error(answer(b"oops", 403)) == ("", "")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
shapes = json_values | st.dictionaries(
    st.sampled_from(["Response", "response", "Error", "message", "errorMessage"]),
    json_values | st.dictionaries(st.sampled_from(["code", "body", "Code", "Message"]), json_values),
)


@given(shapes, st.sampled_from([200, 202, 400, 403, 404, 500]))
def test_any_json_is_success_or_one_of_our_errors(document: Any, status: int) -> None:
    for judge in (answers.confirmed, answers.page_of, answers.created_number):
        for treatment in ("read", "write"):
            try:
                judge(answer(document, status, treatment))
            except VendorError as error:
                assert "\x1b" not in str(error)


@given(st.binary(), st.sampled_from([200, 403, 500]))
def test_any_bytes_are_success_or_one_of_our_errors(body: bytes, status: int) -> None:
    for judge in (answers.confirmed, answers.page_of):
        with contextlib.suppress(VendorError):
            judge(answer(body, status))
    answers.storage_error(answer(body, status))
