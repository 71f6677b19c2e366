"""One file a theme: colours by name, and the styles made of them.

A theme is a TOML file: `title`, `dark`, `ansi` (true where it uses the terminal's own sixteen colours), a table
`[colours]` with every name of COLOURS, and a table `[styles]` that may say otherwise than STYLES does. A style is
words: `bold`, `dim`, `italic`, `underline`, `reverse`, a colour, `on` and a colour, where a colour is a name from
`[colours]`. Colour never stands alone for a meaning: a glyph or a word always says the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.color import Color, ColorParseError
from rich.errors import StyleSyntaxError
from rich.style import Style

if TYPE_CHECKING:
    from textual.theme import Theme

FOLDER: Final = Path(__file__).parent
DEFAULT: Final = "vendorq-dark"
PLAIN: Final = "vendorq-plain"
"""What NO_COLOR asks for: the terminal's own two colours, and bold, dim, underline and reverse."""

COLOURS: Final = (
    "background",  # behind everything
    "panel",  # behind the strip and the footer
    "cursor",  # behind the chosen row of the pane that has the keys
    "cursor_idle",  # behind the chosen row of another pane
    "text",
    "strong",  # what is new or chosen
    "muted",  # what is secondary
    "faint",  # rules and separators
    "accent",  # the pane that has the keys, and keys in hints
    "good",
    "warning",
    "bad",
    "us",  # what we wrote ourselves
)
STYLES: Final[Mapping[str, str]] = {
    "text": "text",
    "strong": "bold strong",
    "muted": "muted",
    "faint": "faint",
    "accent": "bold accent",
    "key": "bold accent",
    "good": "good",
    "warning": "warning",
    "bad": "bold bad",
    "us": "us",
    "cursor": "bold strong on cursor",
    "cursor_idle": "text on cursor_idle",
    "badge": "bold background on warning",
    "badge_bad": "bold background on bad",
    "tab": "bold background on accent",
}
_ATTRIBUTES: Final = frozenset({"bold", "dim", "italic", "underline", "reverse", "on", "not"})


class ThemeFault(Exception):
    """A theme that cannot be used: which file, what is wrong, what would be right."""


@dataclass(frozen=True)
class Palette:
    """One theme, checked: what the widgets draw with."""

    name: str
    title: str
    dark: bool
    ansi: bool
    colours: Mapping[str, str]
    styles: Mapping[str, Style]
    _over: dict[tuple[str, str], Style] = field(default_factory=dict, repr=False, compare=False)

    def style(self, role: str, surface: str = "background") -> Style:
        """A role's style over a surface (`background` or `panel`). KeyError for a role that is none."""
        made = self._over.get((role, surface))
        if made is None:
            made = Style(bgcolor=self.colours[surface]) + self.styles[role]
            self._over[role, surface] = made
        return made

    def textual(self) -> Theme:
        """The same for Textual's own widgets: inputs, text areas, toasts."""
        from textual.theme import Theme

        paint = {name: f"ansi_{value}" if self.ansi else value for name, value in self.colours.items()}
        return Theme(
            name=self.name,
            primary=paint["accent"],
            secondary=paint["us"],
            accent=paint["accent"],
            success=paint["good"],
            warning=paint["warning"],
            error=paint["bad"],
            foreground=paint["text"],
            background=paint["background"],
            surface=paint["background"],
            panel=paint["panel"],
            dark=self.dark,
            ansi=self.ansi,
            variables={
                **{f"vq-{name.replace('_', '-')}": value for name, value in paint.items()},
                "ansi-background": paint["background"],
                "ansi-foreground": paint["text"],
                "input-cursor-background": paint["text"],
                "input-cursor-foreground": paint["background"],
            },
        )


def names(folder: Path | None = None) -> tuple[str, ...]:
    """The themes there are: ours, then the user's own from `folder`."""
    ours = sorted(file.stem for file in FOLDER.glob("*.toml"))
    theirs = sorted(file.stem for file in folder.glob("*.toml")) if folder and folder.is_dir() else []
    return tuple(dict.fromkeys([*ours, *theirs]))


def load(name: str, folder: Path | None = None) -> Palette:
    """The theme of this name: the user's own from `folder`, else ours. ThemeFault where it cannot be used."""
    for place in (folder, FOLDER):
        if place is not None and (file := place / f"{name}.toml").is_file():
            return _load_file(file)
    known = names(folder)
    near = get_close_matches(name, known, 1)
    raise ThemeFault(
        f"there is no theme {name!r}; " + (f"did you mean {near[0]}?" if near else "known: " + ", ".join(known))
    )


def load_or_default(name: str, folder: Path | None = None) -> tuple[Palette, str]:
    """The theme of this name, or else the default one and why in a sentence: it keeps nobody from work."""
    try:
        return load(name, folder), ""
    except ThemeFault as fault:
        return load(DEFAULT), f"[dashboard] theme: {fault}. This is {DEFAULT}.".replace("?.", "?")


@cache
def _load_file(file: Path) -> Palette:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ThemeFault(f"{file}: cannot be read as TOML: {error}") from error
    _refuse_unknown(file, "key", data, ("title", "dark", "ansi", "colours", "styles"))
    colours = _table(file, data, "colours")
    words = _table(file, data, "styles")
    _refuse_unknown(file, "colour", colours, COLOURS)
    _refuse_unknown(file, "style", words, tuple(STYLES))
    missing = [name for name in COLOURS if name not in colours]
    if missing:
        raise ThemeFault(f"{file}: [colours] lacks {', '.join(missing)}")
    for name, value in colours.items():
        try:
            Color.parse(value)
        except ColorParseError as error:
            raise ThemeFault(f'{file}: colour {name}: {value!r} is no colour; write it as "#rrggbb"') from error
    styles = {role: _style(file, role, words.get(role, default), colours) for role, default in STYLES.items()}
    return Palette(
        name=file.stem,
        title=str(data.get("title", file.stem)),
        dark=bool(data.get("dark", True)),
        ansi=bool(data.get("ansi", False)),
        colours=colours,
        styles=styles,
    )


def _table(file: Path, data: Mapping[str, Any], name: str) -> dict[str, str]:
    table = data.get(name, {})
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise ThemeFault(f"{file}: [{name}] must be a table of words")
    return dict(table)


def _refuse_unknown(file: Path, what: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, 1)
            raise ThemeFault(f"{file}: unknown {what} {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def _style(file: Path, role: str, words: str, colours: Mapping[str, str]) -> Style:
    for word in words.split():
        if word not in _ATTRIBUTES and word not in colours:
            raise ThemeFault(
                f"{file}: style {role}: {word!r} is neither a colour of this theme nor one of "
                + ", ".join(sorted(_ATTRIBUTES))
            )
    try:
        return Style.parse(" ".join(colours.get(word, word) for word in words.split()))
    except StyleSyntaxError as error:
        raise ThemeFault(f"{file}: style {role}: {words!r} cannot be read") from error
