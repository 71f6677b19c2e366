"""The living world: a believable night at the start, then something every 20 to 60 seconds.

Everything follows from the seed: which stories happen where, in what order, under which numbers. What a client does
changes only what is answered to it. Each event draws from a generator of its own, so that an answer to a client
never shifts what comes after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from providers.sandbox.context import Context
from providers.sandbox.ensono import Ensono
from providers.sandbox.kpn_connect import KpnConnect
from providers.sandbox.world_changes import CHANGES, ChangeStory
from providers.sandbox.world_hands import EnsonoHand, Hand
from providers.sandbox.world_hosting import HOSTING, OUTAGE, SMARTOPS
from providers.sandbox.world_invoices import INVOICES
from providers.sandbox.world_network import CONNECT, INCIDENT
from providers.sandbox.world_story import AGENTS, Story, names

STORIES: Final = {
    "ensono": HOSTING,
    "kpn-connect": CONNECT,
    "kpn-incident": INCIDENT,
    "tangoe": INVOICES,
    "smartops": SMARTOPS,
}
AT_START: Final = {"ensono": 13, "kpn-connect": 13, "kpn-incident": 8, "tangoe": 12, "smartops": 4}
ARRIVALS: Final = ("ensono", "ensono", "kpn-connect", "kpn-connect", "kpn-incident", "tangoe")
MOST_THREADS: Final = 75
BRIDGED_AGO: Final = timedelta(minutes=48)
"""How long ago the client last read its queues: what happened since is still in them."""
CUT_OFF: Final = '{"clientName": "testClient", "ticketNumber": "e-CS0912999", "status": "pend'
ADOPTED: Final = Story(
    summary="",
    description="",
    notes=(
        "Thank you, we have picked this up.",
        "We could see the same in our monitoring and are working on it.",
    ),
    question="Could you tell us since when exactly, and how many people are affected?",
    resolution="Solved on our side. Please reopen if it comes back.",
)


@dataclass(slots=True, kw_only=True)
class Thread:
    """One ticket in the hands of an agent. `beats` are what is still to happen to it."""

    vendor: str
    number: str
    story: Story
    agent: str
    beats: list[str]
    origin: str = ""
    asked_at: int = -1
    """How many comments of the client's there were when it was asked; -1 where it isn't waiting."""
    reminded: bool = False


@dataclass(slots=True, kw_only=True)
class ChangeThread:
    """One change on its way. `beats` are the states still to come once it is approved."""

    number: str
    beats: list[str]
    reminded: bool = False


class World:
    """Lets things happen. Call `populate` once the sandbox's URL is known, then `run_until` as time goes by."""

    def __init__(self, context: Context, ensono: Ensono, kpn_connect: KpnConnect, hands: dict[str, Hand]) -> None:
        self._context = context
        self._ensono = ensono
        self._kpn_connect = kpn_connect
        self._hands = hands
        self._serial = 0
        self.events = 0
        self._next_at: datetime | None = None
        self.threads: list[Thread] = []
        self.changes: list[ChangeThread] = []

    def populate(self) -> None:
        """Make up the night so far, backdated, and leave the last of it in the queues."""
        with self._context.lock:
            now, rng = self._context.now(), self._rng("night")
            bridged = now - BRIDGED_AGO
            opened = self._open_night(rng, now)
            for thread in self.threads:
                opened_at = opened[thread.number]
                for step in range(rng.choice((0, 1, 1, 2, 2, 3))):
                    with self._context.clock.at(opened_at + (bridged - opened_at) * (step + 1) / 4):
                        self._beat(thread)
            self._ensono.queue.clear()
            self._kpn_connect.forget()
            with self._context.clock.at(bridged):
                for thread in self.threads:
                    if thread.vendor == "ensono":
                        self._ensono.announce(thread.number)
            self._last_hour(rng, bridged)
            self._next_at = now + timedelta(seconds=self._rng("first").uniform(20, 60))

    def _open_night(self, rng: Random, now: datetime) -> dict[str, datetime]:
        """Open all tickets, the oldest first. When each was opened, by number."""
        due = [(vendor, story) for vendor, count in AT_START.items() for story in _dealt(rng, STORIES[vendor], count)]
        rng.shuffle(due)
        ages = sorted((rng.uniform(1.0, 30.0) for _ in due), reverse=True)
        opened = {}
        for (vendor, story), age in zip(due, ages, strict=True):
            at = now - timedelta(hours=age)
            with self._context.clock.at(at):
                number = self._open(vendor, story, rng, tell=False, known=rng.random() < 0.9 or vendor == "kpn-connect")
            opened[number] = at
        return opened

    def _last_hour(self, rng: Random, bridged: datetime) -> None:
        """What came in since the queues were last read, a few minutes apart."""
        asking = [story for story in CHANGES if story.kind == "Normal"]
        first, second = rng.sample(asking, 2)
        held = self._untold("kpn-connect", rng)
        steps: list[Callable[[], object]] = [
            lambda: self._open_change(first, rng, f"CHG{rng.randint(40_000, 49_999):07d}"),
            lambda: self._open("ensono", OUTAGE, rng, tell=True, known=True),
            lambda: self._open("kpn-connect", held, rng, tell=True, known=False),
            lambda: self._ensono.send_raw(CUT_OFF, group="e-CS0912999"),
            lambda: self._open_change(second, rng, ""),
            lambda: self._beat(self.threads[-2]),
            *([lambda: self._move(rng)] * 9),
        ]
        for place, step in enumerate(steps):
            with self._context.clock.at(bridged + BRIDGED_AGO * (place + 1) / (len(steps) + 1)):
                step()

    def run_until(self, now: datetime) -> None:
        """Let happen what is due by now."""
        with self._context.lock:
            while self._next_at is not None and self._next_at <= now:
                self.events += 1
                rng = self._rng(f"event {self.events}")
                self._adopt()
                self._happen(rng)
                self._next_at += timedelta(seconds=rng.uniform(20, 60))

    def _happen(self, rng: Random) -> None:
        draw = rng.random()
        if draw < 0.04:
            self._open_change(rng.choice(CHANGES), rng, "")
        elif draw < 0.14 and self.changes:
            self._move_change(rng.choice(self.changes))
        elif draw < 0.34 and len(self.threads) < MOST_THREADS:
            vendor = rng.choice(ARRIVALS)
            story = OUTAGE if vendor == "ensono" and rng.random() < 0.05 else self._untold(vendor, rng)
            self._open(vendor, story, rng, tell=True, known=rng.random() < 0.4)
        else:
            self._move(rng)

    def _untold(self, vendor: str, rng: Random) -> Story:
        """A story that is not running at this vendor now, if there is one."""
        running = {thread.origin for thread in self.threads if thread.vendor == vendor and thread.beats}
        return rng.choice([each for each in STORIES[vendor] if each.summary not in running] or STORIES[vendor])

    def _open(self, vendor: str, story: Story, rng: Random, *, tell: bool, known: bool) -> str:
        self._serial += 1
        filled = _filled(story, rng)
        reference = f"INC{rng.randint(10_000, 99_999):07d}"
        number = self._hands[vendor].open(filled, reference if known else "", self._serial, tell=tell)
        beats = ["progress", *(f"note {place}" for place in range(len(filled.notes)))]
        if filled.question:
            beats.insert(rng.randint(2, len(beats)), "ask")
        if filled.file is not None:
            beats.insert(rng.randint(1, len(beats)), "file")
        beats += ["resolve", "close"]
        agent = rng.choice(AGENTS)
        thread = Thread(vendor=vendor, number=number, story=filled, agent=agent, beats=beats, origin=story.summary)
        self.threads.append(thread)
        return number

    def _adopt(self) -> None:
        """Take up the tickets that the client has opened."""
        known = {(thread.vendor, thread.number) for thread in self.threads}
        for vendor, hand in self._hands.items():
            for number in hand.numbers():
                if (vendor, number) not in known and hand.live(number):
                    beats = ["note 0", "progress", "note 1", "ask", "resolve", "close"]
                    agent = self._rng(number).choice(AGENTS)
                    thread = Thread(vendor=vendor, number=number, story=ADOPTED, agent=agent, beats=beats)
                    self.threads.append(thread)

    def _move(self, rng: Random) -> None:
        """Move one ticket on: an answered one first, else any that has something left to happen."""
        answered = [thread for thread in self.threads if self._answered(thread)]
        ready = [thread for thread in self.threads if self._ready(thread)]
        if answered or ready:
            self._beat(rng.choice(answered or ready))

    def _ready(self, thread: Thread) -> bool:
        if not thread.beats or (thread.asked_at >= 0 and thread.reminded):
            return False
        return thread.beats == ["close"] or self._hands[thread.vendor].live(thread.number)

    def live(self, thread: Thread) -> bool:
        """Whether its agent still has something to do: neither resolved nor ended."""
        return self._hands[thread.vendor].live(thread.number)

    def _answered(self, thread: Thread) -> bool:
        hand = self._hands[thread.vendor]
        return thread.asked_at >= 0 and hand.live(thread.number) and hand.ours(thread.number) > thread.asked_at

    def _beat(self, thread: Thread) -> None:
        """The next thing that happens to a ticket."""
        hand, number, story = self._hands[thread.vendor], thread.number, thread.story
        if thread.asked_at >= 0:
            if self._answered(thread):
                thread.asked_at = -1
                hand.note(number, thread.agent, "Thank you, that is what we needed. We go on.")
                hand.progress(number)
            elif not thread.reminded:
                thread.reminded = True
                hand.note(number, thread.agent, "Kind reminder: we still need your answer to go on.")
            return
        if not thread.beats:
            return
        beat = thread.beats.pop(0)
        if beat == "progress":
            hand.progress(number)
        elif beat == "ask":
            thread.asked_at = hand.ours(number)
            hand.ask(number, thread.agent, story.question)
        elif beat == "file" and story.file is not None:
            hand.file(number, story.file[0], story.file[1].encode())
        elif beat == "resolve":
            hand.resolve(number, story.resolution)
        elif beat == "close":
            hand.close(number)
        else:
            hand.note(number, thread.agent, story.notes[int(beat.partition(" ")[2])])

    def _open_change(self, story: ChangeStory, rng: Random, client_number: str) -> None:
        self._serial += 1
        filled = names(rng)
        number = self._ensono.create_change(
            story.kind,
            shortDescription=story.summary.format_map(filled),
            description=story.description.format_map(filled),
            number=f"e-CHG{121_250 + 9 * self._serial:07d}",
            client_number=client_number,
            approvers=story.approvers,
            starts_in=timedelta(hours=rng.randint(20, 90)),
            lasts=timedelta(hours=story.hours),
            risk=story.risk,
            impact=story.impact,
            category=story.category,
            requestedByName=rng.choice(AGENTS),
            justification=story.justification.format_map(filled),
            preChangeChecks=story.checks,
            implementationPlan=story.plan,
            testPlan=story.test,
            backoutPlan=story.backout,
            cis=filled["host"],
        )
        states = ["Authorize", "Scheduled", "Implement", "Review", "Closed"]
        start = {"Normal": 0, "Emergency": 1, "Standard": 2}[story.kind]
        for note in story.notes:
            self._ensono.comment(number, note, rng.choice(AGENTS))
        self.changes.append(ChangeThread(number=number, beats=states[start:]))

    def _move_change(self, thread: ChangeThread) -> None:
        hand = self._hands["ensono"]
        assert isinstance(hand, EnsonoHand)
        decision = hand.decided(thread.number)
        if decision == "requested":
            if thread.reminded:
                return
            thread.reminded = True
            self._ensono.comment(thread.number, "Reminder: the approval is still open.", "Change Coordination")
        elif decision == "rejected":
            self._ensono.change_state(thread.number, "Cancelled")
            self.changes.remove(thread)
        elif thread.beats:
            state = thread.beats.pop(0)
            if state == "Closed":
                self._ensono.close_change(thread.number)
                self.changes.remove(thread)
            else:
                self._ensono.change_state(thread.number, state)

    def _rng(self, purpose: str) -> Random:
        return Random(f"{self._context.seed} {purpose}")  # noqa: S311  # no secret hangs on it


def _dealt(rng: Random, stories: tuple[Story, ...], count: int) -> list[Story]:
    """So many stories, each once before any comes again."""
    dealt: list[Story] = []
    while len(dealt) < count:
        dealt += rng.sample(stories, min(len(stories), count - len(dealt)))
    return dealt


def _filled(story: Story, rng: Random) -> Story:
    """A story with its open places named."""
    given = names(rng)
    return replace(
        story,
        summary=story.summary.format_map(given),
        description=story.description.format_map(given),
        notes=tuple(note.format_map(given) for note in story.notes),
        question=story.question.format_map(given),
        resolution=story.resolution.format_map(given),
        ci=story.ci.format_map(given),
    )
