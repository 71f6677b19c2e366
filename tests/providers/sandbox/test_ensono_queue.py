"""The FIFO queue, against moto's SQS and against the guide's own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.sqs import models as moto_sqs

from providers.sandbox.ensono_queue import FifoQueue, HandleExpired, HandleUnknown, Queued
from providers.sandbox.ids import Ids

GROUPS = ("e-CS1", "e-CS2", "e-CHG3")
RECEIVES = 2


@dataclass
class Time:
    """Milliseconds that a test moves."""

    now: int = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


def make_queue() -> tuple[FifoQueue, Time]:
    time = Time()
    return FifoQueue(time, Ids(1)), time


def send(queue: FifoQueue, group: str, body: str) -> Queued:
    return queue.send(group, "Update", body, False)


@dataclass
class Pair:
    """Our queue and moto's, fed the same. `given` are the handles of what both handed out."""

    backend: Any
    ours: FifoQueue
    time: Time
    given: list[tuple[str, str]] = field(default_factory=list)

    def purge_stale(self) -> None:
        """moto keeps messages that are visible again among the pending ones, and then gives a later one first."""
        queue = self.backend.get_queue("q.fifo")
        queue._pending_messages = {message for message in queue._pending_messages if not message.visible}

    def receive(self, count: int) -> None:
        self.purge_stale()
        theirs = self.backend.receive_message("q.fifo", count, 0, 30)
        ours = self.ours.receive(count)
        assert [message.body for message in ours] == [message.body for message in theirs]
        assert [message.receives for message in ours] == [message.approximate_receive_count for message in theirs]
        self.given += [(mine.handle, other.receipt_handle) for mine, other in zip(ours, theirs, strict=True)]

    def delete(self, place: int) -> None:
        """moto lets a dead handle delete; SQS doesn't for a FIFO queue, and nor does the guide."""
        if not self.given:
            return
        mine, other = self.given[place % len(self.given)]
        try:
            self.ours.delete(mine)
        except HandleExpired:
            return
        self.backend.delete_message("q.fifo", other)


OPERATIONS = st.one_of(
    st.tuples(st.just("send"), st.sampled_from(GROUPS)),
    st.tuples(st.just("receive"), st.integers(1, 10)),
    st.tuples(st.just("delete"), st.integers(0, 200)),
    st.tuples(st.just("wait"), st.sampled_from((1_001, 30_013, 30_013))),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(OPERATIONS, min_size=12, max_size=60))
def test_queue_hands_out_what_sqs_hands_out(operations: list[tuple[str, Any]]) -> None:
    time = Time()
    with (
        patch.object(moto_sqs, "unix_time_millis", lambda: float(time.now)),
        patch.object(moto_sqs, "unix_time", lambda: time.now / 1000),
    ):
        backend = moto_sqs.SQSBackend("us-east-2", "123456789012")
        backend.create_queue("failed.fifo", FifoQueue="true")
        pair = Pair(backend, FifoQueue(time, Ids(1)), time)
        pair.ours.max_receives = RECEIVES
        failed = backend.get_queue("failed.fifo")
        backend.create_queue("q.fifo", FifoQueue="true", VisibilityTimeout="30")
        queue = backend.get_queue("q.fifo")
        queue.redrive_policy = {"maxReceiveCount": RECEIVES}
        queue.dead_letter_queue = failed
        start = [("send", group) for group in (*GROUPS, GROUPS[0])]
        for place, (operation, argument) in enumerate(start + operations):
            time.now += 1
            if operation == "send":
                send(pair.ours, argument, f"body {place}")
                backend.send_message("q.fifo", f"body {place}", deduplication_id=str(place), group_id=argument)
            elif operation == "receive":
                pair.receive(argument)
            elif operation == "delete":
                pair.delete(argument)
            else:
                time.now += argument
        assert [message.body for message in pair.ours.failed] == [message.body for message in failed._messages]
        assert [message.body for message in pair.ours] == [message.body for message in queue._messages]


def test_later_message_of_a_group_waits_for_the_earlier_one() -> None:
    queue, _ = make_queue()
    send(queue, "e-CS1", "first")
    (first,) = queue.receive()
    send(queue, "e-CS1", "second")
    send(queue, "e-CS2", "other")
    assert [message.body for message in queue.receive()] == ["other"]
    queue.delete(first.handle)
    assert [message.body for message in queue.receive()] == ["second"]


def test_message_is_invisible_for_thirty_seconds() -> None:
    queue, time = make_queue()
    send(queue, "e-CS1", "first")
    assert len(queue.receive()) == 1
    time.now += 29_999
    assert queue.receive() == []
    assert len(queue.in_flight()) == 1
    time.now += 1
    assert [message.receives for message in queue.receive()] == [2]


def test_handle_changes_with_each_receive_and_the_old_one_is_dead() -> None:
    queue, time = make_queue()
    send(queue, "e-CS1", "first")
    old = queue.receive()[0].handle
    time.now += 30_000
    with pytest.raises(HandleExpired):
        queue.delete(old)
    new = queue.receive()[0].handle
    assert new != old
    with pytest.raises(HandleExpired):
        queue.delete(old)
    assert queue.delete(new) is not None


def test_handles_need_encoding() -> None:
    queue, _ = make_queue()
    for place in range(20):
        send(queue, f"e-CS{place}", "x")
    for message in queue.receive() + queue.receive():
        assert set("+/=") <= set(message.handle)


def test_deleting_twice_with_a_live_handle_is_no_error() -> None:
    queue, _ = make_queue()
    send(queue, "e-CS1", "first")
    handle = queue.receive()[0].handle
    assert queue.delete(handle) is not None
    assert queue.delete(handle) is None


def test_made_up_handle_is_unknown() -> None:
    queue, _ = make_queue()
    with pytest.raises(HandleUnknown):
        queue.delete("AQEBnothing")


def test_twentieth_read_is_the_last() -> None:
    queue, time = make_queue()
    send(queue, "e-CS1", "poison")
    send(queue, "e-CS1", "next")
    for count in range(1, 21):
        assert queue.receive(1)[0].receives == count
        time.now += 30_000
    assert [message.body for message in queue.receive()] == ["next"]
    assert [message.body for message in queue.failed] == ["poison"]


def test_message_is_gone_after_four_days() -> None:
    queue, time = make_queue()
    send(queue, "e-CS1", "old")
    time.now += 4 * 24 * 3600 * 1000 - 1
    assert len(queue.receive()) == 1
    time.now += 1
    assert queue.receive() == []
    assert [message.body for message in queue.expired] == ["old"]


def test_one_read_gives_ten_messages_at_most() -> None:
    queue, _ = make_queue()
    for place in range(25):
        send(queue, f"e-CS{place}", str(place))
    assert [len(queue.receive()) for _ in range(4)] == [10, 10, 5, 0]


def test_deleted_message_can_come_back_under_its_id_and_in_its_place() -> None:
    queue, _ = make_queue()
    first = send(queue, "e-CS1", "first")
    send(queue, "e-CS1", "second")
    queue.delete(queue.receive(1)[0].handle)
    queue.redeliver(first.message_id)
    again = queue.receive()
    assert [message.body for message in again] == ["first", "second"]
    assert again[0].message_id == first.message_id
    assert again[0].receives == 2


def test_sequence_numbers_exceed_sixty_four_bits_and_rise() -> None:
    queue, _ = make_queue()
    numbers = [send(queue, "e-CS1", str(place)).sequence for place in range(5)]
    assert numbers == sorted(set(numbers))
    assert numbers[0] > 2**64
