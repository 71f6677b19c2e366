"""What Tangoe sends, as it comes: any field may be null, empty, absent or of another kind.

Lenient on purpose: a field that cannot be read counts as absent. Section: Retrieving Cases.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from providers.lenient import body_of, line_of


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


Line = Annotated[str, BeforeValidator(line_of)]
Text = Annotated[str, BeforeValidator(body_of)]


class Wire(BaseModel):
    """One object of Tangoe's. Fields that are not named here are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class CommentWire(Wire):
    """One comment on a case."""

    id: Line = ""
    comment: Text = ""
    created_on: Line = ""
    created_by: Line = ""


class CaseWire(Wire):
    """A case: a row of the list, or its own page with comments."""

    number: Line = ""
    id: Line = ""
    state: Line = ""
    priority: Line = ""
    short_description: Line = ""
    description: Text = ""
    correlation_id: Line = ""
    correlation_display: Line = ""
    contact_email: Line = ""
    created_on: Line = ""
    updated_on: Line = ""
    close_code: Line = ""
    close_notes: Text = ""
    completion_date_time: Line = ""
    resolved_at: Line = ""
    comments: Annotated[tuple[CommentWire, ...], BeforeValidator(_objects)] = ()


class WrittenWire(Wire):
    """The answer to a write that was taken."""

    id: Line = ""
    number: Line = ""
    status: Line = ""
