"""What KPN Incident sends, as it comes: any field may be null, empty, absent or of another kind."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from providers.lenient import body_of, line_of

Line = Annotated[str, BeforeValidator(line_of)]
Text = Annotated[str, BeforeValidator(body_of)]


class IncidentWire(BaseModel):
    """One incident's page ("Retrieve single incident"). `sla_due` is a stamp, or `{}` where there is none."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    ticket_number: Line = ""
    reference_number: Line = ""
    short_description: Line = ""
    description: Text = ""
    state: Line = ""
    priority: Line = ""
    sla_due: Line = ""
    required_information: Text = ""
    reason_user_required: Text = ""


class WriteWire(BaseModel):
    """The answer to a write that was taken ("Create a new Incident-ticket", "Update an incident")."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    ticket_number: Line = ""
    reference_number: Line = ""
    sys_id: Line = ""
    note: Line = ""
