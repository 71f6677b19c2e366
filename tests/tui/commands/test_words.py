"""What commands print for people."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.command_line import command, environment
from tests.tui.commands.conftest import Bench, linked


def test_a_list_is_plain_columns_the_most_urgent_first(bench: Bench) -> None:
    bench.box.ensono.create(shortDescription="Slow", client_number="INC1", priority="4", number="e-CS0000001")
    bench.box.ensono.create(shortDescription="Down", priority="1", number="e-CS0000002")
    bench.done("sync", "--once")
    assert bench.call("list").out.splitlines() == [
        "VENDOR  NUMBER       OURS  P  STATE  DUE  MARKS   SUMMARY",
        "ensono  e-CS0000002        1  open        unread  Down",
        "ensono  e-CS0000001  INC1  4  open        unread  Slow",
    ]


def test_a_ticket_is_a_page_with_its_story(bench: Bench) -> None:
    number = linked(bench)
    bench.done("comment", "ensono", number, "First line.\nSecond line.")
    page = bench.call("show", "ensono", number).out
    assert page.startswith(f"ensono  {number}  ")
    for words in ("Our number         INC1", "State              open", "Timeline", "First line.", "Second line."):
        assert words in page
    assert not [line for line in page.splitlines() if line != line.rstrip()]


def test_ticket_numbers_complete_in_the_shell(bench: Bench) -> None:
    number = linked(bench)
    words = ["vendorq", "--config", str(bench.config), "comment", "ensono", number[:4]]
    given = {"_VENDORQ_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": "5"}
    done = subprocess.run(
        command(), capture_output=True, text=True, env=environment(bench.folder, **given), check=False
    )
    assert done.stdout.split() == [f"plain,{number}"]


def test_what_is_told_to_people_has_no_control_byte_whatever_a_vendor_writes(bench: Bench, tmp_path: Path) -> None:
    hostile = "a\x1b[31mb\x1b]52;c;QUFB\x07 [/b] [@click=app.quit]x[/] \u202ec \x9b2J"
    number = bench.box.ensono.create(shortDescription=hostile, description=hostile, client_number="INC1")
    bench.box.ensono.comment(number, hostile)
    bench.done("sync", "--once")
    for words in (["list"], ["show", "ensono", number], ["messages"], ["handover"], ["export"], ["log"]):
        ended = bench.call(*words)
        assert ended.code == 0
        assert not [letter for letter in ended.out + ended.err if letter in "\x1b\x07\x9b\u202e"], words
    assert "[/b]" in bench.call("list").out
