"""Bringing an older version's store up to this one, once, when it is opened.

A step takes the documents of one version to the next; the files are written anew by a compaction, so that a
migration killed anywhere leaves the old store whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui.desk.ports import Document, StoreFault
from tui.desk.store.compaction import Transform, compact
from tui.desk.store.engine import Engine
from tui.desk.store.frames import VERSION

STEPS: Final[Mapping[int, Transform]] = {}
"""By the version they start from. Version 1 is the first, so there is none yet."""


def migrate(engine: Engine, steps: Mapping[int, Transform] = STEPS) -> None:
    """Run the steps an engine's files need. StoreFault where they need some and cannot be written."""
    version = engine.image.version
    if version >= VERSION:
        return
    if not engine.condition.writable:
        raise StoreFault(
            f"The store was written by an older vendorq (version {version}) and has to be brought up to date, "
            f"but it cannot be written now. {engine.condition.sentence}"
        )

    def transform(table: str, key: str, document: Document) -> Document | None:
        present: Document | None = document
        for step in range(version, VERSION):
            if present is not None and step in steps:
                present = steps[step](table, key, present)
        return present

    compact(engine, transform=transform)
