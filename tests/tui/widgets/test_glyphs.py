"""What stands for each glyph where only ASCII may be drawn."""

from __future__ import annotations

from textual._border import BORDER_CHARS

from tui.widgets.glyphs import ASCII


def test_the_border_of_a_box_is_ascii_too() -> None:
    drawn = "".join(glyph for row in BORDER_CHARS["round"] for glyph in row).translate(ASCII)
    assert drawn.isascii()
