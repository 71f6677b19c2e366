"""Forms, built from what a provider declares."""

from __future__ import annotations

from tui.forms.opening import open_form

__all__ = ["open_form"]
