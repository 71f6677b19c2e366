from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.providers.ensono.support import settings


@pytest.mark.parametrize("environment", ["dev", "echo", "cert", "prod"])
def test_the_four_environments_are_taken(environment: str) -> None:
    assert settings(environment=environment).environment == environment


@pytest.mark.parametrize(
    ("environment", "nearest"),
    [("Prod", "prod"), ("PROD", "prod"), ("production", "prod"), ("cret", "cert"), ("dve", "dev"), (" dev", "dev")],
)
def test_a_mistyped_environment_is_refused_with_the_nearest(environment: str, nearest: str) -> None:
    with pytest.raises(ValidationError, match=f"did you mean '{nearest}'"):
        settings(environment=environment)


def test_an_environment_like_no_other_is_refused_with_all_four() -> None:
    with pytest.raises(ValidationError, match="dev, echo, cert, prod"):
        settings(environment="zzz")


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://bridge.example/ourclient"},
        {"url": "https://bridge.example/ourclient/prod"},
        {"url": "https://bridge.example/ourclient/Dev/"},
        {"client_name": ""},
        {"create_with": "impact"},
        {"work_in_progress": "Work In Progress"},
        {"ignore": [{}]},
        {"ignore": [{"type": " "}]},
        {"ignore": [{"kind": "Change"}]},
        {"api_key": {}},
        {"colour": "blue"},
    ],
)
def test_a_wrong_config_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**changes)


def test_defaults_are_the_documents() -> None:
    found = settings()
    assert (found.work_in_progress, found.create_with, found.consume) == ("workingprogress", "priority", "ask")
    assert (found.double_escape, found.upload_base64, found.resend_unanswered_create) == (False, False, False)
    assert found.hosts == (".amazonaws.com",)


def test_configured_attachment_hosts_replace_the_default() -> None:
    assert settings(attachment_hosts=["files.example"]).hosts == ("files.example",)


def test_the_key_is_in_no_representation() -> None:
    found = settings()
    assert "not-a-real-key" not in f"{found!r} {found} {found.model_dump()}"
