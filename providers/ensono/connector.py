"""Ensono over Envision Connect (guide v1.2): a queue to read and delete from, REST to write to.

Marked [outside] because it is not in the guide: the spelling `workinprogress`; that a delete may be repeated.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from providers.addressing import segment
from providers.answer import Answer
from providers.auth import ApiKey
from providers.base import CheckStep, Operation, Progress
from providers.base import Connector as Base
from providers.clock import Clock
from providers.ensono import answers, evidence
from providers.ensono.checks import check
from providers.ensono.declaration import declaration_for
from providers.ensono.intent import Plan, Request
from providers.ensono.mapping import as_is, unescaped
from providers.ensono.page import page
from providers.ensono.payload import plan
from providers.ensono.queue import NoQueue, Reading, Rule, read_queue
from providers.ensono.settings import Settings
from providers.ensono.uploads import Uploads
from providers.ensono.wire import Unreadable, fold
from providers.errors import BadAnswer, NotFound, Rejected, TooLarge, Unconfirmed, VendorError
from providers.http import HttpClient
from providers.model import Attachment, Batch, Message, Patch, Preview, Receipt, Snapshot, Ticket, Write
from providers.transfer import AllowedHosts

DOWNLOAD_CAP: Final = 512 * 1024 * 1024
_COMMENT_FIRST: Final = frozenset({"resolve", "close", "cancel", "update"})
"""Writes whose comment goes ahead of them and which may be repeated by themselves."""


class Connector(Base):
    """One Ensono client in one environment. Keeps no state: what was seen or sent is the desk's."""

    def __init__(self, settings: Settings, clock: Clock, http: HttpClient | None = None) -> None:
        self.name = settings.name
        self.declaration = declaration_for(settings)
        self._settings = settings
        self._clock = clock
        self._http = http or HttpClient(settings, clock, ApiKey("x-api-key", settings.api_key))
        self._hosts = AllowedHosts(settings.hosts, settings.url)
        self._uploads = Uploads(settings, self._http, self._hosts)
        self._plain = unescaped if settings.double_escape else as_is
        self._ignore = tuple(Rule(type=fold(rule.type), group=fold(rule.group)) for rule in settings.ignore)
        # Echo has no queue of its own; what is written there comes back through dev's (guide, Environments).
        self._queue = f"{settings.url}/{'dev' if settings.environment == 'echo' else settings.environment}/queue"

    async def receive(self) -> Batch:
        """1 to 10 messages. Reading makes them invisible for 30 s and counts as one of 20 deliveries."""
        if self._settings.read_only:
            raise Rejected(self.name, "the queue is not read: the config says read_only", field="read_only")
        answer = await self._http.request("GET", self._queue, treatment="once")
        reading = Reading(provider=self.name, received_at=self._clock.now(), ignore=self._ignore, plain=self._plain)
        if not answer.ok:
            answers.page_of(answer)
        try:
            messages = read_queue(answer.body, reading)
        except NoQueue as error:
            if not answer.cut:
                answers.page_of(answer)
            raise BadAnswer(
                self.name, f"{error}: this is not the queue's", vendor_words=answer.gist(), code=str(answer.status)
            ) from None
        return Batch(messages=messages, more=bool(messages))

    async def release(self, message: Message) -> None:
        """Delete a message. A repeated delete does no harm, so it is repeated as a read would be."""
        if not message.handle:
            raise NotFound(self.name, "the message came without a receipt handle", code="receipt_handle")
        url = f"{self._queue}/{quote(message.handle, safe='')}"
        answer = await self._http.request("DELETE", url, treatment="read", references=(message.number, message.id))
        answers.page_of(answer)

    async def detail(self, number: str, internal_id: str = "") -> Snapshot:
        """The ticket's own page, in the dev environment only."""
        if Operation.DETAIL not in self.declaration.offered:
            raise self.not_offered(Operation.DETAIL)
        answer = await self._http.request(
            "GET", self._url(f"tickets/{segment(self.name, number)}"), treatment="read", references=(number,)
        )
        document = answers.page_of(answer)
        try:
            return page(document, number, answer.order, answer.text, self._plain)
        except Unreadable as error:
            raise answer.unreadable(str(error)) from None

    def prepare(self, write: Write, ticket: Ticket | None) -> Preview:
        """What `send` would send, request by request."""
        made = self._plan(write, ticket)
        shown = [(request.method, request.path, _shown(request)) for request in made.requests]
        for ref in made.files:
            path = f"/{self._settings.environment}/{self._uploads.path(write.number, ref)}"
            shown.append(("PUT", path, f"<{ref.name}, {ref.size} bytes, {ref.content_type}>"))
        (method, path, body), *later = shown
        return Preview(
            method=method,
            path=path,
            body="\n\n".join([body, *(f"then {method} {path}\n{body}" for method, path, body in later)]),
            warnings=made.warnings,
        )

    async def send(self, write: Write, ticket: Ticket | None, progress: Progress | None = None) -> Receipt:
        """Do it. Several requests go one after the other; after one that failed nothing more is sent.

        The parts that were confirmed before are in the error's `done`.
        """
        if self._settings.read_only:
            raise Rejected(self.name, "nothing was sent: the config says read_only", field="read_only")
        made = self._plan(write, ticket)
        if made.files:
            await asyncio.to_thread(self._uploads.check, made.files)
        _refuse_doubtful(self.name, write, made)
        receipt = Receipt(number=write.number, patch=made.patch)
        done = list(write.done)
        for request in made.requests:
            if request.part not in done:
                receipt = await self._step(write, made, request, receipt, done)
                done.append(request.part)
        for ref in made.files:
            if ref.part not in done:
                try:
                    await self._uploads.upload(write.number, ref, progress)
                except VendorError as error:
                    raise _after(error, done, ref.part) from None
                done.append(ref.part)
        return receipt

    def confirms(self, write: Write, message: Message) -> bool:
        """Whether this message shows that this write was done, and says no more than that."""
        patch: Patch | None = None
        if write.action not in ("create", "approve", "reject", "link"):
            linked = replace(write, client_number=write.client_number or "-")  # it was linked when it was sent
            try:
                patch = self._plan(linked, None).patch
            except VendorError:
                return False
        return evidence.confirms(write, patch, message)

    def accepted(self, write: Write) -> Patch | None:
        """What was sent. Its group is left out where nobody knows whether the default one went instead."""
        if write.action != "create":
            return None
        try:
            patch = self._plan(write, None).patch
        except VendorError:
            return None
        default = self._settings.default_group
        if not default or patch.vendor.get("group", "") == default:
            return patch
        return replace(patch, vendor={name: value for name, value in patch.vendor.items() if name != "group"})

    async def download(self, attachment: Attachment, progress: Progress | None = None) -> AsyncIterator[bytes]:
        """A file from its presigned link, its size checked against what the message announced."""
        if not attachment.url:
            raise NotFound(self.name, f"{attachment.name} has no link", next_step="Ask Ensono to attach it again.")
        if attachment.size is not None and attachment.size > DOWNLOAD_CAP:
            raise TooLarge(self.name, f"{attachment.name} has {attachment.size} bytes; the cap is {DOWNLOAD_CAP}")
        received = 0
        coming = self._http.download(
            attachment.url, hosts=self._hosts, cap=DOWNLOAD_CAP, size=attachment.size, progress=progress
        )
        async with aclosing(coming) as pieces:
            async for piece in pieces:
                received += len(piece)
                if attachment.size is not None and received > attachment.size:
                    break
                yield piece
        if attachment.size is not None and received != attachment.size:
            unread = " and was not read further" if received > attachment.size else ""
            raise BadAnswer(
                self.name,
                f"{attachment.name} came with {received} bytes instead of {attachment.size}{unread}",
                next_step="Fetch it again; if it stays so, ask Ensono to attach it again.",
            )

    async def check(self, number: str = "") -> tuple[CheckStep, ...]:
        """Config, secret, reach and key, without the queue.

        `number` is a ticket of ours: outside dev an upload URL for it, which is not used, is the only harmless read.
        """
        return await check(self._settings, self._http, number)

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()

    def _plan(self, write: Write, ticket: Ticket | None) -> Plan:
        return plan(self._settings, self.declaration, write, ticket, self._clock.now())

    def _url(self, path: str) -> str:
        return f"{self._settings.url}/{self._settings.environment}/{path}"

    async def _step(self, write: Write, made: Plan, request: Request, receipt: Receipt, done: list[str]) -> Receipt:
        """One request of a write, and the receipt after it."""
        try:
            answer, receipt = await self._put(write, made, request, receipt)
            if write.action == "create":
                number = answers.created_number(answer)
                patch = replace(receipt.patch or Patch(number=number), number=number)
                return replace(receipt, number=number, patch=patch, note=receipt.note or number)
            words = answers.note_of(answers.confirmed(answer))
            return receipt if request.part == "comment" and write.action != "comment" else _noted(receipt, words)
        except Unconfirmed as error:
            if request.part == "comment" and write.action in _COMMENT_FIRST:
                raise _comment_unanswered(self.name, write, error) from None
            raise _after(error, done, request.part) from None
        except VendorError as error:
            raise _after(error, done, request.part) from None

    async def _put(self, write: Write, made: Plan, request: Request, receipt: Receipt) -> tuple[Answer, Receipt]:
        """Send one request; with the default group once, where Ensono does not know the one that was given."""
        answer = await self._send(write, request.method, request.path, request.payload)
        default, given = self._settings.default_group, request.payload.get("group", "")
        if not (made.group_may_change and default and given != default and _unknown_group(answer)):
            return answer, receipt
        answer = await self._send(write, request.method, request.path, {**request.payload, "group": default})
        patch = receipt.patch or made.patch
        note = f"Ensono knows no group {given!r}; it was sent to {default!r}."
        return answer, replace(receipt, patch=replace(patch, vendor={**patch.vendor, "group": default}), note=note)

    async def _send(self, write: Write, method: str, path: str, payload: Any) -> Answer:
        return await self._http.request(
            method,
            f"{self._settings.url}{path}",
            treatment="write",
            json_body={"payload": payload},
            references=(write.number, write.client_number, write.id),
        )


def _shown(request: Request) -> str:
    return json.dumps({"payload": request.payload}, ensure_ascii=False, indent=2)


def _noted(receipt: Receipt, words: str) -> Receipt:
    return replace(receipt, note=" ".join(part for part in (receipt.note, words) if part))


def _unknown_group(answer: Answer) -> bool:
    try:
        answers.confirmed(answer)
    except VendorError as error:
        return answers.is_unknown_group(error)
    return False


def _after(error: VendorError, done: list[str], part: str) -> VendorError:
    """The error of one part of a write, which says what was done before it."""
    error.done = tuple(done)
    if done:
        error.message = f"{part}: {error.message} (done before: {', '.join(done)})"
    return error


def _comment_unanswered(provider: str, write: Write, error: Unconfirmed) -> Rejected:
    """The comment before a status got no answer: the status is not sent, and nothing is repeated by itself.

    A closed ticket takes no comment any more, so that a lost one could not be made up for.
    """
    return Rejected(
        provider,
        f"the comment got no answer ({error.message}), so it may be there or not; the {write.action} was not sent",
        next_step=f"Look at the ticket's comments, then {write.action} it again: without the comment if it is there.",
        vendor_words=error.vendor_words,
        code="comment_unconfirmed",
        field="comment",
    )


def _refuse_doubtful(provider: str, write: Write, made: Plan) -> None:
    """A repetition must not double the comment that goes ahead of a status."""
    ahead = [request.part for request in made.requests[:-1]]
    if write.doubtful and write.action in _COMMENT_FIRST and any(part not in write.done for part in ahead):
        raise _comment_unanswered(provider, write, Unconfirmed(provider, "an earlier try broke off"))
