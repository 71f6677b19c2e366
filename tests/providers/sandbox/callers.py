"""Plain callers of each vendor, so that the sandbox is tested without the project's own connectors."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx

from providers.sandbox import Sandbox


class EnsonoCaller:
    """Ensono's bridge, in one environment."""

    def __init__(self, box: Sandbox, web: httpx.Client) -> None:
        self.box = box
        self.web = web
        self.environment = "prod"
        self.headers = {"x-api-key": box.settings("ensono")["api_key"]["value"]}

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request below the environment."""
        url = f"{self.box.url}/ensono/testclient/{self.environment}{path}"
        return self.web.request(method, url, headers=self.headers, **more)

    def put(self, number: str, verb: str = "", **payload: Any) -> httpx.Response:
        """A write on a ticket, its payload wrapped and completed."""
        whole = {"clientName": "testClient", "ticketType": "Incident", "clientTicketNumber": "INC1", **payload}
        return self.call("PUT", f"/tickets/{number}{verb}", json={"payload": whole})

    def create(self, **payload: Any) -> httpx.Response:
        """A create with everything that the guide requires."""
        whole = {
            "clientName": "testClient",
            "ticketType": "Incident",
            "clientTicketNumber": "INC1",
            "priority": "2",
            "shortDescription": "Mail is late",
            "description": "Since noon mail takes an hour.",
            "contactName": "Sam Sandbox",
            "contactEmail": "sam@client.example",
            **payload,
        }
        return self.call("POST", "/tickets", json={"payload": whole})

    def receive(self) -> list[dict[str, Any]]:
        """The messages of one read, whichever way they nest."""
        result = self.call("GET", "/queue").json()["ReceiveMessageResponse"]["ReceiveMessageResult"]
        messages: list[dict[str, Any]] | None = result.get("ReceiveMessageResult", result)["messages"]
        return messages or []

    def delete(self, handle: str) -> httpx.Response:
        """Delete by a receipt handle, encoded as it must be."""
        return self.call("DELETE", f"/queue/{quote(handle, safe='')}")

    def upload_url(self, number: str, name: str) -> str:
        """A presigned URL for a file."""
        body: str = self.call("GET", f"/tickets/{number}/attachments/{name}").json()["Response"]["body"]
        return body


class KpnCaller:
    """One of the two KPN interfaces; fetches its token once."""

    def __init__(self, box: Sandbox, web: httpx.Client, kind: str, base: str) -> None:
        self.box = box
        self.web = web
        self.base = base
        self.settings = box.settings(kind)
        self.token = ""

    def ask_token(self, secret: str = "") -> httpx.Response:
        """One request for a token."""
        form = {
            "client_id": self.settings["client_id"],
            "client_secret": secret or self.settings["client_secret"]["value"],
        }
        query = {"grant_type": "client_credentials"}
        return self.web.post(self.settings["token_url"], params=query, data=form)

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request with a token."""
        self.token = self.token or self.ask_token().json()["access_token"]
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.web.request(method, f"{self.box.url}{self.base}{path}", headers=headers, **more)

    def create(self, **fields: Any) -> httpx.Response:
        """A new KPN Connect ticket with what is mandatory."""
        body = {
            "ticket_type": "Incident",
            "customer_reference_number": "INC1",
            "short_description": "Line is down",
            "description": "No light on the fibre.",
            "service": "WAN Connectivity",
            **fields,
        }
        return self.call("POST", "/Ticket", json={key: value for key, value in body.items() if value is not None})

    def code(self, answer: httpx.Response) -> str:
        """The error's code; empty where there is none."""
        code: str = answer.json().get("error", {}).get("code", "")
        return code


class BasicCaller:
    """Tangoe's Case API."""

    def __init__(self, box: Sandbox, web: httpx.Client) -> None:
        self.box = box
        self.web = web
        settings = box.settings("tangoe")
        self.auth = (settings["username"], settings["password"]["value"])

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request with basic authentication."""
        url = f"{self.box.url}/api/tango/v1/integrations{path}"
        return self.web.request(method, url, **{"auth": self.auth, **more})

    def create(self, **fields: Any) -> httpx.Response:
        """A case with what is mandatory."""
        body = {
            "short_description": "Invoice is wrong",
            "description": "Twice the amount.",
            "contact_email": "a@client.example",
            **fields,
        }
        return self.call("POST", "/cases", json=body)

    def numbers(self, **query: Any) -> list[str]:
        """The case numbers of one page."""
        return [row["number"] for row in self.call("GET", "/cases", params=query).json()["result"]]


class SmartOpsCaller:
    """The ITSM contract's three endpoints."""

    def __init__(self, box: Sandbox, web: httpx.Client) -> None:
        self.box = box
        self.web = web
        self.settings = box.settings("smartops")
        self.connection = {name: value["value"] for name, value in self.settings["connection_details"].items()}
        self.token = ""

    def ask_token(self, offline: str = "", **more: str) -> httpx.Response:
        """One request for an access token."""
        form = {
            "grant_type": "refresh_token",
            "client_id": self.settings["client_id"],
            "refresh_token": offline or self.settings["offline_token"]["value"],
            **more,
        }
        return self.web.post(self.settings["token_url"], data=form)

    def call(self, name: str, method: str = "POST", **body: Any) -> httpx.Response:
        """One request to create, update or fetch."""
        self.token = self.token or self.ask_token().json()["access_token"]
        whole = {
            "connectionDetails": self.connection,
            "itsmTimeZoneOffset": "+01:00",
            "ticketFields": ["ticketNumber", "sysId", "ticketStatus", "comments"],
            **body,
        }
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.web.request(method, self.settings[f"{name}_url"], json=whole, headers=headers)
