"""One of a few things, before a form opens: a vendor, a type, a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.forms.head import Heading, Hints
from tui.screens.boxed import Boxed


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to choose. `refusal` says why it cannot be; such a one is shown and cannot be taken."""

    label: str
    value: tuple[str, ...]
    refusal: str = ""


class Chooser(Boxed[tuple[str, ...]]):
    """Ends with the chosen value, or None. Digits choose directly."""

    DEFAULT_CSS = """
    Chooser > #box { width: 90; padding: 0 1; }
    Chooser OptionList { height: auto; max-height: 20; border: none; margin: 1 0; padding: 0; }
    Chooser OptionList { background: $vq-background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
        *(Binding(str(number), f"take({number - 1})", show=False) for number in range(1, 10)),
    ]

    def __init__(self, title: str, offers: Sequence[Offer]) -> None:
        super().__init__()
        self.offers = tuple(offers)
        self.heading = Heading(title)
        self.list = OptionList(
            *(Option(self._label(place, offer), disabled=bool(offer.refusal)) for place, offer in enumerate(offers)),
            markup=False,
            compact=True,
        )

    @staticmethod
    def _label(place: int, offer: Offer) -> str:
        number = f"{place + 1} " if place < 9 else "  "
        return f"{number} {offer.label}" + (f"   ({offer.refusal})" if offer.refusal else "")

    def compose(self) -> ComposeResult:
        """Question over answers."""
        with Vertical(id="box"):
            yield self.heading
            yield self.list
            yield Hints((("Enter", "choose"), ("1-9", "directly"), ("Esc", "back")), surface="background")

    def on_mount(self) -> None:
        """The keys go to the list."""
        self.list.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take it."""
        self.action_take(event.option_index)

    def action_take(self, place: int) -> None:
        """Take the one at a place, if it can be."""
        if place < len(self.offers):
            offer = self.offers[place]
            if offer.refusal:
                self.heading.say(offer.refusal, "bad")
            else:
                self.dismiss(offer.value)

    def action_down(self) -> None:
        """Next."""
        self.list.action_cursor_down()

    def action_up(self) -> None:
        """Previous."""
        self.list.action_cursor_up()
