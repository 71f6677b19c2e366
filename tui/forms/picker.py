"""Choose a file: a path to type with what is in the folder under it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from providers.base import AttachmentLimits
from providers.text import safe_line
from tui.forms.head import Heading, Hints
from tui.forms.plan import file_issue
from tui.screens.boxed import Boxed
from tui.sizes import human_size

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 200


def matches(typed: str, here: Path) -> Iterator[Path]:
    """What a typed path may become: the entries of its folder that begin with its last part, folders first.

    Hidden entries only where a dot is typed. An unreadable folder has none.
    """
    path = Path(typed).expanduser() if typed else here
    whole = path if path.is_absolute() else here / path
    folder, prefix = (whole, "") if not typed or typed.endswith("/") else (whole.parent, whole.name)
    try:
        found = [entry for entry in folder.iterdir() if _fits(entry.name, prefix)]
    except OSError:
        return
    yield from sorted(found, key=lambda entry: (not entry.is_dir(), entry.name.casefold()))[:MOST]


def _fits(name: str, prefix: str) -> bool:
    return name.casefold().startswith(prefix.casefold()) and (prefix.startswith(".") or not name.startswith("."))


def _short(folder: Path) -> str:
    """A folder as one would type it: `~` for home."""
    home = Path("~").expanduser()
    return f"~/{folder.relative_to(home)}" if folder != home and folder.is_relative_to(home) else str(folder)


class FilePicker(Boxed[Path]):
    """Ends with the chosen file, or None."""

    DEFAULT_CSS = """
    FilePicker > #box { width: 96; height: 90%; max-height: 30; padding: 0 1; }
    FilePicker Input { margin: 1 0; }
    FilePicker OptionList { height: 1fr; border: none; background: $vq-background; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "to_list", "List", show=False),
        Binding("tab", "complete", "Complete", show=False, priority=True),
    ]

    def __init__(self, limits: AttachmentLimits, here: Path) -> None:
        super().__init__()
        self.limits = limits
        self.here = here
        self.entries: list[Path] = []
        self.heading = Heading("Choose a file", safe_line(_short(here), 70))
        self.line = Input(placeholder="path, ~ for home", compact=True, select_on_focus=False)
        self.line.cursor_blink = False
        self.list = OptionList(markup=False, compact=True)

    def compose(self) -> ComposeResult:
        """Path over entries."""
        with Vertical(id="box"):
            yield self.heading
            yield self.line
            yield self.list
            yield Hints(
                (("Tab", "complete"), ("↓", "to the list"), ("Enter", "take it"), ("Esc", "back")), surface="background"
            )

    def on_mount(self) -> None:
        """Begin in the current folder."""
        self._fill()
        self.line.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list to what is typed."""
        self._fill()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what is typed, where it is a file, or the only one that what is typed leaves."""
        path = self.here / Path(event.value).expanduser()
        self._take(self.entries[0] if len(self.entries) == 1 and not path.exists() else path)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take a file, or go into a folder."""
        self._take(self.entries[event.option_index])

    def action_to_list(self) -> None:
        """From the path down to the list."""
        self.list.focus()

    def action_complete(self) -> None:
        """Complete the path with the first entry."""
        place = self.list.highlighted if self.list.has_focus else 0
        if self.entries and place is not None and place < len(self.entries):
            self._type(self.entries[place])
        self.line.focus()

    def _type(self, path: Path) -> None:
        self.line.value = f"{path}/" if path.is_dir() else str(path)
        self.line.cursor_position = len(self.line.value)

    def _fill(self) -> None:
        self.entries = list(matches(self.line.value, self.here))
        self.list.clear_options()
        self.list.add_options([Option(_describe(entry)) for entry in self.entries])

    def _take(self, path: Path) -> None:
        if path.is_dir():
            self._type(path)
            self.line.focus()
            return
        try:
            size = path.stat().st_size
        except OSError as error:
            self.heading.say(f"{safe_line(path.name)}: {error.strerror or error}", "bad")
            return
        if not path.is_file():
            self.heading.say(f"{safe_line(path.name)} is no ordinary file", "bad")
            return
        issue = file_issue(self.limits, path, size)
        if issue:
            self.heading.say(safe_line(issue), "bad")
            return
        self.dismiss(path)


def _describe(entry: Path) -> str:
    name = safe_line(entry.name, 60)
    if entry.is_dir():
        return f"{name}/"
    try:
        return f"{name}   {human_size(entry.stat().st_size)}"
    except OSError:
        return f"{name}   cannot be read"
