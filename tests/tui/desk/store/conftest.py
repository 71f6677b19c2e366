"""Stores in folders of their own, closed when the test has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from providers.clock import SystemClock
from tui.desk.store import EmbeddedStore, open_store
from tui.desk.store.files import Files

Opener = Callable[..., EmbeddedStore]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Opens the test's store, as often as it is called: each is another process's way to the same folder."""
    stores: list[EmbeddedStore] = []

    def opener(*, read_only: bool = False, files: Files | None = None) -> EmbeddedStore:
        store = open_store(tmp_path / "store", SystemClock(), read_only=read_only, files=files)
        stores.append(store)
        return store

    yield opener
    for store in stores:
        store.close()
