"""What is sent is what httpx makes of the same URL, whichever way it was made."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.attempt import Request, Trail
from providers.outbound import outbound

hosts = st.sampled_from(
    ["https://a.example", "http://127.0.0.1:8080", "https://A.example:443", "https://a.example:8443"]
)
words = st.text(st.sampled_from("abcXYZ019-._~!$&'()*+,;=:@/%#? ÿ\\\"<>[]{}|^`"), max_size=20)
encoded = st.lists(words | st.sampled_from(["%2B", "%2f", "%3D", "%", "%zz", "/../", "/./", "..", "//"]), max_size=6)


def sent(url: str, *, direct: bool = True, **more: object) -> tuple[httpx.Request, Trail]:
    """The request for a GET of this URL, and its trail."""
    trail = Trail(url, 1, (0, 0), 0.0)
    fields: dict[str, object] = {"content": None, "params": None, "headers": {}, **more}
    request = Request(method="GET", url=url, treatment="read", with_auth=False, deadline=1.0, cap=1, **fields)  # type: ignore[arg-type]  # a test names real fields
    return outbound(request, {"x-api-key": "not-a-real-key"}, trail, direct=direct), trail


def target(request: httpx.Request) -> bytes:
    """What goes into the request line."""
    chosen: bytes = request.extensions.get("target", request.url.raw_path)
    return chosen


@given(hosts, encoded)
def test_the_request_line_and_host_are_those_of_httpx(host: str, path: list[str]) -> None:
    url = f"{host}/{''.join(path)}"
    request, trail = sent(url)
    expected = httpx.Request("GET", url)
    assert (target(request), request.headers["host"]) == (expected.url.raw_path, expected.headers["host"])
    assert httpx.URL(trail.url).raw_path == expected.url.raw_path


def test_a_proxy_is_asked_for_its_own_target() -> None:
    request, _ = sent("https://a.example/client/prod/queue", direct=False)
    assert "target" not in request.extensions and request.url.raw_path == b"/client/prod/queue"


def test_a_receipt_handle_goes_as_it_was_encoded() -> None:
    handle = "AQEB%2B%2F%3D" * 40
    request, trail = sent(f"https://a.example/client/prod/queue/{handle}")
    assert request.extensions["target"] == f"/client/prod/queue/{handle}".encode()
    assert trail.url.endswith(handle)


@pytest.mark.parametrize(
    "url", ["https://a.example/x?X-Amz-Signature=a%2Fb&c=d", "https://a.example/x?", "https://a.example"]
)
def test_a_signed_query_stays_as_it_is(url: str) -> None:
    request, _ = sent(url)
    assert target(request) == httpx.URL(url).raw_path


def test_params_join_the_query() -> None:
    request, trail = sent("https://a.example/list", params={"kpn_ticket_number": "INC#1"})
    assert target(request) == b"/list?kpn_ticket_number=INC%231"
    assert trail.url == "https://a.example/list?kpn_ticket_number=INC%231"


def test_what_a_connector_says_takes_the_place_of_what_is_always_sent() -> None:
    request, _ = sent("https://a.example/x", headers={"accept": "*/*", "Content-Type": "text/plain"})
    assert (request.headers["accept"], request.headers["user-agent"]) == ("*/*", "vendorq")
    assert request.headers["x-api-key"] == "not-a-real-key"
    assert len(request.headers.get_list("accept")) == 1
