"""KPN Connect's schema: what POST and PATCH Ticket must hold.

Source: ServiceNow Connect API part 2 v0.95, sections 2 and 3 (tables of data items). Every breach is error 1000 with
the field named.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final

TYPES: Final = ("Incident", "Request for Information", "Change Request", "Service Request")
PRIORITIES: Final = ("1 - Critical", "2 - High", "3 - Moderate", "4 - Low", "5 - Planning")
LOCAL_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")

CREATE: Final = {
    "ticket_type": 30,
    "customer_reference_number": 50,
    "short_description": 160,
    "description": 4000,
    "service": 255,
}
CREATE_OPTIONAL: Final = {"ci": 255, "contact": 100, "user": 100, "priority": 20, "desired_delivery_date": 16}
COMMENT: Final = {"action": 10, "customer_reference_number": 50, "kpn_ticket_number": 20}
RESPONSE: Final = {"action": 10, "kpn_ticket_number": 20, "transaction_id": 40}
RESPONSE_OPTIONAL: Final = {"customer_reference_number": 60, "error_details": 4000}
ITEM: Final = {"item": 100, "customer_order_item_id": 50}


class Breach(Exception):
    """The message breaks the schema: which field, and how."""


def check_create(body: Mapping[str, Any]) -> None:
    """Check a new ticket. Breach where it breaks the schema."""
    _texts(body, CREATE, CREATE_OPTIONAL)
    kind = body["ticket_type"]
    if kind not in TYPES:
        raise Breach("ticket_type has a value that is not allowed")
    if "priority" in body and kind not in ("Incident", "Request for Information"):
        raise Breach(f"priority is not allowed for {kind}")
    if body.get("priority", PRIORITIES[0]) not in PRIORITIES:
        raise Breach("priority has a value that is not allowed")
    if "ci" in body and kind == "Service Request":
        raise Breach("ci is not allowed for Service Request")
    if "desired_delivery_date" in body:
        if kind != "Change Request":
            raise Breach(f"desired_delivery_date is not allowed for {kind}")
        if not LOCAL_TIME.fullmatch(body["desired_delivery_date"]):
            raise Breach("desired_delivery_date is not of the form YYYY-MM-DD HH:MM")
    if "order_items" in body:
        if kind != "Service Request":
            raise Breach(f"order_items is not allowed for {kind}")
        _check_items(body["order_items"])
    check_attachments(body)


def check_comment(body: Mapping[str, Any], *, comment_required: bool) -> None:
    """Check a comment. One without text is taken where it carries attachments, unless `comment_required`."""
    _texts(body, COMMENT, {"comment": 4000})
    if not body.get("comment") and (comment_required or not body.get("attachments")):
        raise Breach("comment is mandatory")
    check_attachments(body)


def check_response(body: Mapping[str, Any]) -> None:
    """Check a confirmation."""
    _texts(body, RESPONSE, RESPONSE_OPTIONAL)
    if body.get("status") not in ("Success", "Failure"):
        raise Breach("status is mandatory and must be Success or Failure")


def check_attachments(body: Mapping[str, Any]) -> None:
    """Check the array of attachments, if there is one."""
    attachments = body.get("attachments", [])
    if not isinstance(attachments, list):
        raise Breach("attachments must be an array")
    for file in attachments:
        if not isinstance(file, dict):
            raise Breach("attachments must hold objects")
        _texts(file, {"name": 100}, {"content_type": 100})
        try:
            base64.b64decode(file["content"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise Breach("content is mandatory and must be base64") from None


def _check_items(items: object) -> None:
    if not isinstance(items, list) or not items:
        raise Breach("order_items must be an array of objects")
    for item in items:
        if not isinstance(item, dict):
            raise Breach("order_items must be an array of objects")
        _texts(item, ITEM, {})
        if not isinstance(item.get("item_attributes"), dict):
            raise Breach("item_attributes is mandatory and must be an object")


def _texts(body: Mapping[str, Any], mandatory: Mapping[str, int], optional: Mapping[str, int]) -> None:
    for name, most in {**mandatory, **optional}.items():
        value = body.get(name)
        if name in mandatory and (not isinstance(value, str) or not value.strip()):
            raise Breach(f"{name} is mandatory")
        if name in optional and name in body and not isinstance(value, str):
            raise Breach(f"{name} must be a string")
        if isinstance(value, str) and len(value) > most:
            raise Breach(f"{name} is longer than {most} characters")
