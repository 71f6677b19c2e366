"""What list and show say of rows that may be old."""

from __future__ import annotations

from tests.tui.commands.conftest import Bench


def test_only_a_faulty_provider_among_those_shown_is_named_once(bench: Bench) -> None:
    number = bench.box.ensono.create(shortDescription="Backup failed", client_number="INC0000101")
    bench.done("sync", "--once")
    before = bench.call("list", "--json")
    assert before.err == ""
    assert bench.call("show", "ensono", number).err == ""
    for vendor in ("ensono", "tangoe"):
        bench.box.fault(vendor, "unauthorised", count=20)
    bench.call("sync", "--once")
    for command in (("list", "vendor:ensono"), ("show", "ensono", number), ("list", "vendor:ensono", "--json")):
        ended = bench.call(*command)
        (line,) = ended.err.splitlines()
        assert line.startswith("ensono was last read just now: "), command
        assert ended.code == 0
    assert bench.call("list", "vendor:ensono", "--json").json["tickets"] == before.json["tickets"]
