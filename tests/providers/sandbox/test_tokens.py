"""Tokens: KPN's client credentials and SmartOps' Keycloak."""

from __future__ import annotations

from providers.sandbox import Sandbox
from tests.providers.sandbox.callers import KpnCaller, SmartOpsCaller


def test_every_value_of_kpns_answer_is_a_string(kpn: KpnCaller) -> None:
    answer = kpn.ask_token().json()
    assert answer["expires_in"] == "3599"
    assert all(isinstance(value, str) for value in answer.values())
    assert "refresh_token" not in answer


def test_wrong_secret_gets_no_token(kpn: KpnCaller) -> None:
    answer = kpn.ask_token("not-the-secret")
    assert (answer.status_code, answer.json()["ErrorCode"]) == (401, "invalid_client")


def test_token_expires(box: Sandbox, kpn: KpnCaller) -> None:
    box.context.token_seconds = 90
    assert kpn.call("GET", "/TicketUpdates").status_code == 200
    box.advance(89)
    assert kpn.call("GET", "/TicketUpdates").status_code == 200
    box.advance(1)
    assert kpn.call("GET", "/TicketUpdates").status_code == 401


def test_token_of_one_kpn_interface_is_no_good_at_the_other(kpn: KpnCaller, incidents: KpnCaller) -> None:
    incidents.token = kpn.ask_token().json()["access_token"]
    assert incidents.call("GET", "/GetActiveIncidents").status_code == 401


def test_revoked_token_is_refused(box: Sandbox, kpn: KpnCaller) -> None:
    kpn.call("GET", "/TicketUpdates")
    box.tokens.revoke_all()
    assert kpn.call("GET", "/TicketUpdates").status_code == 401
    assert box.tokens.issued["kpn-connect"] == 1


def test_offline_token_gives_access_tokens(box: Sandbox, smartops: SmartOpsCaller) -> None:
    answers = [smartops.ask_token().json() for _ in range(2)]
    assert answers[0]["access_token"] != answers[1]["access_token"]
    assert answers[0]["refresh_token"] == box.keycloak.offline


def test_rotated_offline_token_replaces_the_old_one(box: Sandbox, smartops: SmartOpsCaller) -> None:
    box.keycloak.rotates = True
    new = smartops.ask_token().json()["refresh_token"]
    stale = smartops.ask_token()
    assert (stale.status_code, stale.json()["error"]) == (400, "invalid_grant")
    assert smartops.ask_token(new).status_code == 200


def test_ended_session_is_an_invalid_grant(box: Sandbox, smartops: SmartOpsCaller) -> None:
    box.keycloak.log_out()
    assert smartops.ask_token().json()["error"] == "invalid_grant"


def test_confidential_client_needs_its_secret(box: Sandbox, smartops: SmartOpsCaller) -> None:
    box.keycloak.secret = "not-a-real-secret"
    assert smartops.ask_token().status_code == 401
    assert smartops.ask_token(client_secret="not-a-real-secret").status_code == 200


def test_ready_access_token_is_accepted(box: Sandbox, smartops: SmartOpsCaller) -> None:
    smartops.token = box.keycloak.access_token
    assert smartops.call("fetch", "GET", ticketNumber="x").json()["statusCode"] == "404"
    box.keycloak.access_token = ""
    assert smartops.call("fetch", "GET", ticketNumber="x").status_code == 401
