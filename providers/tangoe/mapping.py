"""From Tangoe's cases to ours. Pure. Section: Retrieving Cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any, Final

from providers.evidence import same_text, shows_comment
from providers.lenient import body_of, digest_of, line_of, objects_of, other_fields, priority_of, time_of
from providers.model import Comment, Order, Patch, Snapshot, Ticket, Write
from providers.tangoe.declaration import STATES

ON_HOLD: Final = "-5"
_PATCHED: Final = frozenset(
    {
        "number",
        "id",
        "state",
        "priority",
        "short_description",
        "description",
        "correlation_id",
        "created_on",
        "updated_on",
        "comments",
    }
)
"""What a patch says in our own words; a case's other fields are kept under Tangoe's names."""


def row_snapshot(case: object, raw: str, order: Order, zone: tzinfo) -> Snapshot | None:
    """A row of the list; None for what is no object or names no case. What is empty says nothing.

    Called by the thousand, so it reads the row without a model, and leaves what a list does not show to the page.
    """
    if not isinstance(case, dict):
        return None
    get = case.get
    number = line_of(get("number"))
    if not number:
        return None
    said: dict[str, object] = {"type": "case"}
    if code := line_of(get("state")):
        said["state"], said["vendor_state"] = STATES.get(code) or ("open", code)  # one that is not documented
        if code != ON_HOLD:
            said["awaiting_us"] = False
    if "priority" in case:
        said["priority"] = priority_of(get("priority"))
    if summary := line_of(get("short_description")):
        said["summary"] = summary
    if description := body_of(get("description")):
        said["description"] = description
    if client_number := line_of(get("correlation_id")):
        said["client_number"] = client_number
    if internal_id := line_of(get("id")):
        said["internal_id"] = internal_id
    if opened := time_of(get("created_on"), zone):
        said["opened_at"] = opened
    if updated := time_of(get("updated_on"), zone):
        said["updated_at"] = updated
    return Snapshot(patch=Patch(number=number, set=said), order=order, raw=raw)


def page_snapshot(
    case: Mapping[str, Any], raw: str, order: Order, zone: tzinfo, *, number: str, own_user: str = ""
) -> Snapshot:
    """A case's own page with its comments. `number` stands in where the page does not repeat it.

    What `own_user` commented is ours. Tangoe says nowhere whom a case on hold waits for: where its newest comment is
    Tangoe's, it waits for us. A page without the comments says nothing of that.
    """
    row = row_snapshot({**case, "number": line_of(case.get("number")) or number}, raw, order, zone)
    assert row is not None
    comments = comments_of(case.get("comments"), zone, own_user)
    said = dict(row.patch.set)
    if "awaiting_us" not in said and said.get("state") == "pending" and "comments" in case:
        said["awaiting_us"] = bool(comments) and _is_vendors(comments[-1], case)
    page = replace(
        row.patch,
        set=said,
        vendor=other_fields(case, _PATCHED),
        comments=comments,
        complete=True,
    )
    return replace(row, patch=page, detailed=True)


def _is_vendors(comment: Comment, case: Mapping[str, Any]) -> bool:
    """Whether a comment is Tangoe's own: not by our user, nor by one of the case's contacts, who are ours."""
    listed = f"{line_of(case.get('contact_email'))},{line_of(case.get('additional_contacts'))}"
    contacts = {name.strip().casefold() for name in listed.split(",")} - {""}
    return comment.origin == "vendor" and comment.author.casefold() not in contacts


def comments_of(value: object, zone: tzinfo, own_user: str = "") -> tuple[Comment, ...]:
    """A page's comments, oldest first; Tangoe shows the newest first. One without words says nothing."""
    found = []
    for each in reversed(objects_of(value)):
        author, stamp, body = (
            line_of(each.get("created_by")),
            line_of(each.get("created_on")),
            body_of(each.get("comment")),
        )
        if body:
            found.append(
                Comment(
                    id=line_of(each.get("id")) or digest_of(stamp, author, body),
                    author=author,
                    at=time_of(stamp, zone),
                    body=body,
                    origin="us" if own_user and author.casefold() == own_user.casefold() else "vendor",
                )
            )
    return tuple(found)


def shows(write: Write, values: Mapping[str, object], patch: Patch, ticket: Ticket | None) -> bool:
    """Whether a case, read again, is as this write wanted it."""
    said = patch.set
    if write.action == "cancel":
        return said.get("state") in ("cancelled", "closed" if values.get("cancel_type") == "2" else "cancelled")
    if write.action == "comment":
        return shows_comment(write, values.get("comment"), patch.comments, ticket)
    now = {
        "short_description": said.get("summary"),
        "description": said.get("description"),
        "priority": said.get("priority"),
        "correlation_id": said.get("client_number"),
        "correlation_display": patch.vendor.get("correlation_display"),
    }
    # Tangoe does not show a callback, so that whether it was taken cannot be told.
    return bool(values) and all(name in now and same_text(now[name], value) for name, value in values.items())
