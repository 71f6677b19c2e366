"""Reading a journal: its frames in order, what of it is damaged or torn, and what a frame changes. Pure over `read`."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.desk.index import SIGNATURE
from tui.desk.store.frames import (
    CHECKSUM,
    JOURNAL,
    Damage,
    Frame,
    Read,
    decode_json,
    decode_records,
    frame_at,
    is_spoilt,
    next_frame,
    pack_place,
    signature_of,
)
from tui.desk.store.memory import Delta, Entry, summary_of


@dataclass(slots=True)
class Found:
    """What lies between two offsets of a file.

    `end` is the byte after the last whole frame. `torn` is true where bytes follow it that are no frame: a write
    that had not ended, or, where it is `spoilt`, one that had been whole. `damaged` are stretches (from, to) with
    whole frames after them: bytes that were lost.
    """

    frames: list[Frame] = field(default_factory=list)
    end: int = 0
    torn: bool = False
    spoilt: bool = False
    damaged: list[tuple[int, int]] = field(default_factory=list)


def frames_between(read: Read, start: int, end: int, generation: int, sequence: int | None = None) -> Found:
    """All whole frames from `start` on. With `sequence`, the last one known, each must follow the one before it.

    A gap in the sequence is damage too: a commit is missing there.
    """
    found = Found(end=start)
    while found.end < end:
        at = found.end
        try:
            frame: Frame | None = frame_at(read, at, end, generation)
        except Damage:
            frame = next_frame(read, at + 1, end, generation)
            if frame is None:
                found.torn = True
                found.spoilt = is_spoilt(read, at, end, generation, sequence)
                return found
            found.damaged.append((at, frame.offset))
        assert frame is not None
        if sequence is not None:
            if frame.sequence != sequence + 1 and (not found.damaged or found.damaged[-1][1] != frame.offset):
                found.damaged.append((at, at))
            sequence = frame.sequence
        found.frames.append(frame)
        found.end = frame.end
    return found


def delta_of(frame: Frame, segment: int = JOURNAL) -> Delta:
    """What a frame changes, with places in its file. Damage where its payload is none of ours."""
    delta = Delta()
    known = signature_of(frame.payload) == SIGNATURE
    for record in decode_records(frame.payload):
        if record.sealed is None:
            delta.put(record.table, record.key, None)
            continue
        document = record.sealed[CHECKSUM.size :]
        place = pack_place(segment, frame.payload_offset + record.offset, len(document))
        if not known or not record.summary:
            summary = summary_of(record.table, decode_json(document))
        else:
            summary = tuple(decode_json(record.summary))
        delta.put(record.table, record.key, Entry(summary, place=place))
    return delta
