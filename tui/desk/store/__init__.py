"""The embedded store: TinyDB's documents on a journal that is safe for crashes and for several processes.

`open_store` gives the desk its Store. Support can look into the same folder with TinyDB itself, through
tui.desk.store.storage.
"""

from tui.desk.store.store import EmbeddedStore, open_store

__all__ = ["EmbeddedStore", "open_store"]
