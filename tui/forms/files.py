"""The files that go with a form: names, sizes against the limit, and how far they have gone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from textual.widget import Widget

from providers.base import AttachmentLimits
from providers.text import safe_line
from tui.forms.plan import file_issue
from tui.sizes import human_size
from tui.widgets.lines import Piece, spread, strip_of, width_of, width_of_all

if TYPE_CHECKING:
    from textual.strip import Strip

    from themes import Palette

BAR: Final = 24
ROOM: Final = 100
"""Columns there are as long as nobody knows better."""
SHOWN: Final = 5
"""Lines for files; what is more is counted."""


class FilesLine(Widget):
    """A line a file, under a line that says how to add one. While sending, a bar."""

    DEFAULT_CSS = "FilesLine { height: 1; margin: 0 0 1 0; }"

    def __init__(self, limits: AttachmentLimits | None, paths: list[Path]) -> None:
        super().__init__()
        self.limits = limits
        self.paths = [path for path in paths if path.is_file()]
        self.progress = (0, 0)
        self._grow()

    def _grow(self) -> None:
        """As many lines as the head and the files want: a change of layout, but one that a key was pressed for."""
        self.styles.height = len(self._heads()) + min(len(self.paths), SHOWN)
        self.refresh()

    def on_resize(self) -> None:
        """What fitted into one line may not any more."""
        self._grow()

    def add(self, path: Path) -> None:
        """One more, unless it is there already."""
        if path not in self.paths:
            self.paths.append(path)
        self._grow()

    def remove_last(self) -> None:
        """One fewer."""
        if self.paths:
            self.paths.pop()
        self._grow()

    def show_progress(self, sent: int, whole: int) -> None:
        """Bytes sent of bytes in all. Repaints only when the bar moves."""
        before = self._cells()
        self.progress = (sent, whole)
        if self.is_attached and self._cells() != before:
            self.refresh()

    def _cells(self) -> int:
        sent, whole = self.progress
        return BAR * sent // whole if whole else 0

    def render_line(self, y: int) -> Strip:
        """Head, then the files."""
        palette = cast("Palette", self.app.palette)  # type: ignore[attr-defined]
        width = self.size.width
        heads = self._heads()
        if y < len(heads):
            return strip_of(spread(heads[y], self._bar() if y == 0 else [], width), width, palette)
        place = y - len(heads)
        if place >= len(self.paths):
            return strip_of([], width, palette)
        if y == self.size.height - 1 and len(self.paths) > place + 1:
            return strip_of([(f"  and {len(self.paths) - place} more", "muted")], width, palette)
        return strip_of(self._file(self.paths[place]), width, palette)

    def _heads(self) -> list[list[Piece]]:
        """What to press, and what the vendor takes; on lines of their own where one does not hold both."""
        limits, rule = self.limits, ""
        if limits is not None and limits.encoded_bytes:
            files = human_size(limits.encoded_bytes * 3 // 4)
            rule = f"at most {human_size(limits.encoded_bytes)} as sent, about {files} of files"
        elif limits is not None and limits.name_rule:
            rule = f"names: {limits.name_rule}"
        how = "Ctrl-F adds one, Ctrl-R takes the last out" if self.paths else "none; Ctrl-F adds one"
        head: list[Piece] = [(" Files", "strong"), (f"  {how}", "muted")]
        if not rule:
            return [head]
        if width_of_all(head) + width_of(rule) + 2 <= (self.size.width or ROOM):
            return [[*head, (f"; {rule}", "muted")]]
        return [head, [(f"  {rule}", "muted")]]

    def _bar(self) -> list[Piece]:
        sent, whole = self.progress
        if not whole:
            return []
        done = self._cells()
        return [
            ("#" * done, "good"),
            ("-" * (BAR - done), "faint"),
            (f" {human_size(sent)} of {human_size(whole)}", "muted"),
        ]

    def _file(self, path: Path) -> list[Piece]:
        try:
            size = path.stat().st_size
        except OSError:
            return [(f"  {safe_line(path.name, 60)}", "text"), ("  cannot be read any more", "bad")]
        issue = file_issue(self.limits, path, size) if self.limits else ""
        pieces: list[Piece] = [(f"  {safe_line(path.name, 60)}", "text"), (f"  {human_size(size)}", "muted")]
        if issue:
            pieces.append((f"  ! {safe_line(issue)}", "bad"))
        return pieces
