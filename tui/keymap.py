"""Which keys do what: the defaults of the registry, and the engineer's own from `[keys]`. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from string import ascii_lowercase
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

_NAMED: Final = frozenset(
    {"left", "right", "insert", "delete", "backspace", "comma", *(f"f{number}" for number in range(1, 25))}
    | (_LABELS.keys() - {"shift+tab"})
)
"""Keys that go by a name; of the others each goes by the character it types."""
_MODIFIERS: Final = frozenset({"alt", "ctrl", "shift"})
_ALIKE: Final = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace"}
"""What a terminal cannot tell from another key, and that key."""


class KeymapFault(ValueError):
    """Keys that cannot be: no such action, no such key, or one key for two actions. Says which, and what to do."""


def keys_of(text: str) -> tuple[str, ...]:
    """A setting such as `ctrl+n, ]` as Textual's names of keys."""
    return tuple(_key(part) for part in _parts(text))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace(",,", ",comma").split(",") if part.strip()]


def _key(text: str) -> str:
    """One key by Textual's name: modifiers in its order, and a capital for a letter with Shift."""
    *modifiers, base = text.split("+") if len(text) > 1 and not text.endswith("+") else [text]
    base = _NAMES.get(base, base if len(base) == 1 else base.lower())
    held = {modifier.lower() for modifier in modifiers}
    if held == {"shift"} and len(base) == 1 and base.isalpha():
        return base.upper()
    return "+".join([*sorted(held), base.lower() if held else base])


def _check_key(name: str, text: str) -> None:
    """KeymapFault for a key that no terminal sends, as it was written."""
    key = _key(text)
    *modifiers, base = key.split("+")
    if known_as := _ALIKE.get(key):
        raise KeymapFault(f"{name}: a terminal cannot tell {label(key)} from {label(known_as)}; choose another key")
    known = len(base) == 1 or base in _NAMED
    if known and _MODIFIERS.issuperset(modifiers):
        return
    near_modifiers = [(get_close_matches(one, _MODIFIERS, 1) or [""])[0] for one in modifiers]
    near_base = [base] if known else get_close_matches(base, sorted(_NAMED), 1)
    if all(near_modifiers) and near_base:
        cure = f"did you mean {'+'.join([*near_modifiers, *near_base])}?"
    else:
        cure = "write a character, or a name such as ctrl+n, f5, pagedown, space"
    raise KeymapFault(f"{name}: there is no key {text!r}; {cure}")


def keymap(own: Mapping[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """Every action's keys: the defaults, and `own` keys by action id in their place.

    KeymapFault for an id or a key there is none of, for one key given to two actions, and for another action's
    default key where that action is not given keys as well.
    """
    own = own or {}
    for name in own:
        if name not in BY_ID:
            near = get_close_matches(name, list(BY_ID), 1, 0.6)
            cure = f"did you mean {near[0]}?" if near else "the page about keys lists the ids"
            raise KeymapFault(f"{name}: there is no such action; {cure}")
        for part in _parts(own[name]):
            _check_key(name, part)
    chosen = {name: keys for name, text in own.items() if (keys := keys_of(text))}
    defaults = {key: action for action in ACTIONS if action.id not in chosen for key in keys_of(action.keys)}
    taken: dict[str, str] = {}
    for name, keys in chosen.items():
        for key in keys:
            if taken.setdefault(key, name) != name:
                raise KeymapFault(f"{name}: {label(key)} is given to {taken[key]} as well")
    if any(key in defaults for key in taken):
        raise KeymapFault(_clashes(taken, defaults))
    return {action.id: chosen.get(action.id) or keys_of(action.keys) for action in ACTIONS}


def _clashes(taken: Mapping[str, str], defaults: Mapping[str, Action]) -> str:
    """Every default key that is taken, in one sentence: whose it is, who takes it, and what to write for the other."""
    lost = [(label(key), name, other) for key, name in taken.items() if (other := defaults.get(key))]
    offers: dict[str, str] = {}
    for _, _, other in lost:
        kept = [part for part in _parts(other.keys) if not taken.keys() & keys_of(part)]
        offer = ",".join(kept) or _free_key(other, taken, defaults, offers.values())
        offers.setdefault(other.id, offer)
    (key, name, other), *more = lost
    cure = f'such as "{other.id}" = "{offers[other.id]}", or choose another here'
    words = [f"{name}: {key} is the key for {other.title!r}; give that one another, too, {cure}"]
    words += [
        f'{name} takes {key} from {other.title!r} as well: "{other.id}" = "{offers[other.id]}"'
        for key, name, other in more
    ]
    return "; ".join(words)


def _free_key(action: Action, *used: Collection[str]) -> str:
    """A key that nothing has yet: a letter of the action's title in some form, else the first function key left."""
    letters = [letter for letter in action.title.lower() if letter in ascii_lowercase]
    plain = [*letters[:1], *(letter.upper() for letter in letters[:1]), *(f"ctrl+{letter}" for letter in letters)]
    offers = [
        *(key for key in plain if key not in _ALIKE and key != "ctrl+c"),
        *(f"f{number}" for number in range(2, 13)),
    ]
    return next((key for key in offers if not any(key in keys for keys in used)), "f12")


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
