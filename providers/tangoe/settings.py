"""Tangoe's part of the config."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from providers.secrets import SecretSource, Source
from providers.settings import UrlSettings, check_url

BASE_PATH: Final = "/api/tango/v1/integrations"
"""The document's own spelling: tango, without an e."""


class Callback(BaseModel):
    """Where Tangoe calls back when it changes a case. All five attributes belong together (Request Parameters).

    The password is kept in the config alone: a form or a create file names this callback, it does not repeat it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    callback_url: str
    """URL that Tangoe calls."""
    callback_type: Literal["POST", "PUT", "PATCH"] = "POST"
    """HTTP method of the call."""
    callback_auth_type: Literal["basic", "no-auth"] = "basic"
    """How Tangoe proves who it is."""
    callback_auth_user: str = ""
    """User name for basic; empty otherwise."""
    callback_auth_password: SecretSource | None = None
    """Password for basic."""

    @field_validator("callback_url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return check_url(url)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        named = bool(self.callback_auth_user) and self.callback_auth_password is not None
        if self.callback_auth_type == "basic" and not named:
            raise ValueError("callback_auth_type basic needs callback_auth_user and callback_auth_password")
        if self.callback_auth_type == "no-auth" and (self.callback_auth_user or self.callback_auth_password):
            raise ValueError("callback_auth_type no-auth takes neither user nor password")
        return self


class Settings(UrlSettings):
    """A Tangoe provider."""

    kind: Literal["tangoe"] = "tangoe"
    """Which vendor it is."""
    username: Source
    """The user name Tangoe gave for the interface."""
    password: SecretSource
    """Its password."""
    contact_email: str = ""
    """Primary contact of new cases; the engineer's e-mail where empty. Tangoe replaces one it does not know."""
    entitlement_id: str = ""
    """Entitlement of new cases. Tangoe takes none, but handles such a case more slowly."""
    entitlements: tuple[str, ...] = ()
    """Entitlement ids to offer in the form."""
    comments: bool = False
    """Offer to add comments. The document does not describe it; try it on your own account first."""
    callback: Callback | None = None
    """A callback to offer with creates and updates; never sent unasked."""
    time_zone: str = "UTC"
    """The zone of Tangoe's stamps, which carry none."""

    @field_validator("url")
    @classmethod
    def _origin_only(cls, url: str) -> str:
        return check_url(url).removesuffix(BASE_PATH)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone; write it as America/New_York") from None
        return name

    @property
    def zone(self) -> tzinfo:
        """The configured zone."""
        return UTC if self.time_zone == "UTC" else ZoneInfo(self.time_zone)

    @property
    def base_url(self) -> str:
        """What all paths of the interface begin with."""
        return f"{self.url}{BASE_PATH}"

    @property
    def cases_url(self) -> str:
        """The collection of cases."""
        return f"{self.base_url}/cases"
