"""How many reads of a queue are under way: many while it is full, few while it is locked, one at the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.desk.flow import HIGHEST_PRICE, PRICE, Flow


def burst(flow: Flow, reading: int = 0, working: int = 1) -> int:
    """How many reads may leave now."""
    count = 0
    while flow.may_read(reading + count, working):
        count += 1
    return count


def test_full_answers_double_the_reads_up_to_the_most() -> None:
    flow = Flow(8)
    sizes = [burst(flow, working=0)]
    for _ in range(4):
        for _ in range(sizes[-1]):
            assert not flow.answered(10)
        sizes.append(burst(flow))
    assert sizes == [1, 2, 4, 8, 8]


def locked() -> Flow:
    """A flow whose queue is locked behind releases."""
    flow = Flow(8)
    burst(flow, working=0)
    flow.answered(10)
    burst(flow)
    flow.answered(10)
    flow.answered(3)
    return flow


def test_a_locked_queue_is_read_once_for_ten_releases() -> None:
    flow = locked()
    assert burst(flow) == 0
    assert not flow.released(PRICE - 1)
    assert burst(flow) == 0
    assert flow.released(1)
    assert burst(flow) == 1


def test_reads_that_find_nothing_become_dearer_and_full_ones_cheap_again() -> None:
    flow = locked()
    price = PRICE
    for _ in range(10):
        flow.answered(0)
        price = min(2 * price, HIGHEST_PRICE)
        flow.released(price - 1)
        assert burst(flow) == 0
        flow.released(1)
        assert burst(flow) == 1
    flow.answered(10)
    flow.released(PRICE)
    assert burst(flow) == 1


def test_the_end_is_an_empty_answer_when_nothing_else_is_under_way() -> None:
    flow = locked()
    assert not flow.answered(0)
    assert burst(flow, working=0) == 1
    assert flow.answered(0)


def test_what_was_locked_is_read_on_when_the_last_word_brings_more() -> None:
    flow = locked()
    burst(flow, working=0)
    assert not flow.answered(4)
    assert burst(flow, working=0) == 1
    assert flow.answered(0)


def test_one_at_a_time_waits_for_everything_before() -> None:
    flow = Flow(1)
    assert burst(flow, working=0) == 1
    assert not flow.answered(10)
    flow.released(100)
    assert burst(flow, working=1) == 0
    assert burst(flow, working=0) == 1
    assert flow.answered(0)


@pytest.mark.parametrize("most", [1, 2, 8])
@given(st.lists(st.integers(0, 10), max_size=60), st.data())
def test_it_always_ends_and_never_exceeds_the_most(most: int, queue: list[int], data: st.DataObject) -> None:
    flow, reading, working, reads = Flow(most), 0, 0, 0
    left = list(queue)
    while True:
        while flow.may_read(reading, working):
            reading, reads = reading + 1, reads + 1
        assert 0 <= reading <= most
        if reading and (not working or data.draw(st.booleans())):
            reading -= 1
            count = left.pop() if left else 0
            working += 1 if count else 0
            if flow.answered(count) and not (reading or working):
                break
        else:
            working -= 1
            flow.released(data.draw(st.integers(0, 10)))
        assert reads <= 20 * (len(queue) + 10)
