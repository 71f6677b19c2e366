"""Keys: the defaults, the engineer's own, and what cannot be."""

from __future__ import annotations

import pytest

from tui.actions import ACTIONS
from tui.keymap import KeymapFault, keymap, keys_of, label, labels


def test_no_default_key_does_two_things() -> None:
    given: dict[str, str] = {}
    for action in ACTIONS:
        for key in keys_of(action.keys):
            assert key not in given, f"{key}: {given.get(key)} and {action.id}"
            given[key] = action.id


def test_an_own_key_replaces_the_default() -> None:
    keys = keymap({"ticket.comment": "m, ctrl+n"})
    assert keys["ticket.comment"] == ("m", "ctrl+n")


def test_a_default_key_given_away_is_the_other_actions_alone() -> None:
    keys = keymap({"ticket.comment": "j"})
    assert keys["move.down"] == ("down",)


def test_an_unknown_action_names_the_nearest() -> None:
    with pytest.raises(KeymapFault, match=r"tickt\.comment: there is no such action; did you mean ticket\.comment"):
        keymap({"tickt.comment": "m"})


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
