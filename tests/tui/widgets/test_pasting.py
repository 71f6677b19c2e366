"""Inputs take what is pasted whole, and say where there was more than is kept."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.events import Paste

from tui.paste_parser import Pasted
from tui.widgets.pasting import LineInput, TextInput


class Inputs(App[None]):
    """One of each."""

    def compose(self) -> ComposeResult:
        yield LineInput()
        yield TextInput()

    @property
    def told(self) -> list[str]:
        """What the toasts say."""
        return [each.message for each in self._notifications]


@pytest.mark.parametrize("kind", [LineInput, TextInput])
async def test_a_paste_that_was_cut_is_there_as_far_as_it_goes_and_says_so(
    kind: type[LineInput] | type[TextInput],
) -> None:
    app = Inputs()
    async with app.run_test() as pilot:
        field = app.query_one(kind)
        field.focus()
        app.post_message(Pasted("node 1"))
        app.post_message(Paste(" and "))
        await pilot.pause()
        assert app.told == []
        app.post_message(Pasted("node 2", is_cut=True))
        await pilot.pause()
        (sentence,) = app.told
    assert "only its beginning is here" in sentence
    text = field.value if isinstance(field, LineInput) else field.text
    assert text.replace(" ", "") == "node1andnode2", "each once"
