"""SmartOps' part of the config."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from providers.secrets import SecretSource, Source
from providers.settings import ProviderSettings, check_url


def _plain_or_source(given: object) -> object:
    return {"value": given} if isinstance(given, str) else given


Value = Annotated[SecretSource, BeforeValidator(_plain_or_source)]
"""A secret's source, or the secret itself as text."""


class Settings(ProviderSettings):
    """A SmartOps provider: three URLs, since the contract names no paths, and a Keycloak's tokens."""

    kind: Literal["smartops"] = "smartops"
    """Which vendor it is."""
    create_url: str
    """Where tickets are created."""
    update_url: str
    """Where tickets are updated."""
    fetch_url: str
    """Where a ticket is fetched."""
    fetch_method: Literal["GET", "POST"] = "GET"
    """How it is fetched. The contract says GET, with a JSON body, which some gateways do not let through."""
    token_url: str = ""
    """The Keycloak's token endpoint."""
    client_id: Source | None = None
    """The Keycloak client."""
    client_secret: SecretSource | None = None
    """Its secret, for a confidential client."""
    offline_token: SecretSource | None = None
    """The offline token that buys access tokens."""
    access_token: SecretSource | None = None
    """A ready access token instead."""
    connection_details: dict[str, Value] = Field(default_factory=dict)
    """connectionDetails as SmartOps wants them: values in base64, itsmVersion as it is. Secrets, all of them."""
    time_zone_offset: str = "+00:00"
    """itsmTimeZoneOffset, sent as it stands here."""
    headers: dict[str, Value] = Field(default_factory=dict)
    """Further headers that your SmartOps asks for."""

    @field_validator("create_url", "update_url", "fetch_url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return check_url(url)

    @field_validator("token_url")
    @classmethod
    def _check_token_url(cls, url: str) -> str:
        return check_url(url) if url else ""

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.access_token is None) == (self.offline_token is None):
            raise ValueError("smartops takes either offline_token (with token_url and client_id) or access_token")
        if self.offline_token is not None and (not self.token_url or self.client_id is None):
            raise ValueError("offline_token needs token_url and client_id beside it")
        return self
