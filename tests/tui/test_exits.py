"""Exit codes: each error has one, and of several the documented first holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import errors
from tui import exits


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("ConfigFault", 78),
        ("SecretUnavailable", 78),
        ("SecretMissing", 78),
        ("StoreFault", 78),
        ("NotAuthorised", 77),
        ("Unconfirmed", 75),
        ("Unreachable", 69),
        ("TimedOut", 69),
        ("Throttled", 69),
        ("BadAnswer", 69),
        ("Rejected", 65),
        ("WrongState", 65),
        ("NotOffered", 65),
        ("TooLarge", 65),
        ("NotFound", 1),
        ("ZeroDivisionError", 69),
    ],
)
def test_the_code_of_each_error(kind: str, code: int) -> None:
    assert exits.code_of(kind) == code


def test_no_vendor_error_is_without_a_code() -> None:
    kinds = [item for item in vars(errors).values() if isinstance(item, type) and issubclass(item, errors.VendorError)]
    assert {kind.__name__ for kind in kinds} - {"VendorError"} <= set(exits.BY_ERROR)


@given(st.lists(st.sampled_from([0, 1, 65, 69, 75, 77, 78])))
def test_of_several_the_documented_first_holds(codes: list[int]) -> None:
    order = [78, 77, 75, 69, 65, 1]
    assert exits.worst(codes) == next((code for code in order if code in codes), 0)


def test_a_failure_is_told_with_its_next_step() -> None:
    error = errors.Rejected("ensono", "too long", field="description", vendor_words="limit 4000", next_step="Shorten.")
    failure = exits.from_vendor_error(error)
    assert failure.document() == {
        "type": "Rejected",
        "provider": "ensono",
        "message": "too long (limit 4000)",
        "field": "description",
        "next_step": "Shorten.",
    }
    assert failure.sentence() == "ensono: too long (limit 4000). Shorten."
