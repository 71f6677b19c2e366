"""Which keys do what: the defaults of the registry, and the engineer's own from `[keys]`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Final

from tui.actions import ACTIONS, BY_ID, Action

_NAMES: Final = {
    "?": "question_mark",
    "/": "slash",
    ":": "colon",
    ";": "semicolon",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    ".": "full_stop",
    "-": "minus",
    "+": "plus",
    "=": "equals_sign",
    "*": "asterisk",
    "!": "exclamation_mark",
    "#": "number_sign",
    "@": "at",
    "&": "ampersand",
    "'": "apostrophe",
    '"': "quotation_mark",
    "<": "less_than_sign",
    ">": "greater_than_sign",
    "_": "underscore",
    "\\": "backslash",
    "|": "vertical_line",
    "~": "tilde",
    "`": "grave_accent",
    "$": "dollar_sign",
    "%": "percent_sign",
    "^": "circumflex_accent",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
}
_LABELS: Final = {
    **{name: character for character, name in _NAMES.items()},
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "shift+tab": "Shift-Tab",
    "space": "Space",
    "down": "↓",
    "up": "↑",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
}


class KeymapFault(ValueError):
    """Keys that cannot be: an action there is none of, or one key for two actions. Says which."""


def keys_of(text: str) -> tuple[str, ...]:
    """A setting such as `ctrl+n, ]` as Textual's names of keys."""
    parts = [part.strip() for part in text.replace(",,", ",comma").split(",")]
    return tuple(_NAMES.get(part, part) for part in parts if part)


def keymap(own: Mapping[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """Every action's keys: the defaults, and `own` keys by action id in their place.

    A default key that the engineer gives to another action is that action's alone. KeymapFault for an id there is
    none of, and for one key given to two actions.
    """
    own = own or {}
    for name in own:
        if name not in BY_ID:
            near = get_close_matches(name, list(BY_ID), 1, 0.4)
            raise KeymapFault(f"{name}: there is no such action" + (f"; did you mean {near[0]}?" if near else ""))
    chosen = {name: keys_of(text) for name, text in own.items()}
    taken: dict[str, str] = {}
    for name, keys in chosen.items():
        for key in keys:
            if key in taken:
                raise KeymapFault(f"{name}: {label(key)} is given to {taken[key]} as well")
            taken[key] = name
    return {
        action.id: chosen.get(action.id)
        or tuple(key for key in keys_of(action.keys) if taken.get(key, action.id) == action.id)
        for action in ACTIONS
    }


def label(key: str) -> str:
    """A key as people call it: `?`, `Enter`, `Ctrl-L`."""
    if key.startswith("ctrl+"):
        return f"Ctrl-{key.removeprefix('ctrl+').upper()}"
    return _LABELS.get(key, key)


def labels(keys: Iterable[str]) -> str:
    """Several keys in a row."""
    return " ".join(label(key) for key in keys)


def first_label(action: Action, keys: Mapping[str, tuple[str, ...]]) -> str:
    """The key a hint shows for an action; empty where it has none."""
    own = keys.get(action.id, ())
    return label(own[0]) if own else ""
