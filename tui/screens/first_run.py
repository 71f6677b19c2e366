"""The first run, where there is no config yet: what vendorq is, and how to begin."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final, Literal

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.filter import Monochrome, NoColor

import themes
from tui.screens.reading import ReadingScreen
from tui.widgets.footer import Footer, Hint
from tui.widgets.lines import Piece, wrap
from tui.widgets.story import Line

Answer = Literal["demo", "init", ""]
KEY: Final = 4
WHAT: Final = (
    "One terminal for every vendor's tickets. It shows what is open at {vendors}, what came in since and what waits "
    "for an answer; and it answers, attaches, approves and opens tickets, from one place."
)
DEMO: Final = (
    "The vendors run on this machine, with invented tickets that go on by themselves. Nothing leaves it, and nothing "
    "stays behind. The same as `vendorq demo`."
)
NO_DEMO: Final = "It needs {missing}, which this installation leaves out. To have it: {install}"
INIT: Final = (
    "It asks who you are, which vendors you use and where each secret is kept. Secrets stay out of the file, and "
    "no file is overwritten. The same as `vendorq init`."
)
AFTERWARDS: Final = (
    "Then `vendorq check` tests each vendor's address and credentials without reading a queue, and plain `vendorq` "
    "opens the dashboard. `vendorq --help` lists the commands."
)


def first_lines(config: Path, vendors: Sequence[str], refusal: str, width: int) -> list[Line]:
    """All there is to read. `refusal` says why there can be no demo; empty where there can."""
    lines: list[Line] = [[]]

    def say(text: str, role: str = "text") -> None:
        lines.extend([(part, role)] for part in wrap(text, width))
        lines.append([])

    def offer(key: str, title: str, words: str, role: str = "muted") -> None:
        lines.append([(f"{key:<{KEY}}", "key"), (title, "strong")])
        lines.extend([(" " * KEY, "text"), (part, role)] for part in wrap(words, width - KEY))
        lines.append([])

    names = f"{', '.join(vendors[:-1])} and {vendors[-1]}" if len(vendors) > 1 else "".join(vendors) or "your vendors"
    say(WHAT.format(vendors=names))
    say("There is no config yet. It would be here:", "muted")
    lines[-1:] = [[(part, "text")] for part in wrap(str(config), width)] + [[]]
    offer("d", "Look at the demo", refusal or DEMO, "warning" if refusal else "muted")
    offer("i", "Write a config", INIT)
    offer("q", "Leave", "Nothing has been written.")
    say(AFTERWARDS, "muted")
    return lines


class FirstRunScreen(ReadingScreen):
    """Says it, and takes the answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "answer('demo')", "Demo", show=False),
        Binding("i", "answer('init')", "Config", show=False),
        Binding("q,escape,ctrl+q,ctrl+c", "answer('')", "Leave", show=False),
    ]
    heading = "vendorq"

    def __init__(self, config: Path, vendors: Sequence[str], refusal: str) -> None:
        super().__init__()
        self.config = config
        self.vendors = vendors
        self.refusal = refusal
        demo = () if refusal else (Hint("d", "Demo"),)
        self.hints = (*demo, Hint("i", "Write a config"), Hint("q", "Leave", always=True))

    def lines(self, width: int) -> Sequence[list[Piece]]:
        """All of it."""
        return first_lines(self.config, self.vendors, self.refusal, min(width, 88))

    def action_answer(self, answer: Answer) -> None:
        """End with it; the demo only where there is one."""
        if answer == "demo" and self.refusal:
            self.query_one(Footer).say(self.refusal, "warning")
        else:
            self.app.exit(answer)


class FirstRun(App[Answer]):
    """An app of one screen: without a config there is no desk that the dashboard could stand on."""

    TITLE = "vendorq"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, config: Path, vendors: Sequence[str], refusal: str = "") -> None:
        self.palette = themes.load(themes.PLAIN if "NO_COLOR" in os.environ else themes.DEFAULT)
        super().__init__()
        if self.no_color:
            # Textual would turn our two default colours into shades of grey.
            self._filters = [NoColor() if isinstance(item, Monochrome) else item for item in self._filters]
        self.first = FirstRunScreen(config, vendors, refusal)
        self.register_theme(self.palette.textual())
        self.theme = self.palette.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, whatever theme Textual starts with."""
        return dict(self.palette.textual().variables)

    def get_default_screen(self) -> FirstRunScreen:
        """The one screen."""
        return self.first

    def compose(self) -> ComposeResult:
        """Nothing beside the screen."""
        return iter(())


def ask(config: Path, vendors: Sequence[str], refusal: str = "") -> Answer:
    """Show it on the terminal and wait for the answer; empty where one leaves."""
    return FirstRun(config, vendors, refusal).run(mouse=False) or ""
