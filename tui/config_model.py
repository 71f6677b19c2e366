"""The parts of the config that are not a vendor's, as pydantic models. Unknown keys are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """One table of the config."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StoreSettings(Part):
    """[store]: where the state is kept."""

    path: Path | None = None
    """A folder for the store, the log and attachments; vendorq in the XDG state folder where not given."""


class EngineerSettings(Part):
    """[engineer]: who acts. $VENDORQ_ENGINEER='Name <mail> phone' overrides it."""

    name: str = ""
    """Your name, as vendors shall see it."""
    email: str = ""
    """Your e-mail address; Ensono requires one for a create."""
    phone: str = ""
    """Your telephone number."""


class DashboardSettings(Part):
    """[dashboard]: how the screen looks and sounds."""

    theme: str = "vendorq-dark"
    """The name of a theme: a built-in one, or a file in the themes folder beside this config."""
    bell: bool = True
    """Ring the terminal's bell for what needs a person."""
    ascii: bool = False
    """Draw with ASCII alone, for terminals and fonts without the glyphs."""
    mouse: bool = False
    """Take the mouse: a click chooses a row. The terminal's own selection then needs Shift."""


class ViewSettings(Part):
    """[[view]]: a saved filter with a name."""

    name: str = Field(min_length=1, max_length=40)
    """What the view is called."""
    filter: str
    """The filter, as on the filter line."""


class TemplateSettings(Part):
    """[[template]]: what a new ticket starts with."""

    name: str = Field(min_length=1, max_length=40)
    """What the template is called."""
    provider: str
    """The name of the provider it is for."""
    type: str = ""
    """The ticket type it is for; asked where not given."""
    fields: dict[str, Any] = Field(default_factory=dict)
    """Values by field name, as in a create file."""


class RetentionSettings(Part):
    """[retention]: how long what is over is kept."""

    closed_days: int = Field(default=90, ge=1, le=3650)
    """Days that closed and cancelled tickets are kept."""
    settled_days: int = Field(default=90, ge=1, le=3650)
    """Days that settled messages and writes are kept. Their ids are kept 90 days at least."""


class CommonSettings(Part):
    """All of the file but its providers."""

    read_only: bool = False
    """Write nothing to any vendor, and read no queue."""
    store: StoreSettings = Field(default_factory=StoreSettings)
    """Where the state is kept."""
    engineer: EngineerSettings = Field(default_factory=EngineerSettings)
    """Who acts."""
    dashboard: DashboardSettings = Field(default_factory=DashboardSettings)
    """How the screen looks and sounds."""
    keys: dict[str, str] = Field(default_factory=dict)
    """Keys by action id: your own instead of the default ones; several parted by commas."""
    view: tuple[ViewSettings, ...] = ()
    """Saved views."""
    template: tuple[TemplateSettings, ...] = ()
    """Templates for new tickets."""
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    """How long what is over is kept."""
