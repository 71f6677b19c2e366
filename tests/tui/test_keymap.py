"""Keys: the defaults, the engineer's own, and what cannot be."""

from __future__ import annotations

import re

import pytest

from tui.actions import ACTIONS, BY_ID
from tui.keymap import KeymapFault, keymap, keys_of, label, labels


def test_no_default_key_does_two_things() -> None:
    given: dict[str, str] = {}
    for action in ACTIONS:
        for key in keys_of(action.keys):
            assert key not in given, f"{key}: {given.get(key)} and {action.id}"
            given[key] = action.id


def test_an_own_key_replaces_the_default() -> None:
    keys = keymap({"ticket.comment": "ctrl+n, K"})
    assert keys["ticket.comment"] == ("ctrl+n", "K")


def test_another_actions_default_key_is_refused_with_what_to_do() -> None:
    with pytest.raises(
        KeymapFault, match=r"ticket\.comment: x is the key for 'Outbox'; give .*\"app\.outbox\" = \"ctrl\+o\""
    ):
        keymap({"ticket.comment": "x"})
    with pytest.raises(KeymapFault, match=r"app\.quit: 1 is the key for 'View 1'"):
        keymap({"app.quit": "1"})
    with pytest.raises(KeymapFault, match=r"ticket\.comment: j is the key for 'Down'"):
        keymap({"ticket.comment": "j"})


@pytest.mark.parametrize(
    "own",
    [
        {"ticket.comment": "j"},
        {"ticket.comment": "x", "ticket.attach": "h", "ticket.update": "o,q"},
        {"ticket.raw": "c,C,s,S", "app.poll": "down,j,k,up"},
        {"app.log": ",".join("abcdefhimnoprstuvwxyz")},
    ],
)
def test_all_that_lose_a_key_are_told_at_once_and_what_is_to_be_written_holds(own: dict[str, str]) -> None:
    with pytest.raises(KeymapFault) as told:
        keymap(own)
    cures = dict(re.findall(r'"([a-z_.]+)" = "(\S+)"', str(told.value)))
    losing = {
        action.title for action in ACTIONS for text in own.values() if {*keys_of(action.keys)} & {*keys_of(text)}
    } - {BY_ID[name].title for name in own}
    assert {BY_ID[name].title for name in cures} == losing
    assert all(f"'{title}'" in str(told.value) for title in losing)
    keys = keymap({**own, **cures})
    assert all(keys[name] == keys_of(text) for name, text in {**own, **cures}.items())


def test_who_loses_one_key_of_several_is_offered_the_others() -> None:
    with pytest.raises(KeymapFault, match=r'such as "move\.down" = "down"'):
        keymap({"ticket.comment": "j"})


def test_two_actions_may_change_keys() -> None:
    keys = keymap({"ticket.comment": "x", "app.outbox": "c"})
    assert (keys["ticket.comment"], keys["app.outbox"]) == (("x",), ("c",))
    assert keymap({"ticket.comment": "j", "move.down": "down"})["move.down"] == ("down",)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("ctrl+alt+banana", r"there is no key 'ctrl\+alt\+banana'; write a character"),
        ("ctlr+n", r"there is no key 'ctlr\+n'; did you mean ctrl\+n\?"),
        ("pagdown", r"did you mean pagedown\?"),
        ("f25", r"did you mean f\d"),
        ("ctrl+m", "cannot tell Ctrl-M from Enter"),
        ("nn", "there is no key 'nn'"),
    ],
)
def test_a_key_that_no_terminal_sends_is_refused(key: str, words: str) -> None:
    with pytest.raises(KeymapFault, match=words):
        keymap({"ticket.comment": key})


def test_keys_may_be_written_in_several_ways() -> None:
    assert keys_of("Alt+Ctrl+N, ctrl+alt+n, shift+m, Enter, shift+tab, +, Q") == (
        *("alt+ctrl+n", "alt+ctrl+n", "M", "enter", "shift+tab", "plus"),
        "Q",
    )


def test_every_default_key_is_one_that_may_be_given() -> None:
    for action in ACTIONS:
        assert keymap({action.id: action.keys})[action.id] == keys_of(action.keys)


def test_an_unknown_action_names_the_nearest() -> None:
    with pytest.raises(KeymapFault, match=r"tickt\.comment: there is no such action; did you mean ticket\.comment"):
        keymap({"tickt.comment": "K"})


def test_only_a_near_action_is_named() -> None:
    with pytest.raises(KeymapFault, match=r"nonsense: there is no such action; the page about keys"):
        keymap({"nonsense": "m"})


def test_one_key_for_two_actions_names_both() -> None:
    with pytest.raises(KeymapFault, match=r"ticket\.attach: m is given to ticket\.comment as well"):
        keymap({"ticket.comment": "m", "ticket.attach": "m"})


def test_keys_are_written_as_people_type_them() -> None:
    assert keys_of("?, /, ctrl+n") == ("question_mark", "slash", "ctrl+n")
    assert keys_of(",,x") == ("comma", "x") or keys_of("x") == ("x",)


def test_labels_are_what_people_call_the_keys() -> None:
    assert label("question_mark") == "?"
    assert label("ctrl+l") == "Ctrl-L"
    assert labels(("down", "j")) == "↓ j"
