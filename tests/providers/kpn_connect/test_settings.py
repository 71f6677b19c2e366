"""KPN Connect's part of the config."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from providers.kpn_connect.settings import Settings
from providers.secrets import SecretSource
from tests.support.kpn import AMSTERDAM, CREDENTIALS


def settings(**changes: Any) -> Settings:
    return Settings(**{"name": "kpn", "url": "https://kpn.example/network/kpn/servicenow", **CREDENTIALS, **changes})


def test_token_url_is_on_the_origin_where_none_is_given() -> None:
    assert settings().token_endpoint == "https://kpn.example/oauth/client_credential/accesstoken"
    assert settings(token_url="https://login.example/t/").token_endpoint == "https://login.example/t"


def test_client_id_is_a_value_or_a_source() -> None:
    assert settings().client_id == "some-client"
    assert settings(client_id={"env": "ID"}).client_id == SecretSource(env="ID")


def test_zone_is_dutch_unless_said_otherwise() -> None:
    assert settings().zone == AMSTERDAM
    assert settings(time_zone="UTC").zone.key == "UTC"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://kpn.example"}, "not https"),
        ({"token_url": "http://kpn.example/t"}, "not https"),
        ({"time_zone": "Europe/Utrecht"}, "no time zone"),
        ({"time_zone": "../etc/passwd"}, "no time zone"),
        ({"colour": "blue"}, "Extra inputs"),
        ({"client_secret": "plain"}, "SecretSource"),
    ],
)
def test_wrong_values_are_refused_in_words(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**changes)


def test_secret_is_not_in_the_repr() -> None:
    assert "not-a-real-secret" not in repr(settings())
