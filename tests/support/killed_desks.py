"""Desks that are killed while they work, one after the other on one store, beside vendors who keep their books.

The vendors' people go on meanwhile. After each kill it is judged at once what may already be said of the store, and
after some polls of the next process what is true of both: nothing lost, nothing doubled.
"""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from providers.clock import SystemClock
from providers.model import TicketKey
from providers.sandbox import Sandbox
from tests.support.sandbox_desk import desk_over, plain_settings
from tui.desk.desk import Desk
from tui.desk.entries import OutboxEntry

ROOT = Path(__file__).parents[2]
KINDS = ("ensono", "kpn-connect", "kpn-incident", "tangoe", "smartops")
REPEATABLE = {("ensono", "update"), ("ensono", "link")}
"""Writes that the vendor's rules let us send again where they got no answer: they only say a value once more."""
KEPT_HERE = {("kpn-connect", "link")}
"""Writes that leave with other ones: what they do is in the books under those."""
IN_FLIGHT = ("queued", "sending", "unconfirmed")  # one whose process is gone is told as unconfirmed
MARK = re.compile(r"M\w+n\d+e")
STEPS = 120
"""A desk is killed at the latest after so many steps."""
JITTER = 0.02
"""And up to so many seconds later."""
CALM_POLLS = 4
MOST_POLLS = 20
STAGES = ("receive ensono", "receive kpn-connect", "store", "apply", "acknowledge ensono", "submit", "compact")


@dataclass
class Killed:
    """One seeded row of kills. `written` are the writes we were told of, `settled` what each was said to be."""

    box: Sandbox
    folder: Path
    seed: int
    lot: random.Random = field(init=False)
    kills: int = 0
    said: Counter[str] = field(default_factory=Counter)
    written: set[str] = field(default_factory=set)
    settled: dict[str, str] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, list[str]] = field(default_factory=dict)
    tracked: list[str] = field(default_factory=list)
    last: Counter[str] = field(default_factory=Counter)
    words: int = 0

    def __post_init__(self) -> None:
        self.lot = random.Random(self.seed)
        self.box.kpn_connect.redelivers = self.lot.random() < 0.5
        self.opens()

    # The vendors' people

    def opens(self) -> None:
        """A ticket is opened at one of the vendors that tell of it, or at one whose tickets are tracked."""
        self.words += 1
        subject = f"Trouble {self.words}"
        self.theirs[self.box.ensono.create(shortDescription=subject)] = []
        self.box.kpn_connect.create(short_description=subject)
        self.box.kpn_incident.create(short_description=subject, reference="")
        self.box.tangoe.create(short_description=subject)
        self.tracked.append(self.box.smartops.create(shortDescription=subject))

    def happens(self) -> None:
        """Somebody at some vendor says or does something."""
        self.words += 1
        words = f"their words {self.words}"
        box = self.box
        match self.lot.choice(KINDS):
            case "ensono":
                number = self.lot.choice(sorted(self.theirs))
                self.theirs[number].append(words)
                box.ensono.comment(number, words)
            case "kpn-connect":
                box.kpn_connect.comment(self.lot.choice(sorted(box.kpn_connect.tickets)), words)
            case "kpn-incident":
                number = self.lot.choice(sorted(box.kpn_incident.tickets))
                box.kpn_incident.change_state(number, self.lot.choice(["In Progress", "On Hold"]))
            case "tangoe":
                number = self.lot.choice(sorted(box.tangoe.cases))
                box.tangoe.comment(number, words)
            case "smartops":
                box.smartops.comment(self.lot.choice(self.tracked), words)

    # One life of a desk

    def live(self, steps: int) -> None:
        """A desk works in a process of its own, and is killed some time after it has taken so many steps."""
        self.opens()
        spec = {
            "folder": str(self.folder),
            "settings": {kind: plain_settings(self.box, kind) for kind in KINDS},
            "ahead": max(0.0, (self.box.clock.now() - SystemClock().now()).total_seconds()),
            "track": self.tracked,
            "seed": self.lot.randrange(10**9),
            "name": f"k{self.kills}",
        }
        complaint = self.folder.parent / "complaint"
        command = [sys.executable, "-m", "tests.support.busy_desk", json.dumps(spec)]
        with complaint.open("wb") as errors:
            child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert child.stdout is not None
        try:
            for _ in range(steps):
                line = child.stdout.readline()
                assert line, complaint.read_text()
                self.heard(line)
                if self.lot.random() < 0.2:
                    self.happens()
            with suppress(subprocess.TimeoutExpired):
                child.wait(self.lot.random() * JITTER)
        finally:
            child.kill()
            rest = child.communicate()[0]
        assert child.returncode == -signal.SIGKILL, complaint.read_text()
        for line in rest.splitlines(keepends=True):
            self.heard(line)
        self.kills += 1

    def heard(self, line: str) -> None:
        """Note what the desk said; half a line is not said."""
        if not line.endswith("\n"):
            return
        step, *what = json.loads(line)
        self.said[step] += 1
        if step == "submitted":
            identity, provider, action = what
            self.written.add(identity)
            self.said[f"{action} {provider}"] += 1
        elif what and what[0] in self.written:
            self.settled[what[0]] = step

    # The judgement

    async def judge(self) -> None:
        """Open the store as the next process does, look at once, let things settle, and compare with the books."""
        async with desk_over(self.box, self.folder, KINDS, clock=self.box.clock) as desk:
            self.at_once(desk)
            await self.settle(desk)
            self.ensono(desk)
            self.kpn_connect(desk)
            self.without_queues(desk)
            for entry in desk.outbox(settled=True):
                self.write(entry)
            await self.decide(desk)

    async def settle(self, desk: Desk) -> None:
        """Poll until writes have been looked up, and on while messages wait for a redelivery that may never come.

        Where the vendor had deleted a group's messages and we were killed before we knew, a poll each finds that out.
        """
        for count in range(MOST_POLLS):
            unsettled = any(not entry.released for entry in desk.messages(settled=True) if entry.provider == "ensono")
            if count >= CALM_POLLS and not unsettled:
                return
            self.box.advance(61)
            for kind in KINDS:
                report = await desk.sync(kind)
                assert not report.error, report

    def at_once(self, desk: Desk) -> None:
        """What was acknowledged is stored; what was said of a write is so. Before anything is mended."""
        assert desk.store.read_only == ""
        stored = {entry.id for entry in desk.messages(settled=True)}
        assert {str(entry.body["message_id"]) for entry in self.box.ledger.of("ensono", "acknowledge")} <= stored
        assert {
            str(entry.body["transaction_id"]) for entry in self.box.ledger.of("kpn-connect", "acknowledge")
        } <= stored
        entries = {entry.id: entry for entry in desk.outbox(settled=True)}
        assert entries.keys() >= self.written
        for identity, state in self.settled.items():
            assert state != "done" or entries[identity].state == "done", entries[identity]
        self.last.update(entry.state for entry in entries.values() if entry.state in IN_FLIGHT)
        self.last["not applied"] += sum(not entry.applied for entry in desk.messages())
        self.last["not acknowledged"] += sum(not entry.released for entry in desk.messages() if entry.applied)

    def ensono(self, desk: Desk) -> None:
        """Every message is here once, deleted once, and its words are in its ticket once, in their order."""
        queue = self.box.ensono.queue
        assert (len(queue), queue.failed) == (0, [])
        sent = Counter(message.message_id for message in queue.sent)
        entries = [entry for entry in desk.messages(settled=True) if entry.provider == "ensono"]
        assert Counter(entry.id for entry in entries if entry.source == "message") == sent
        assert all(entry.status == "acknowledged" and entry.applied for entry in entries)
        assert Counter(entry.body["message_id"] for entry in self.box.ledger.of("ensono", "acknowledge")) == sent
        for number, words in self.theirs.items():
            ticket = desk.ticket(TicketKey("ensono", number))
            assert ticket is not None
            assert [comment.body for comment in ticket.comments if comment.origin == "vendor"] == words

    def kpn_connect(self, desk: Desk) -> None:
        """No Response twice; each message answered, or held for a number, or lost with a read and read again."""
        vendor = self.box.kpn_connect
        answers = Counter(entry.body["transaction_id"] for entry in self.box.ledger.of("kpn-connect", "acknowledge"))
        assert set(answers.values()) <= {1}
        entries = {entry.id: entry for entry in desk.messages(settled=True) if entry.provider == "kpn-connect"}
        for update in vendor.updates:
            entry = entries.get(update.transaction_id)
            if entry is None:
                assert update.taken and not vendor.redelivers, update
            else:
                assert (entry.status, bool(update.answered)) in {("acknowledged", True), ("held", False)}, entry
        for ticket in vendor.tickets.values():
            known = desk.ticket(TicketKey("kpn-connect", ticket.number))
            assert known is not None and known.vendor_state == ticket.state
            said = Counter(comment.comment for comment in ticket.comments if comment.user != "via integration")
            assert Counter(comment.body for comment in known.comments if comment.origin == "vendor") == said

    def without_queues(self, desk: Desk) -> None:
        """Tickets of the others are as their vendors have them, their words once."""
        for number, ticket in self.box.kpn_incident.tickets.items():
            known = desk.ticket(TicketKey("kpn-incident", number))
            assert known is not None and known.vendor_state == ticket.state
        for number, case in self.box.tangoe.cases.items():
            known = desk.ticket(TicketKey("tangoe", number))
            assert known is not None and known.summary == case.short_description
        for number in self.tracked:
            known = desk.ticket(TicketKey("smartops", number))
            notes = [note["comment"] for note in self.box.smartops.ticket(number).notes["comments"]]
            assert known is not None and Counter(comment.body for comment in known.comments) == Counter(notes)

    def there(self, entry: OutboxEntry) -> int:
        """How often the vendor committed this write."""
        committed = self.box.ledger.of(entry.write.provider, entry.write.action)
        said = " ".join(map(str, entry.write.values.values()))
        found = MARK.search(said) or MARK.search(entry.write.client_number)
        assert found is not None, entry
        return sum(found[0] in json.dumps(dict(item.body)) for item in committed)

    def write(self, entry: OutboxEntry) -> None:
        """The books have it at most once, and exactly as the outbox says."""
        write, there = entry.write, self.there(entry)
        kind = (write.provider, write.action)
        if kind in KEPT_HERE:
            assert entry.state in ("done", "rejected"), entry
            return
        assert there <= (entry.attempts if kind in REPEATABLE else 1), (there, entry)
        if self.decided.get(entry.id) == "dropped":
            return
        allowed = {"done": there >= 1, "rejected": there == 0, "unconfirmed": entry.needs_engineer}
        assert allowed.get(entry.state, False), (there, entry)

    async def decide(self, desk: Desk) -> None:
        """The engineer looks at the vendor's and decides what nothing else can settle."""
        for entry in desk.outbox():
            if entry.state != "unconfirmed":
                continue
            if self.there(entry):
                self.decided[entry.id] = "dropped"
                await desk.drop(entry.id)
            else:
                self.decided[entry.id] = "retried"
                await desk.retry(entry.id)

    def account(self) -> str:
        """What there was, in a line; printed where a test fails or with `pytest -s`."""
        writes = sum(count for step, count in self.said.items() if step == "submitted")
        return (
            f"seed {self.seed}: {self.kills} kills, {len(self.box.ensono.queue.sent)} + "
            f"{len(self.box.kpn_connect.updates)} messages, {writes} writes, {len(self.box.ledger)} in the books; "
            f"found after the kills: {dict(self.last)}; decided: {dict(Counter(self.decided.values()))}"
        )


async def kill_and_judge(folder: Path, seed: int, kills: int) -> Killed:
    """So many kills on one store; all is judged after each. What there was is printed as it goes."""
    print(f"seed {seed}")
    async with Sandbox(seed=seed, world=False) as box:
        killed = Killed(box, folder / "state", seed)
        for count in range(kills):
            killed.live(STEPS if count == 0 else killed.lot.randrange(1, STEPS))
            await killed.judge()
        print(killed.account())
        return killed
