"""What Tangoe answers to a write: any field may be null, empty, absent or of another kind.

Cases are read without a model, in `mapping`: a list has thousands of them.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from providers.lenient import line_of

Line = Annotated[str, BeforeValidator(line_of)]


class WrittenWire(BaseModel):
    """The answer to a write that was taken (Create Cases, Response Attributes). Other fields are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Line = ""
    number: Line = ""
    status: Line = ""
