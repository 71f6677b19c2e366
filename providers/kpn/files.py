"""What both of KPN's interfaces ask of the files that go with a write."""

from __future__ import annotations

from providers.errors import Rejected
from providers.fields import text_problem
from providers.model import FileRef


def check_names(provider: str, files: tuple[FileRef, ...], longest: int | None = None) -> None:
    """Raise Rejected where a file has no name, or one of more than `longest` characters."""
    for file in files:
        problem = text_problem("the name of a file", file.name, longest)
        if problem or not file.name:
            raise Rejected(
                provider,
                f"nothing was sent: {problem or 'a file has no name'}",
                field="attachments",
                next_step="Give the file another name.",
            )
