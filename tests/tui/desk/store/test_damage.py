"""Bytes that changed, files that went missing: what can be read is shown, the rest is told, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from tests.support.files import Disk
from tests.tui.desk.store.driving import Model, commit, compact, contents, follow, open_engine
from tui.desk.ports import StoreFault
from tui.desk.store.engine import Engine
from tui.desk.store.frames import CHECKSUM, FRAME, RECORD, encode_frame

BODY = "All that is known of this ticket. " * 4


def document(number: int) -> dict[str, object]:
    return {"number": f"INC{number}", "state": "open", "body": BODY + str(number)}


def stored(*, snapshot: int = 5, journal: int = 5) -> tuple[Disk, Model]:
    """A store of so many documents in its snapshot, and so many commits after it."""
    disk = Disk()
    engine = open_engine(disk.folder())
    model: Model = {}
    for number in range(snapshot + journal):
        if snapshot and number == snapshot:
            compact(engine)
        model["tickets", f"k{number}"] = document(number)
        commit(engine, {("tickets", f"k{number}"): document(number)})
    if snapshot and not journal:
        compact(engine)
    engine.close()
    return disk, model


def readable(engine: Engine) -> tuple[Model, int]:
    """What can be read, and how many documents say that they cannot."""
    found: Model = {}
    refused = 0
    for table, places in engine.image.memory.places.items():
        for key in places:
            try:
                got = engine.get(table, key)
                assert got is not None
                found[table, key] = got
            except StoreFault:
                refused += 1
    return found, refused


def spoil(disk: Disk, name: str, at: int) -> None:
    node = disk.names[name]
    node.data[at] ^= 0x55
    node.durable = bytes(node.data)


@pytest.mark.parametrize("name", ["snapshot", "journal-2"])
def test_no_changed_byte_passes_for_what_was_written(name: str) -> None:
    disk, model = stored()
    for at in range(len(disk.names[name].data)):
        disk, whole = copied(disk), disk
        spoil(disk, name, at)
        engine = open_engine(disk.folder())
        found, refused = readable(engine)
        assert set(found) <= set(model)
        assert all(found[key] == model[key] for key in found)
        missing = len(model) - len(found)
        if missing:
            assert refused or engine.condition.sentence or engine.condition.alarms
            if refused:
                assert "damaged" in engine.condition.sentence
        disk = whole


def copied(disk: Disk) -> Disk:
    """A disk of its own with the same store on it."""
    copy = Disk()
    for name in ("snapshot", "journal-2", "lock"):
        copy.names[name] = copy.new_node()
        copy.names[name].data = bytearray(disk.names[name].data)
        copy.names[name].durable = bytes(disk.names[name].data)
    copy.sync_names()
    return copy


def frames_in(disk: Disk, name: str) -> list[int]:
    """Where frames begin, the header's first."""
    data = bytes(disk.names[name].data)
    return [at for at in range(len(data)) if data.startswith(b"\xf7vqf", at)]


def test_damage_in_the_middle_of_the_journal_is_kept_aside_told_and_read_only() -> None:
    disk, model = stored()
    second = frames_in(disk, "journal-2")[2]
    spoil(disk, "journal-2", second + FRAME.size + 10)
    before = bytes(disk.names["journal-2"].data)
    engine = open_engine(disk.folder())
    sentence = engine.condition.sentence
    assert "read-only" in sentence
    assert "journal-2" in sentence
    assert "vendorq store check" in sentence
    del model["tickets", "k6"]
    assert contents(engine) == model, "commits after the damaged one are there"
    kept = [name for name in disk.names if name.startswith("damaged-")]
    assert len(kept) == 1
    assert bytes(disk.names[kept[0]].data) == before[second : frames_in(disk, "journal-2")[3]]
    with pytest.raises(StoreFault, match="read-only"):
        commit(engine, {("tickets", "new"): {}})
    assert bytes(disk.names["journal-2"].data) == before
    again = open_engine(disk.folder())
    assert again.condition.sentence == sentence
    assert [name for name in disk.names if name.startswith("damaged-")] == kept


def test_a_repair_goes_on_with_what_can_be_read_and_keeps_the_damaged_files() -> None:
    disk, model = stored()
    spoil(disk, "journal-2", frames_in(disk, "journal-2")[2] + FRAME.size + 10)
    damaged = {name: bytes(disk.names[name].data) for name in ("snapshot", "journal-2")}
    engine = open_engine(disk.folder())
    follower = open_engine(disk.folder())
    with pytest.raises(StoreFault, match="read-only"):
        compact(engine)
    compact(engine, repair=True)
    del model["tickets", "k6"]
    assert engine.condition.sentence == ""
    assert contents(engine) == model
    commit(engine, {("tickets", "new"): {}})
    follow(follower)
    assert follower.condition.sentence == ""
    assert follower.get("tickets", "new") == {}
    for name, data in damaged.items():
        kept = [kept for kept in disk.names if kept.startswith(f"damaged-{name}-before")]
        assert bytes(disk.names[kept[0]].data) == data
    assert open_engine(disk.folder()).condition.sentence == ""


def test_a_document_damaged_in_the_snapshot_is_refused_when_it_is_asked_for() -> None:
    disk, model = stored(journal=1)
    at = bytes(disk.names["snapshot"].data).index(b"INC2")
    spoil(disk, "snapshot", at)
    engine = open_engine(disk.folder())
    assert engine.condition.sentence == ""
    with pytest.raises(StoreFault, match="does not match its checksum"):
        engine.get("tickets", "k2")
    assert "snapshot is damaged" in engine.condition.sentence
    assert engine.get("tickets", "k3") == model["tickets", "k3"]
    assert engine.summaries("tickets")["k2"][1] == "INC2", "the list still shows it"


def test_compaction_never_copies_a_damaged_document() -> None:
    disk, model = stored(journal=1)
    spoil(disk, "snapshot", bytes(disk.names["snapshot"].data).index(b"INC2"))
    engine = open_engine(disk.folder())
    with pytest.raises(StoreFault, match="cannot be read"):
        compact(engine)
    assert "snapshot is damaged" in engine.condition.sentence
    compact(engine, repair=True)
    del model["tickets", "k2"]
    assert contents(engine) == model


def test_a_torn_end_is_set_aside_and_cut() -> None:
    disk, model = stored()
    whole = bytes(disk.names["journal-2"].data)
    last = frames_in(disk, "journal-2")[-1]
    for end in range(last + 1, len(whole)):
        disk.names["journal-2"].data[:] = whole[:end]
        for name in [name for name in disk.names if name.startswith("torn-")]:
            del disk.names[name]
        engine = open_engine(disk.folder())
        assert engine.condition.sentence == ""
        assert "no whole commit" in engine.condition.warnings[0]
        assert engine.condition.alarms == (), "it was confirmed to nobody"
        torn = [name for name in disk.names if name.startswith("torn-")]
        assert bytes(disk.names[torn[0]].data) == whole[last:end]
        assert len(disk.names["journal-2"].data) == last
    assert len(contents(engine)) == len(model) - 1


def test_a_torn_end_left_by_a_process_that_died_is_cut_by_the_one_that_goes_on() -> None:
    disk, model = stored()
    engine = open_engine(disk.folder())
    disk.names["journal-2"].data.extend(encode_frame(b"a long commit that", engine.image.sequence + 1, 2)[:-1])
    commit(engine, {("tickets", "new"): {}})
    assert "no whole commit" in engine.condition.warnings[0]
    assert contents(open_engine(disk.folder())) == {**model, ("tickets", "new"): {}}


def test_a_last_commit_that_had_been_whole_is_told_until_somebody_has_seen_to_it() -> None:
    disk, model = stored()
    last = frames_in(disk, "journal-2")[-1]
    whole = bytes(disk.names["journal-2"].data)
    for at in range(last, len(whole)):
        again = copied(disk)
        spoil(again, "journal-2", at)
        damaged = bytes(again.names["journal-2"].data[last:])
        for _ in range(2):
            engine = open_engine(again.folder())
            assert engine.condition.sentence == "", "it is cut, and the others go on"
            [alarm] = engine.condition.alarms
            assert f"damaged-journal-2-{last}" in alarm
            assert bytes(again.names[f"damaged-journal-2-{last}"].data) == damaged
        assert len(contents(engine)) == len(model) - 1
        del again.names[f"damaged-journal-2-{last}"]
        assert engine.condition.alarms == ()
        assert open_engine(again.folder()).condition.alarms == ()


def several() -> tuple[Disk, bytes, int]:
    """A store whose last commit has three records, a deletion too; its journal, and where that commit begins."""
    disk, _ = stored(journal=2)
    engine = open_engine(disk.folder())
    commit(engine, {("tickets", "k1"): None, ("tickets", "k0"): document(90), ("inbox", "m1"): {"id": "m1"}})
    engine.close()
    return disk, bytes(disk.names["journal-2"].data), frames_in(disk, "journal-2")[-1]


def end_after(disk: Disk, data: bytes) -> tuple[Engine, bool]:
    """Open the store with this journal: the engine, and whether it gave an alarm."""
    again = copied(disk)
    again.names["journal-2"].data[:] = data
    engine = open_engine(again.folder())
    assert engine.condition.sentence == ""
    return engine, bool(engine.condition.alarms)


def test_a_last_commit_is_missed_wherever_and_however_its_head_was_damaged() -> None:
    disk, whole, last = several()
    chance = Random(5)
    for start in range(FRAME.size):
        for stop in range(start + 1, FRAME.size + 1):
            kinds = [bytes(stop - start), b"\xff" * (stop - start), chance.randbytes(stop - start)]
            for kind in kinds:
                spoilt = whole[: last + start] + kind + whole[last + stop :]
                assert end_after(disk, spoilt)[1] == (spoilt != whole), (start, stop, kind)


@pytest.mark.parametrize("more", [1, 255, 256, 65_536, 1 << 24])
def test_a_last_commit_is_missed_though_its_head_says_that_there_should_be_more(more: int) -> None:
    """Its length and its checksum are damaged, all the rest is as a cut write leaves it: the records tell."""
    disk, whole, last = several()
    marker, length, sequence, checksum = FRAME.unpack_from(whole, last)
    head = FRAME.pack(marker, length + more, sequence, checksum ^ 1)
    assert end_after(disk, whole[:last] + head + whole[last + FRAME.size :])[1]


def test_a_commit_that_was_cut_anywhere_alarms_nobody_but_where_records_meet() -> None:
    disk, whole, last = several()
    payload = whole[last + FRAME.size :]
    meet = {last + FRAME.size + at for at in borders(payload)}
    assert len(meet) == 2, "three records meet twice"
    alarmed = {end for end in range(last, len(whole)) if end_after(disk, whole[:end])[1]}
    assert alarmed == meet


def borders(payload: bytes) -> list[int]:
    """Where one record of a payload ends and another begins."""
    found = []
    at = CHECKSUM.size
    while at < len(payload):
        _, *sizes = RECORD.unpack_from(payload, at)
        at += RECORD.size + sum(sizes)
        found.append(at)
    return found[:-1]


def test_a_spoilt_end_is_told_where_nothing_may_be_cut() -> None:
    disk, _ = stored()
    spoil(disk, "journal-2", len(disk.names["journal-2"].data) - 1)
    before = bytes(disk.names["journal-2"].data)
    engine = open_engine(disk.folder(), read_only=True)
    assert "last commit in journal-2" in engine.condition.alarms[0]
    assert bytes(disk.names["journal-2"].data) == before


def test_two_torn_ends_at_one_place_are_both_kept() -> None:
    disk, _ = stored()
    engine = open_engine(disk.folder())
    for rest in (b"first", b"second"):
        disk.names["journal-2"].data.extend(rest)
        follow(engine)
    torn = sorted(name for name in disk.names if name.startswith("torn-"))
    assert [bytes(disk.names[name].data) for name in torn] == [b"first", b"second"]


def without_snapshot(disk: Disk) -> None:
    del disk.names["snapshot"]


def without_journal(disk: Disk) -> None:
    del disk.names["journal-2"]


def without_either(disk: Disk) -> None:
    del disk.names["journal-2"], disk.names["snapshot"]


def empty_snapshot(disk: Disk) -> None:
    disk.names["snapshot"].data.clear()


def empty_journal(disk: Disk) -> None:
    disk.names["journal-2"].data.clear()


def later_journal(disk: Disk) -> None:
    """An older snapshot and journal in the place of the present ones."""
    engine = open_engine(disk.folder())
    old = {name: bytearray(disk.names[name].data) for name in ("snapshot", "journal-2")}
    compact(engine)
    commit(engine, {("tickets", "new"): {}})
    for name, data in old.items():
        disk.names[name] = disk.new_node()
        disk.names[name].data = data


@pytest.mark.parametrize(
    "harm", [without_snapshot, without_journal, without_either, empty_snapshot, empty_journal, later_journal]
)
def test_missing_or_foreign_files_never_make_an_empty_store(harm: Callable[[Disk], None]) -> None:
    disk, _ = stored()
    harm(disk)
    before = {name: bytes(node.data) for name, node in disk.names.items() if not name.startswith("damaged-")}
    engine = open_engine(disk.folder())
    assert "read-only" in engine.condition.sentence
    with pytest.raises(StoreFault, match="read-only"):
        commit(engine, {("tickets", "new"): {}})
    found, _ = readable(engine)
    engine.close()
    assert {name: bytes(node.data) for name, node in disk.names.items() if not name.startswith("damaged-")} == before
    repaired = open_engine(disk.folder())
    compact(repaired, repair=True)
    commit(repaired, {("tickets", "after"): {}})
    assert contents(open_engine(disk.folder())) == {**found, ("tickets", "after"): {}}


def test_a_first_journal_without_its_commits_is_no_new_store() -> None:
    disk, _ = stored(snapshot=0)
    del disk.names["journal-1"].data[30:]
    engine = open_engine(disk.folder())
    assert "its files are gone" in engine.condition.sentence


def test_files_removed_while_in_use_are_noticed_before_the_next_commit() -> None:
    for name in ("journal-2", "snapshot", "lock"):
        disk, model = stored()
        engine = open_engine(disk.folder())
        del disk.names[name]
        with pytest.raises(StoreFault, match=r"removed|missing"):
            commit(engine, {("tickets", "new"): {}})
        assert set(readable(engine)[0]) <= set(model)


def test_making_a_store_that_was_cut_short_is_begun_again() -> None:
    disk = Disk()
    for size in (0, 5, 40):
        disk.names.clear()
        disk.names["journal-1"] = disk.new_node()
        disk.names["journal-1"].data.extend(b"vendorq\n" + bytes(80))
        del disk.names["journal-1"].data[size:]
        engine = open_engine(disk.folder())
        commit(engine, {("tickets", "a"): {}})
        assert contents(open_engine(disk.folder())) == {("tickets", "a"): {}}
        engine.close()
