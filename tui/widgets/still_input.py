"""An input that types without a layout."""

from __future__ import annotations

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class StillInput(Input):
    """Textual's own lays the whole screen out anew with each letter, since its text has another length then."""

    virtual_size = Reactive(Size(0, 0))
