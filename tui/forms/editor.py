"""Long text in the engineer's own editor, while everything else goes on: the desk polls, drafts are kept."""

from __future__ import annotations

import asyncio
import os
import shlex
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.app import SuspendNotSupported

if TYPE_CHECKING:
    from tui.on_terminal import OnTerminal

FAREWELL: Final = 1.0
"""Seconds an editor has to go where vendorq must leave before it."""


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


class Editing:
    """One text in the editor. Its file lies in `folder` (ours alone, 0700) until `forget`."""

    def __init__(self, text: str, folder: Path) -> None:
        self.before = text
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".txt", prefix="edit-", dir=folder)
        self._path = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{text}\n" if text else "")

    @property
    def text(self) -> str:
        """What the editor has saved up to now."""
        try:
            return self._path.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
        except OSError:
            return self.before  # some editors take the file away for a moment when they save

    async def run(self, app: OnTerminal) -> str:
        """Give the terminal to the editor, wait for its end, and return what was saved.

        EditorFault where the editor is missing or fails.
        """
        command = editor_command()
        name = Path(command[0]).name
        try:
            with app.lent():
                found = await _end_of([*command, str(self._path)])
        except SuspendNotSupported as error:
            raise EditorFault("there is no terminal here that an editor could have") from error
        if isinstance(found, OSError):
            raise EditorFault(f"{name}: {found.strerror}; set $EDITOR to your editor")
        if found != 0:
            raise EditorFault(f"{name} ended with {found}; the text is as it was")
        return self.text

    def forget(self) -> None:
        """Take the file away."""
        self._path.unlink(missing_ok=True)


async def _end_of(command: list[str]) -> int | OSError:
    """Run a program on our own terminal; its exit code, or why it cannot be run.

    Where we must leave before it, it is asked to leave too.
    """
    try:
        process = await asyncio.create_subprocess_exec(*command)
    except OSError as error:
        return error
    try:
        return await process.wait()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError, TimeoutError):
            process.terminate()
            async with asyncio.timeout(FAREWELL):
                await process.wait()
        raise
