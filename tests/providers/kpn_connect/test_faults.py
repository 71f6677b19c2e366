"""KPN Connect's errors: by code and words together, each with its meaning and a next step."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.answer import Answer, Treatment
from providers.errors import (
    BadAnswer,
    NotAuthorised,
    NotFound,
    NotOffered,
    Rejected,
    TooLarge,
    Unconfirmed,
    VendorError,
    WrongState,
)
from providers.kpn_connect.faults import MEANINGS, fault_in


def fault(document: Any, status: int = 400, treatment: Treatment = "write") -> VendorError | None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    answer = Answer("kpn", status, {}, body, (0, 0), treatment)
    return fault_in(answer, None if isinstance(document, bytes) else document)


def coded(code: object, message: str = "words of KPN's", status: int = 400) -> VendorError:
    error = fault({"error": {"code": code, "message": message}}, status)
    assert error is not None
    return error


@pytest.mark.parametrize(
    ("code", "kind", "field"),
    [
        ("1000", Rejected, ""),
        ("1010", Rejected, "service"),
        ("1040", NotOffered, ""),
        ("1050", NotFound, "message_id"),
        ("1100", Rejected, "order_items"),
        ("1110", Rejected, "service"),
        ("1190", Rejected, ""),
        ("2000", NotFound, ""),
        ("3000", Rejected, "customer_reference_number"),
        ("6010", NotFound, ""),
        ("6050", Rejected, ""),
        ("9000", Rejected, ""),
    ],
)
def test_each_documented_code_has_its_error_and_next_step(code: str, kind: type[VendorError], field: str) -> None:
    error = coded(code)
    assert type(error) is kind
    assert (error.code, error.field, error.vendor_words) == (code, field, "words of KPN's")
    assert error.message
    assert error.next_step


def test_no_documented_code_is_forgotten() -> None:
    documented = {"1000", "1010", "1040", "1050", "1100", "1110", "1190", "3000", "6010", "6050", "9000"}
    assert set(MEANINGS) == documented


def test_same_code_with_other_words_is_another_error() -> None:
    assert isinstance(coded("2000", "Update failed. Ticket is already closed."), WrongState)
    assert isinstance(coded("2000", "No valid ticket found"), NotFound)


def test_only_6050_invites_a_plain_resend() -> None:
    assert "as it is" in coded("6050").next_step
    assert not [code for code in MEANINGS if code != "6050" and "as it is" in MEANINGS[code].next_step]


def test_number_that_is_not_offered_says_so() -> None:
    assert "not offered" in coded("1040").message


def test_code_may_be_a_number() -> None:
    assert coded(3000).code == "3000"


def test_error_with_http_200_is_an_error_all_the_same() -> None:
    assert isinstance(fault({"error": {"code": "1010", "message": "x"}}, 200), Rejected)


@pytest.mark.parametrize("document", [{"note": "fine"}, [], {"result": []}, {"error": None}, {"error": ""}, b"<html>"])
def test_success_without_an_error_is_no_fault(document: Any) -> None:
    assert fault(document, 200) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected),
        (401, NotAuthorised),
        (403, NotAuthorised),
        (404, NotFound),
        (405, BadAnswer),
        (412, WrongState),
        (413, TooLarge),
        (422, Rejected),
    ],
)
@pytest.mark.parametrize(
    "document",
    [
        b"<html><title>Denied</title></html>",
        {"fault": {"faultstring": "Denied", "detail": {"errorcode": "x"}}},
        {"error": {"code": "7777", "message": "Denied"}},
        {"error": "Denied"},
        {"error": {"message": "Denied", "detail": None}, "status": "failure"},
    ],
)
def test_without_a_known_code_the_status_decides(status: int, kind: type[VendorError], document: Any) -> None:
    error = fault(document, status)
    assert type(error) is kind
    assert error.vendor_words == "Denied"
    assert error.next_step


def test_too_large_a_message_is_too_large_whatever_its_code() -> None:
    assert isinstance(coded("9000", "Message exceeds the maximum", 413), TooLarge)


@pytest.mark.parametrize("status", [408, 500])
def test_doubtful_write_is_unconfirmed_and_read_is_a_bad_answer(status: int) -> None:
    kind = Unconfirmed if status == 500 else BadAnswer
    assert type(fault({"message": "Internal"}, status)) is kind
    assert type(fault({"message": "Internal"}, status, "read")) is BadAnswer


def test_words_of_kpns_are_made_safe() -> None:
    assert coded("9000", "\x1b[31mred\nline").vendor_words == "red line"
