"""The command line against the least that could do the same: a bare click group, and json alone.

Whole processes are measured, interpreter and all, by the processor time the kernel counted for them, so that what
else runs on the machine does not count.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from providers.clock import SystemClock
from providers.model import Attachment, Comment, Ticket
from tests.support.command_line import environment
from tui.cli import COMMANDS
from tui.desk import records
from tui.desk.ports import Transaction
from tui.desk.store import open_store

pytestmark = pytest.mark.bench

ROUNDS = 9
TICKETS = 10_000
OURS = "import sys\nfrom tui.cli import main\nsys.exit(main())\n"
BARE = """
import click

@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", metavar="FILE", help="Use this config.")
@click.option("--read-only", is_flag=True, help="Write nothing.")
@click.version_option("1")
def group(config, read_only):
    "A group that does nothing."

for number in range(%d):
    group.command(f"command-{number}", help="One of many that do nothing at all, told in a sentence.")(lambda: None)
group()
"""
PLAIN = "import json, sys\nwith open(sys.argv[1]) as file:\n    found = json.load(file)\nprint(json.dumps(found))\n"
STORY = "Branch {n} lost its line at 03:{m:02d}.\nModem restarted, cable changed, no difference.\n"


def script(folder: Path, name: str, text: str) -> str:
    """A program as pip installs one."""
    path = folder / f"{name}.py"
    path.write_text(text)
    return str(path)


def seconds(words: Sequence[str], home: Path, output: Path) -> float:
    """Processor time of one process, its output in a file."""
    opened = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        given = environment(home, COLUMNS="100")
        process = os.posix_spawn(
            sys.executable, [sys.executable, *words], given, file_actions=[(os.POSIX_SPAWN_DUP2, opened, 1)]
        )
        _, status, usage = os.wait4(process, 0)
    finally:
        os.close(opened)
    assert status == 0, words
    return usage.ru_utime + usage.ru_stime


def compare(ours: Sequence[str], theirs: Sequence[str], home: Path) -> tuple[float, float]:
    """Median seconds of both, taken in turns after one of each that warms the caches."""
    taken: tuple[list[float], list[float]] = ([], [])
    for round_number in range(ROUNDS + 1):
        for words, times in ((theirs, taken[1]), (ours, taken[0])):
            spent = seconds(words, home, home / "output")
            if round_number:
                times.append(spent)
    return statistics.median(taken[0]), statistics.median(taken[1])


def test_help_takes_at_most_one_and_a_half_times_a_bare_group_with_as_many_commands(tmp_path: Path) -> None:
    commands = sum(len(family) for family in COMMANDS.values())
    bare = script(tmp_path, "bare", BARE % commands)
    ours, theirs = compare([script(tmp_path, "ours", OURS), "--help"], [bare, "--help"], tmp_path)
    print(f"--help {ours * 1e3:.0f} ms, a bare group {theirs * 1e3:.0f} ms, ratio {ours / theirs:.2f}")
    assert ours <= 1.5 * theirs


def ticket(number: int, now: datetime) -> Ticket:
    """One of a night's tickets: a description, two comments, a file, and what else a vendor sends."""
    comments = tuple(
        Comment(id=f"c{number}-{place}", author="Night Desk", at=now, body=STORY.format(n=number, m=number % 60))
        for place in range(2)
    )
    return Ticket(
        provider="ensono",
        number=f"e-CS{number:07}",
        client_number=f"INC{number:07}",
        vendor_state="open",
        priority=number % 4 + 1,
        summary=f"Branch {number}: no connection to the tills since 03:{number % 60:02d}",
        description=STORY.format(n=number, m=number % 60) * 2,
        opened_at=now,
        updated_at=now,
        due_at=now + timedelta(minutes=number % 900),
        comments=comments,
        attachments=(Attachment(id=f"a{number}", name="trace.txt", size=512, content_type="text/plain"),),
        vendor={"group": "Network Support", "impact": "2", "urgency": "2", "category": "network"},
    )


def fill(folder: Path) -> None:
    """A store with the tickets in it, as a long night leaves it."""

    def put(transaction: Transaction) -> None:
        now = datetime.now(UTC)
        for number in range(TICKETS):
            records.put_ticket(transaction, ticket(number, now))

    async def work() -> None:
        store = open_store(folder, SystemClock())
        await store.transact(put)
        await store.compact()
        store.close()

    asyncio.run(work())


def test_list_of_10_000_tickets_takes_at_most_three_times_loading_and_dumping_the_same_json(tmp_path: Path) -> None:
    fill(tmp_path / "store")
    config = tmp_path / "config.toml"
    config.write_text(
        f'[store]\npath = "{tmp_path / "store"}"\n[[provider]]\nname = "ensono"\nkind = "ensono"\n'
        'url = "http://127.0.0.1:9/client"\nenvironment = "prod"\nclient_name = "c"\napi_key = { env = "NONE" }\n'
    )
    ours = [script(tmp_path, "ours", OURS), "--config", str(config), "list", "--json"]
    same = tmp_path / "same.json"
    seconds(ours, tmp_path, same)
    assert len(json.loads(same.read_text())["tickets"]) == TICKETS
    mine, plain = compare(ours, [script(tmp_path, "plain", PLAIN), str(same)], tmp_path)
    print(f"list --json {mine:.2f} s, load and dump {plain:.2f} s of {same.stat().st_size} bytes, {mine / plain:.2f}")
    assert mine <= 3 * plain
