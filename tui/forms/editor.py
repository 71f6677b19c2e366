"""Long text in the engineer's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App


class EditorFault(Exception):
    """The editor could not be used; the sentence says why. What was typed is as it was."""


def editor_command(environ: dict[str, str] | None = None) -> list[str]:
    """$VISUAL, else $EDITOR, else vi; taken apart as a shell would, but run without one."""
    environ = dict(os.environ) if environ is None else environ
    try:
        command = shlex.split(environ.get("VISUAL") or environ.get("EDITOR") or "vi")
    except ValueError as error:
        raise EditorFault(f"$EDITOR cannot be read as a command: {error}") from error
    return command or ["vi"]


def edit(app: App[object], text: str, folder: Path) -> str:
    """Open the text in the editor, wait, and return what was saved.

    The file lies in `folder` (ours alone, 0700) while it is edited. EditorFault where the editor is missing or fails.
    """
    command = editor_command()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".txt", prefix="edit-", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        with app.suspend():
            ended = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the engineer's own editor
        if ended.returncode != 0:
            raise EditorFault(f"{command[0]} ended with {ended.returncode}; the text is as it was")
        return path.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
    except FileNotFoundError as error:
        raise EditorFault(f"{command[0]} was not found; set $EDITOR to your editor") from error
    finally:
        path.unlink(missing_ok=True)
