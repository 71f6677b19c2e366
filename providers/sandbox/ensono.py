"""Ensono's side of the bridge: its tickets, its queues, and what its own people do.

Source: Envision Connect Guide 1.2. What a client may ask over HTTP is in `ensono_api`; here is what tests and the
living world have Ensono's people do, each of which puts a message in the client's queue, as "Ensono triggers" says.
One ServiceNow instance and one queue an environment; echo has neither and uses dev's.

What the guide leaves open, and what this twin does: errors are answered with HTTP 400 (`error_status`, which may be
set to 200: a client must look at the body); a message's Body is an object (`body_form`: "object", "string" or
"alternate"); the answer to GET /queue nests once and twice in turn (`nesting`: 1, 2 or "alternate"); the word for
work in progress is the guide's `workingprogress` (`work_in_progress`).
"""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Literal

from providers.sandbox.context import Context
from providers.sandbox.ensono_queue import FifoQueue, Queued
from providers.sandbox.ensono_tickets import (
    FIRST_STATES,
    WORDS,
    ApprovalTask,
    Change,
    Incident,
    Record,
    Remark,
    file_body,
    note_body,
    set_fields,
    stamp,
)
from providers.sandbox.s3 import FileStore, Uploaded

CLIENT_NAME: Final = "testClient"
CLIENT_PATH: Final = "testclient"
API_KEY: Final = "sandbox-ensono-key-not-real"
INSTANCES: Final = ("dev", "cert", "prod")
APPROVERS: Final = (("Change Advisory Board", "cab@client.example"),)
GROUPS: Final = (
    "Ensono Service Desk",
    "Ensono Network Support",
    "Ensono Server Support",
    "Ensono Storage and Backup",
    "Ensono Support",
    "CLIENT - Internal",
    "CLIENT - Ensono Other",
)


class Instance:
    """One environment: its tickets and its queue."""

    def __init__(self, context: Context, name: str) -> None:
        self.name = name
        self.records: dict[str, Record] = {}
        self.queue = FifoQueue(context.clock.milliseconds, context.ids, name)
        self.next_number = 204_071


class Ensono:
    """The vendor. Methods take document field names as keywords and return a ticket's number or a message's id."""

    kind = "ensono"

    def __init__(self, context: Context, files: FileStore) -> None:
        self.context = context
        self.files = files
        self.instances = {name: Instance(context, name) for name in INSTANCES}
        self.environment = "prod"
        """Where Ensono's people act, and what the config names; echo means dev."""
        self.groups = set(GROUPS)
        self.nesting: Literal[1, 2, "alternate"] = "alternate"
        self.body_form: Literal["object", "string", "alternate"] = "object"
        self.work_in_progress = "workingprogress"
        self.error_status = 400
        self.returns_number = True
        """Whether a create whose answer was lost is followed by a ReturnEnsonoNum message."""

    @property
    def here(self) -> Instance:
        """The environment in use."""
        return self.instances["dev" if self.environment == "echo" else self.environment]

    @property
    def queue(self) -> FifoQueue:
        """The queue of the environment in use."""
        return self.here.queue

    def ticket(self, number: str) -> Record:
        """A ticket as Ensono has it now. KeyError where there is none."""
        return self.here.records[number]

    def send(self, record: Record, transaction_type: str, body: dict[str, Any] | str, instance: Instance) -> str:
        """Put one message about a ticket into the queue."""
        return instance.queue.send(record.number, transaction_type, body, bool(record.client_number)).message_id

    def send_raw(
        self, body: dict[str, Any] | str, *, group: str = "e-CS0999999", transaction_type: str = "Update"
    ) -> str:
        """Put any body whatever into the queue."""
        with self.context.lock:
            return self.queue.send(group, transaction_type, body, False).message_id

    def redeliver(self, message_id: str) -> None:
        """Bring a deleted message back, under the same id."""
        with self.context.lock:
            self.queue.redeliver(message_id)

    def messages(self) -> list[Queued]:
        """What is in the queue now, in flight or not."""
        with self.context.lock:
            return list(self.queue)

    def open(
        self,
        ticket_type: str = "Incident",
        *,
        instance: Instance | None = None,
        number: str = "",
        company: str = CLIENT_NAME,
        **fields: Any,
    ) -> Incident:
        """Make an incident or request without telling the client. Fields by their names in the guide."""
        instance, now = instance or self.here, self.context.now()
        if not number:
            number = f"e-CS{instance.next_number:07d}"
            instance.next_number += 1
        incident = Incident(
            number=number,
            type=ticket_type,
            short_description="",
            description="",
            opened=now,
            updated=now,
            company=company,
            group="Ensono Service Desk",
        )
        set_fields(incident, fields)
        instance.records[number] = incident
        return incident

    def create(
        self,
        ticket_type: str = "Incident",
        *,
        shortDescription: str = "Something is wrong",  # the guide's name
        client_number: str = "",
        number: str = "",
        company: str = CLIENT_NAME,
        announce: bool = True,
        **fields: Any,
    ) -> str:
        """Ensono opens a ticket for the client; a Create message says so. Returns the ticket's number."""
        with self.context.lock:
            fields = {"description": shortDescription, **fields, "shortDescription": shortDescription}
            incident = self.open(ticket_type, number=number, company=company, **fields)
            incident.client_number = client_number
            if announce:
                self.send(incident, "Create", incident.body(CLIENT_NAME), self.here)
            return incident.number

    def announce(self, number: str) -> str:
        """A Create message about a ticket as it is now."""
        with self.context.lock:
            return self.send(
                self.here.records[number], "Create", self.here.records[number].body(CLIENT_NAME), self.here
            )

    def comment(
        self,
        number: str,
        body: str,
        commenter: str = "Ensono User",
        email: str = "ensono.user@ensono.example",
    ) -> str:
        """Ensono's people comment. Returns the message's id."""
        with self.context.lock:
            return self._note(self.here.records[number], body, commenter, email, self.here)

    def _note(self, record: Record, body: str, commenter: str, email: str, instance: Instance) -> str:
        now = self.context.now()
        remark = Remark(
            id=self.context.ids.hex("ensono-note", record.number), body=body, commenter=commenter, email=email, at=now
        )
        record.remarks.append(remark)
        record.updated = now
        return self.send_note(record, remark, instance)

    def update(self, number: str, **changed: Any) -> str:
        """Ensono changes fields of an incident or request; an Update with a `changed` object says which."""
        with self.context.lock:
            record = self.here.records[number]
            assert isinstance(record, Incident)
            return self._tell(record, changed, "Update", self.here)

    def resolve(self, number: str, notes: str = "Fixed.", code: str = "resolved") -> str:
        """Ensono resolves; a Closure message says so."""
        return self._close(number, "resolved", notes, code)

    def close(self, number: str, notes: str = "Closed after 7 days.", code: str = "resolved*") -> str:
        """Ensono closes; a Closure message says so."""
        return self._close(number, "closed", notes, code)

    def _close(self, number: str, status: str, notes: str, code: str) -> str:
        with self.context.lock:
            record = self.here.records[number]
            assert isinstance(record, Incident)
            changed = {"status": status, "closeNotes": notes, "closeCode": code}
            return self._tell(record, changed, "Closure", self.here)

    def _tell(self, incident: Incident, changed: dict[str, Any], transaction: str, instance: Instance) -> str:
        now = self.context.now()
        changed = {WORDS.get(name, name): value for name, value in changed.items()}
        set_fields(incident, changed)
        incident.updated = now
        if changed.get("status") == "resolved":
            incident.resolved_at = now
        body = {
            **incident.body(CLIENT_NAME),
            "changed": {"updatedOn": stamp(now), **changed},
            "updatedOn": stamp(now),
        }
        return self.send(incident, transaction, body, instance)

    def attach(
        self,
        number: str,
        name: str,
        content: bytes,
        content_type: str = "",
        *,
        lifetime: int = 7200,
        stated_size: int = -1,
    ) -> str:
        """Ensono's people attach a public file; the message's URL lives `lifetime` seconds."""
        with self.context.lock:
            record = self.here.records[number]
            guessed = content_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
            url = self.files.sign_download(name, content, guessed, lifetime)
            size = len(content) if stated_size < 0 else stated_size
            body = file_body(record, CLIENT_NAME, name, url=url, size=size, content_type=guessed)
            return self.send(record, "Attachment", body, self.here)

    def return_number(self, number: str) -> str:
        """Tell the number of a ticket whose create was never answered. `clientName` has a stray space."""
        with self.context.lock:
            return self.send_number(self.here.records[number], self.here)

    def send_number(self, record: Record, instance: Instance) -> str:
        """The ReturnEnsonoNum message itself."""
        body = {
            "clientName": CLIENT_NAME + " ",
            "ticketNumber": record.number,
            "clientTicketNumber": record.client_number,
            "ticketType": record.type,
        }
        return self.send(record, "ReturnEnsonoNum", body, instance)

    def create_change(
        self,
        kind: str = "Normal",
        *,
        shortDescription: str = "Replace a power supply",  # the guide's name
        approvers: Sequence[tuple[str, str]] = APPROVERS,
        number: str = "",
        client_number: str = "",
        starts_in: timedelta = timedelta(days=2),
        lasts: timedelta = timedelta(hours=2),
        **fields: Any,
    ) -> str:
        """A change leaves Draft: a Create, and for a Normal one an Approval Request for each approver."""
        with self.context.lock:
            now = self.context.now()
            if not number:
                number = f"e-CHG{self.here.next_number:07d}"
                self.here.next_number += 1
            change = Change(
                number=number,
                short_description=shortDescription,
                description=shortDescription,
                opened=now,
                updated=now,
                kind=kind,
                client_number=client_number,
                company=CLIENT_NAME,
                state=FIRST_STATES[kind],
                approval="requested" if kind == "Normal" else "not requested",
                starts=now + starts_in,
                ends=now + starts_in + lasts,
            )
            set_fields(change, fields)
            self.here.records[number] = change
            body = {**change.body(CLIENT_NAME), "updatedOn": stamp(now) + " "}
            self.send(change, "Create", body, self.here)
            if kind == "Normal":
                self._ask(change, approvers)
            return number

    def _ask(self, change: Change, approvers: Sequence[tuple[str, str]]) -> None:
        change.approval = "requested"
        for name, email in approvers:
            task = ApprovalTask(id=self.context.ids.hex("ensono-approval", change.number), name=name, email=email)
            change.tasks.append(task)
            self.send(change, "Approval Request", change.approval_body(CLIENT_NAME, task), self.here)

    def change_state(self, number: str, state: str, **fields: Any) -> str:
        """A change moves on; an Update (a Closure where it is Closed) carries every field and no `changed`."""
        with self.context.lock:
            change = self._change(number)
            set_fields(change, fields)
            change.state = state
            change.updated = self.context.now()
            transaction = "Closure" if state == "Closed" else "Update"
            return self.send(change, transaction, change.body(CLIENT_NAME), self.here)

    def redraft(self, number: str) -> str:
        """A change goes back to New; its open approvals end."""
        with self.context.lock:
            change = self._change(number)
            for task in change.tasks:
                if task.state == "Requested":
                    task.state = "Cancelled"
            change.state, change.approval = "New", "not requested"
            change.updated = self.context.now()
            return self.send(change, "Redraft", change.body(CLIENT_NAME), self.here)

    def reassess(self, number: str, approvers: Sequence[tuple[str, str]] = APPROVERS) -> str:
        """A redrafted change is assessed again: an Update, then new Approval Requests."""
        with self.context.lock:
            change = self._change(number)
            change.state, change.approval = "Assess", "requested"
            change.updated = self.context.now()
            told = self.send(change, "Update", change.body(CLIENT_NAME), self.here)
            self._ask(change, approvers)
            return told

    def close_change(self, number: str, code: str = "Successful", notes: str = "Done as planned.") -> str:
        """A change is Closed, with how it went."""
        return self.change_state(number, "Closed", closeCode=code, closeNotes=notes)

    def approvals(self, number: str) -> list[ApprovalTask]:
        """A change's approval tasks, oldest first."""
        return list(self._change(number).tasks)

    def _change(self, number: str) -> Change:
        change = self.here.records[number]
        assert isinstance(change, Change)
        return change

    def apply(
        self,
        incident: Incident,
        changed: dict[str, Any],
        instance: Instance,
        *,
        echo: bool,
        transaction: str = "Update",
    ) -> None:
        """Take a client's change over; in echo it comes back as if Ensono had made it."""
        if echo:
            self._tell(incident, changed, transaction, instance)
            return
        set_fields(incident, changed)
        incident.updated = self.context.now()
        if changed.get("status") == "resolved":
            incident.resolved_at = incident.updated

    def send_note(self, record: Record, remark: Remark, instance: Instance) -> str:
        """The Notes message about a comment."""
        body = {**record.body(CLIENT_NAME), "updatedOn": stamp(remark.at), "notes": note_body(remark)}
        return self.send(record, "Notes", body, instance)

    def echo_file(self, incident: Incident, file: Uploaded, instance: Instance) -> str:
        """A client's file, sent back as if Ensono had attached it."""
        url = self.files.sign_download(file.name, file.content, file.content_type, 7200)
        body = file_body(incident, CLIENT_NAME, file.name, url=url, size=file.size, content_type=file.content_type)
        return self.send(incident, "Attachment", body, instance)

    def tick(self) -> None:
        """Close what has been resolved for 7 days."""
        with self.context.lock:
            now = self.context.now()
            for instance in self.instances.values():
                for record in list(instance.records.values()):
                    if isinstance(record, Incident) and record.close_due(now):
                        changed = {"status": "closed", "closeNotes": record.close_notes, "closeCode": "resolved*"}
                        self._tell(record, changed, "Closure", instance)
