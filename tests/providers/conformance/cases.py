"""The vendors, each in the configurations in which it offers different things."""

from __future__ import annotations

import pytest

from tests.providers.conformance import ensono, kpn_connect, kpn_incident, smartops, tangoe
from tests.providers.conformance.case import Case, Deed, Look

CASES = (
    kpn_connect.CASE,
    kpn_incident.CASE,
    tangoe.DOCUMENTED,
    tangoe.WITH_COMMENTS,
    smartops.CASE,
    ensono.PROD,
    ensono.DEV,
)

each_case = pytest.mark.parametrize("case", CASES, ids=str)


def deeds() -> list[tuple[Case, Deed]]:
    """Every write of every vendor."""
    return [(case, deed) for case in CASES for deed in case.deeds]


def looks() -> list[tuple[Case, Look]]:
    """Every read of every vendor."""
    return [(case, look) for case in CASES for look in case.looks]


each_deed = pytest.mark.parametrize(
    ("case", "deed"), [pytest.param(case, deed, id=f"{case}-{deed.operation}") for case, deed in deeds()]
)
each_look = pytest.mark.parametrize(
    ("case", "look"), [pytest.param(case, look, id=f"{case}-{look.operation}") for case, look in looks()]
)
each_complaint = pytest.mark.parametrize(
    ("case", "complaint"),
    [
        pytest.param(case, complaint, id=f"{case}-{complaint.during}-{complaint.status}-{number}")
        for case in CASES
        for number, complaint in enumerate(case.complaints)
    ],
)
