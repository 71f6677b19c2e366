"""Forms, built from what a provider declares."""

from __future__ import annotations

from tui.forms.opening import correct, open_form

__all__ = ["correct", "open_form"]
