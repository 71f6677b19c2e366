"""TinyDB's API on the store's folder, and the desk's beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tinydb import TinyDB, where
from tinydb.storages import JSONStorage, MemoryStorage
from tinydb.table import Document
from tinydb.table import Table as StockTable

from tests.tui.desk.store.conftest import Opener
from tui.desk.ports import StoreFault, Table, Transaction
from tui.desk.store.storage import DocumentTable, JournalStorage


def keyed(key: str, **fields: object) -> Document:
    return Document(fields, doc_id=key)  # type: ignore[arg-type]  # TinyDB types ids as numbers


async def test_support_finds_with_tinydb_what_the_desk_has_kept(opened: Opener, tmp_path: Path) -> None:
    store = opened()

    def work(transaction: Transaction) -> None:
        transaction.put(Table.TICKETS, "ensono\x1fINC1", {"number": "INC1", "state": "open"})
        transaction.put(Table.TICKETS, "ensono\x1fINC2", {"number": "INC2", "state": "closed"})

    await store.transact(work)
    with TinyDB(tmp_path / "store", storage=JournalStorage) as database:
        found = database.table("tickets").search(where("state") == "open")
        assert [(document.doc_id, dict(document)) for document in found] == [
            ("ensono\x1fINC1", {"number": "INC1", "state": "open"})
        ]
        assert database.tables() == {"tickets"}
        await store.transact(lambda transaction: transaction.delete(Table.TICKETS, "ensono\x1fINC1"))
        assert database.table("tickets").search(where("state") == "open") == [], "no query is answered from a cache"


async def test_what_tinydb_changes_the_desk_sees_and_has_indexed(opened: Opener, tmp_path: Path) -> None:
    store = opened()
    with TinyDB(tmp_path / "store", storage=JournalStorage) as database:
        table = database.table("tickets")
        table.insert(keyed("a", number="INC1", state="open"))
        table.insert_multiple([keyed("b", number="INC2", state="open"), keyed("c", number="INC3", state="new")])
        table.update({"state": "pending"}, where("number") == "INC2")
        table.update(lambda document: document.update(note="x"), doc_ids=["a"])
        table.upsert({"number": "INC3", "state": "closed"}, where("number") == "INC3")
        table.remove(where("number") == "INC1")
    await store.follow()
    assert {key: summary[4] for key, summary in store.summaries(Table.TICKETS).items()} == {
        "b": "pending",
        "c": "closed",
    }
    assert store.get(Table.TICKETS, "b") == {"number": "INC2", "state": "pending"}


def test_one_operation_is_one_commit_of_what_it_changed(tmp_path: Path) -> None:
    with TinyDB(tmp_path / "store", storage=JournalStorage) as database:
        table = database.table("tickets")
        table.insert_multiple(keyed(f"k{number}", state="open", body="x" * 500) for number in range(50))
        journal = tmp_path / "store" / "journal-1"
        before = journal.stat().st_size
        table.update({"state": "closed"}, doc_ids=["k7"])
        assert journal.stat().st_size - before < 1000
        before = journal.stat().st_size
        table.update({"state": "closed"}, doc_ids=["k7"])
        assert journal.stat().st_size == before


def test_a_failed_update_leaves_no_trace(tmp_path: Path) -> None:
    with TinyDB(tmp_path / "store", storage=JournalStorage) as database:
        table = database.table("tickets")
        table.insert_multiple([keyed("a", n=1), keyed("b", n="text")])

        def half(document: object) -> None:
            assert isinstance(document, dict)
            document["n"] += 1

        with pytest.raises(TypeError):
            table.update(half)
        assert [dict(document) for document in table] == [{"n": 1}, {"n": "text"}]
        with pytest.raises(ValueError, match="already exists"):
            table.insert(keyed("a", n=9))


def test_all_of_tinydb_s_operations_work_with_text_ids(tmp_path: Path) -> None:
    with TinyDB(tmp_path / "store", storage=JournalStorage) as database:
        database.insert({"made": "without an id"})
        assert database.all() == [{"made": "without an id"}]
        assert type(database.table("marks")) is DocumentTable
        table = database.table("marks")
        table.insert(keyed("a", n=1))
        table.insert(keyed("b", n=2))
        assert table.get(doc_id="a") == {"n": 1}
        assert table.get(where("n") == 2).doc_id == "b"
        assert table.contains(doc_id="b")
        assert not table.contains(doc_id="z")
        assert table.count(where("n") > 0) == len(table) == 2
        assert table.remove(doc_ids=["a", "z"]) == ["a"]
        table.truncate()
        assert table.all() == []
        table.insert(keyed("c", n=3))
        database.drop_table("marks")
        assert database.tables() == {"_default"}
        database.drop_tables()
        assert database.tables() == set()
        assert database.storage.read() is None


def test_read_only_is_refused_by_its_reason(tmp_path: Path) -> None:
    TinyDB(tmp_path / "store", storage=JournalStorage).close()
    with TinyDB(tmp_path / "store", storage=JournalStorage, read_only=True) as database:
        with pytest.raises(StoreFault, match="--read-only"):
            database.insert({})
        assert "--read-only" in database.storage.read_only


def test_other_storages_keep_tinydb_s_own_table(tmp_path: Path) -> None:
    with TinyDB(tmp_path / "other.json", storage=JSONStorage) as database:
        assert type(database.table("x")) is StockTable
        assert database.insert({"a": 1}) == 1
    with TinyDB(storage=MemoryStorage) as database:
        assert type(database.table("x", cache_size=3)) is StockTable
