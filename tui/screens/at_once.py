"""A screen whose first picture is whole.

Textual paints a new screen as soon as it is laid out, when no widget has been told its size yet: an empty picture
first, then one of the wrong widths, then the right one. Over a slow line, or on a busy host, one can read along.
"""

from __future__ import annotations

from textual.screen import Screen


class AtOnce(Screen[None]):
    """A subclass says in `fill` what its widgets show; they have their sizes then, and nothing is painted before."""

    _filled = False

    def fill(self) -> None:
        """Put into the widgets what they show. Called once, when the screen has been laid out for the first time."""

    def _compositor_refresh(self) -> None:
        if not self._filled:
            if not self.is_mounted or not self.is_current:
                return
            self._filled = True
            self.fill()
        super()._compositor_refresh()
