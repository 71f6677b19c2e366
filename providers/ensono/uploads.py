"""Files to Ensono (guide, Transferring Files To Ensono): ask for a one-time URL, then PUT the bytes there.

The URL lives 120 seconds, carries its own signature and is never shown; the key does not go with the PUT.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from providers.addressing import segment
from providers.answer import Answer
from providers.base import Progress
from providers.ensono import answers
from providers.ensono.files import check_content, first_bytes
from providers.ensono.settings import Settings
from providers.errors import BadAnswer, Rejected, TimedOut, Unconfirmed, Unreachable
from providers.http import HttpClient
from providers.model import FileRef
from providers.transfer import AllowedHosts, Upload

TRIES: Final = 2
"""A URL that has expired is asked for once more."""


class Uploads:
    """How one client's files go up."""

    def __init__(self, settings: Settings, http: HttpClient, hosts: AllowedHosts) -> None:
        self._name = settings.name
        self._base = f"{settings.url}/{settings.environment}"
        self._base64 = settings.upload_base64
        self._http = http
        self._hosts = hosts

    def path(self, number: str, ref: FileRef) -> str:
        """Where the one-time URL of a file is asked for."""
        name = f"{ref.name}.base64" if self._base64 else ref.name
        return f"tickets/{segment(self._name, number)}/attachments/{quote(name, safe='')}"

    def check(self, refs: tuple[FileRef, ...]) -> None:
        """Rejected where a file cannot be read or its content is not what its name says; nothing has been sent."""
        for ref in refs:
            head = first_bytes(ref)
            if head is None:
                raise Rejected(self._name, f"{ref.name} cannot be read, nothing was sent", field="attachments")
            check_content(self._name, ref.name, head)

    async def upload(self, number: str, ref: FileRef, progress: Progress | None = None) -> None:
        """Send one file. Unconfirmed where the bytes left and no answer came, so that only then it may be there."""
        make = Upload.base64_file if self._base64 else Upload.file
        body = make(self._name, ref, progress)
        for attempt in range(1, TRIES + 1):
            url = await self._url(number, ref)
            answer = await self._http.request(
                "PUT", url, treatment="write", content=body, with_auth=False, references=(number,)
            )
            if attempt < TRIES and answers.has_expired(answer):
                continue
            self._judge(ref, answer)
            return

    async def _url(self, number: str, ref: FileRef) -> str:
        """Ask for the URL. Whatever goes wrong here, nothing of the file has been sent: Unreachable or Rejected."""
        try:
            answer = await self._http.request(
                "GET", f"{self._base}/{self.path(number, ref)}", treatment="read", references=(number,)
            )
            url = answers.page_of(answer)
            if not isinstance(url, str):
                raise BadAnswer(self._name, "Ensono answered without one", vendor_words=answer.gist())
            return self._hosts.check(self._name, url)
        except TimedOut as error:
            raise Unreachable(self._name, f"no link to send {ref.name} to came: {error.message}") from None
        except BadAnswer as error:
            raise Rejected(
                self._name,
                f"{ref.name} was not sent, since there is no usable link to send it to: {error.message}",
                next_step=error.next_step,
                vendor_words=error.vendor_words,
                code=error.code,
                field="attachments",
            ) from None

    def _judge(self, ref: FileRef, answer: Answer) -> None:
        if answer.ok and not answer.body:
            return
        if answer.ok:
            raise answer.unreadable(f"something else than the storage answered when {ref.name} was sent")
        code, message = answers.storage_error(answer)
        words = message or answer.gist()
        if answer.status >= 500 and answer.status != 501:
            raise Unconfirmed(
                self._name, f"the storage failed while {ref.name} was sent", vendor_words=words, code=code
            )
        step = "Ask for it again: its link had expired twice." if answers.has_expired(answer) else ""
        raise Rejected(
            self._name,
            f"the storage did not take {ref.name} (HTTP {answer.status})",
            next_step=step,
            vendor_words=words,
            code=code or str(answer.status),
            field="attachments",
        )
