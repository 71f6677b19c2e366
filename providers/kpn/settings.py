"""What both KPN interfaces want in the config: OAuth client credentials and a time zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import field_validator

from providers.kpn.words import TIME_ZONE, token_url
from providers.secrets import SecretSource, Source
from providers.settings import UrlSettings, check_url


class KpnSettings(UrlSettings):
    """A KPN provider: where it is, where its tokens come from, and as whom we ask."""

    token_url: str = ""
    """Where tokens are had; by default /oauth/client_credential/accesstoken on the origin of `url`."""
    client_id: Source
    """The client id from the KPN Developer portal: as it is, or a source as for a secret."""
    client_secret: SecretSource
    """The client secret that belongs to it."""
    time_zone: str = TIME_ZONE
    """The zone of KPN's stamps without one: due times, comment times, delivery dates."""

    @field_validator("token_url")
    @classmethod
    def _check_token_url(cls, url: str) -> str:
        return check_url(url) if url else ""

    @field_validator("time_zone")
    @classmethod
    def _check_time_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone; write it as Europe/Amsterdam") from None
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The configured zone."""
        return ZoneInfo(self.time_zone)

    @property
    def token_endpoint(self) -> str:
        """The URL tokens are asked from."""
        return self.token_url or token_url(self.url)
