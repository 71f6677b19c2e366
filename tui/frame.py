"""Only what changed goes over the wire: a copy of what the terminal shows, and the difference to the next frame.

Textual repaints whole regions: after a layout the whole screen, 10 KB for a clock's minute. Over SSH the bytes
are the budget, so each update is compared with what was written before, cell by cell, and only the cells that
differ leave, with the shortest change of style that does it.

This is also the last door before the terminal: no control character passes it, whatever a widget was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size

if TYPE_CHECKING:
    from rich.console import Console
    from rich.segment import Segment
    from rich.style import Style

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_WORTH_A_MOVE: Final = 5  # cells: jumping over fewer costs more bytes than writing them again
_COLOUR: Final = re.compile(r"(?:(?:38|48);(?:5;\d+|2;\d+;\d+;\d+)|\d+)")

_SURE: Final = "\u02ff"  # Latin: everywhere one cell wide
_SURELY_TOO, _SURELY_UP_TO = "\u2010", "\u25ff"  # punctuation, arrows, boxes, shapes

_SEEN_ON_BLANKS: Final = frozenset({"4", "7", "9", "21", "53"})  # underlined, reversed, struck out, overlined

Cell = tuple[str, str]
"""A character with its style as SGR parameters. The second half of a wide character is ("", style)."""

_UNKNOWN: Final[Cell] = ("\x00", "")


class Pen(NamedTuple):
    """A style taken apart: attributes, foreground, background, each as SGR parameters."""

    attributes: str
    foreground: str
    background: str


@lru_cache(4096)
def pen_of(parameters: str) -> Pen:
    """SGR parameters such as `1;38;5;250;48;5;234` taken apart."""
    attributes, foreground, background = [], "39", "49"
    for part in _COLOUR.findall(parameters):
        number = int(part.split(";", 1)[0])
        if number == 38 or 30 <= number <= 37 or 90 <= number <= 97:
            foreground = part
        elif number == 48 or 40 <= number <= 47 or 100 <= number <= 107:
            background = part
        elif number not in (39, 49):
            attributes.append(part)
    return Pen(";".join(attributes), foreground, background)


@lru_cache(4096)
def change_of_style(before: str, after: str) -> str:
    """The shortest sequence that turns one style into another."""
    old, new = pen_of(before), pen_of(after)
    parts = []
    if old.attributes != new.attributes:
        if new == Pen("", "39", "49"):
            return "\x1b[m"
        parts.append("0" if old.attributes else "")
        parts.append(new.attributes)
        if old.attributes:
            old = Pen("", "39", "49")
    if old.foreground != new.foreground:
        parts.append(new.foreground)
    if old.background != new.background:
        parts.append(new.background)
    parts = [part for part in parts if part]
    return f"\x1b[{';'.join(parts)}m" if parts else ""


@lru_cache(4096)
def blank_of(parameters: str) -> str:
    """The same style on a blank: the background alone, where no line is drawn through or under it and none reversed."""
    pen = pen_of(parameters)
    if not _SEEN_ON_BLANKS.isdisjoint(pen.attributes.split(";")):
        return parameters
    return "" if pen.background == "49" else pen.background


@lru_cache(4096)
def style_for_blank(pen: str, blank: str) -> str:
    """What to write a blank (as `blank_of` has it) in: the pen as it is, as far as nobody sees the difference."""
    now, wanted = pen_of(pen), pen_of(blank)
    if wanted.attributes or wanted.foreground != "39" or not _SEEN_ON_BLANKS.isdisjoint(now.attributes.split(";")):
        return blank
    if now.background == wanted.background:
        return pen
    parts = [now.attributes, now.foreground if now.foreground != "39" else "", blank]
    return ";".join(part for part in parts if part)


@lru_cache(4096)
def _parameters(style: Style, system: ColorSystem | None) -> str:
    rendered = style.render("x", color_system=system)
    return rendered[2 : rendered.index("m")] if rendered.startswith("\x1b[") else ""


def cells_of(segments: Iterable[Segment], system: ColorSystem | None) -> list[Cell]:
    """What segments put on the screen, cell by cell."""
    cells: list[Cell] = []
    for text, style, control in segments:
        if control:
            continue
        parameters = "" if style is None else _parameters(style, system)
        blank = blank_of(parameters)
        characters = text if text.isascii() and text.isprintable() else _characters(text)
        cells.extend([(character, blank if character == " " else parameters) for character in characters])
    return cells


@lru_cache(4096)
def _characters(text: str) -> tuple[str, ...]:
    """A text's characters, one a cell; an empty string for a wide one's second cell, nothing for a control's."""
    text = _CONTROL.sub("", text)
    found: list[str] = []
    for start, end, width in split_graphemes(text)[0]:
        if width:
            found.append(text[start:end])
            found.extend([""] * (width - 1))
    return tuple(found)


class Frame:
    """What the terminal shows, as far as we wrote it.

    Without `colour` only bold, dim, underline and reverse are written. `replace` puts other characters of the same
    width in place of some (ASCII for glyphs).
    """

    def __init__(self, *, colour: bool = True, replace: Mapping[int, str] | None = None) -> None:
        self._lines: dict[int, list[Cell]] = {}
        self._size = Size(0, 0)
        self._colour = colour
        self._replace = replace

    def forget(self) -> None:
        """Nothing is known of the terminal any more: the next update is written whole."""
        self._lines.clear()

    def difference(self, update: CompositorUpdate, console: Console) -> str:
        """The sequence that brings the terminal to what `update` shows; empty where it shows that already."""
        system = COLOR_SYSTEMS.get(console.color_system or "")
        if isinstance(update, LayoutUpdate) and update.region.size != self._size:
            self.forget()
            self._size = update.region.size
        pieces: list[str] = []
        pen = ""
        for y, x, segments in _pieces(update):
            new = self._cells(segments, system)
            line = self._lines.setdefault(y, [])
            if len(line) < x + len(new):
                line.extend([_UNKNOWN] * (x + len(new) - len(line)))
            old = line[x : x + len(new)]
            if old == new:
                continue
            line[x : x + len(new)] = new
            pen = _write_changes(pieces, pen, (x, y), old, new)
        if pen:
            pieces.append("\x1b[m")
        return "".join(pieces)

    def _cells(self, segments: Iterable[Segment], system: ColorSystem | None) -> list[Cell]:
        cells = cells_of(segments, system)
        if not self._colour:
            cells = [(character, pen_of(parameters).attributes) for character, parameters in cells]
        if self._replace is not None:
            table = self._replace
            cells = [(character.translate(table), parameters) for character, parameters in cells]
        return cells


def _write_changes(pieces: list[str], pen: str, place: tuple[int, int], old: list[Cell], new: list[Cell]) -> str:
    """Append what turns `old` into `new` at `place` (x, y); returns the style the terminal is left in."""
    x, y = place
    at = -1
    sure = True  # whether the terminal's cursor is where we think: terminals disagree on the width of some characters
    for start, end in _runs(old, new):
        if at < 0:
            pieces.append(f"\x1b[{y + 1};{x + start + 1}H")
        elif sure:
            pieces.append(f"\x1b[{start - at}C")
        for column, (character, parameters) in enumerate(new[start:end], start):
            if not character:
                continue
            if not sure:
                pieces.append(f"\x1b[{x + column + 1}G")
            style = style_for_blank(pen, parameters) if character == " " else parameters
            if style != pen:
                pieces.append(change_of_style(pen, style))
                pen = style
            pieces.append(character)
            sure = character <= _SURE or _SURELY_TOO <= character <= _SURELY_UP_TO
        at = end
    return pen


def _runs(old: list[Cell], new: list[Cell]) -> Iterator[tuple[int, int]]:
    """Where the two differ, as (start, end), never cutting a wide character in two."""
    size = len(new)
    start = end = -1
    for index in range(size):
        if old[index] == new[index]:
            continue
        if start >= 0 and index - end >= _WORTH_A_MOVE:
            yield _whole(old, new, start, end)
            start = index
        elif start < 0:
            start = index
        end = index + 1
    if start >= 0:
        yield _whole(old, new, start, end)


def _whole(old: list[Cell], new: list[Cell], start: int, end: int) -> tuple[int, int]:
    while start > 0 and (not new[start][0] or not old[start][0]):
        start -= 1
    while end < len(new) and (not new[end][0] or not old[end][0]):
        end += 1
    return start, end


def _pieces(update: CompositorUpdate) -> Iterator[tuple[int, int, Iterable[Segment]]]:
    """An update as (y, x, segments)."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            yield y, update.region.x, [segment for strip in strips for segment in strip]
    elif isinstance(update, ChopsUpdate):
        for y, first, last in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x < last and end > first:
                    yield y, x, strip


class Difference(CompositorUpdate):
    """An update that writes only what differs from the frame before."""

    def __init__(self, written: str) -> None:
        self.written = written

    def render_segments(self, console: Console) -> str:
        """What to write."""
        return self.written
