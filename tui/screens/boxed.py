"""A small box over the dashboard that asks one thing. What lies under it stays as it is, so that it costs few bytes."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Boxed(ModalScreen[Answer], Generic[Answer]):
    """What all boxes share: their look, and Escape, which answers nothing."""

    DEFAULT_CSS = """
    Boxed { align: center middle; background: transparent; }
    Boxed > #box {
        width: 72; max-width: 96%; height: auto; max-height: 90%;
        border: round $vq-accent; background: $vq-background; padding: 1 2 0 2; color: $vq-text;
    }
    Boxed .title { text-style: bold; color: $vq-strong; margin-bottom: 1; width: 1fr; }
    Boxed .words { width: 1fr; margin-bottom: 1; }
    Boxed .label { color: $vq-muted; width: 1fr; }
    Boxed .wrong { color: $vq-bad; width: 1fr; }
    Boxed Input { border: none; height: 1; padding: 0 1; background: $vq-panel; margin-bottom: 1; }
    Boxed Input:focus { border: none; background: $vq-cursor-idle; background-tint: transparent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Cancel", show=False)]
