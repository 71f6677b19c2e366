"""The circuit breaker, as a state machine against time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from providers.breaker import CAP_SECONDS, FIRST_SECONDS, THRESHOLD, Breaker


def fail(breaker: Breaker, now: float) -> None:
    assert breaker.wait(now) == 0
    breaker.enter()
    breaker.failed(now)
    breaker.leave()


def opened(now: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(THRESHOLD):
        fail(breaker, now)
    return breaker


def test_it_opens_after_failures_in_a_row_alone() -> None:
    breaker = Breaker()
    for _ in range(10 * THRESHOLD):
        for _ in range(THRESHOLD - 1):
            fail(breaker, 0)
        breaker.enter()
        breaker.succeeded()
        breaker.leave()
    assert not breaker.is_open
    assert opened().wait(0) == FIRST_SECONDS


def test_one_probe_goes_out_when_its_time_is_over() -> None:
    breaker = opened()
    assert breaker.wait(FIRST_SECONDS - 0.1) > 0
    assert breaker.wait(FIRST_SECONDS) == 0
    breaker.enter()
    assert breaker.wait(FIRST_SECONDS) > 0


def test_a_good_probe_closes_it_and_forgets() -> None:
    breaker = opened()
    breaker.enter()
    breaker.succeeded()
    breaker.leave()
    assert not breaker.is_open
    fail(breaker, 0)
    assert breaker.wait(0) == 0


def test_a_probe_given_up_lets_another_go() -> None:
    breaker = opened()
    breaker.enter()
    breaker.leave()
    assert breaker.wait(FIRST_SECONDS) == 0


def test_what_left_before_it_opened_does_not_lengthen_its_pause() -> None:
    breaker = opened()
    breaker.failed(1.0)
    assert breaker.wait(FIRST_SECONDS) == 0


def test_pauses_double_up_to_a_cap() -> None:
    breaker, now, pauses = opened(), 0.0, []
    for _ in range(8):
        pauses.append(breaker.wait(now))
        now += pauses[-1]
        fail(breaker, now)
    assert pauses == [5, 10, 20, 40, 80, 120, 120, 120]


@given(st.lists(st.tuples(st.sampled_from(["ok", "fail", "give up"]), st.floats(0, 300)), max_size=60))
def test_it_never_gives_up(steps: list[tuple[str, float]]) -> None:
    breaker, now = Breaker(), 0.0
    for outcome, passed in steps:
        now += passed
        if breaker.wait(now) > 0:
            assert breaker.wait(now) <= CAP_SECONDS
            continue
        breaker.enter()
        if outcome == "ok":
            breaker.succeeded()
        elif outcome == "fail":
            breaker.failed(now)
        breaker.leave()
    assert breaker.wait(now + CAP_SECONDS) == 0
