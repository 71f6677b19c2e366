"""Files that go out: described without being hung up by what is no file, or read for nothing."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from providers.base import AttachmentLimits
from providers.errors import Rejected
from tui.desk import outgoing


def test_a_file_has_its_name_size_type_and_digest(tmp_path: Path) -> None:
    log = tmp_path / "boot.log"
    log.write_bytes(b"two lines\nof it\n")
    file = outgoing.describe("ensono", log, AttachmentLimits(file_bytes=16))
    assert (file.name, file.size, file.sha256) == ("boot.log", 16, hashlib.sha256(log.read_bytes()).hexdigest())


def test_what_is_no_regular_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises(Rejected, match=f"{path} cannot be read: it is no regular file"):
            outgoing.describe("ensono", path)


def test_a_file_above_the_limit_is_not_read_for_its_refusal(tmp_path: Path) -> None:
    image = tmp_path / "disk.img"
    with image.open("wb") as file:
        file.truncate(1 << 40)
    described = outgoing.describe("kpn-connect", image, AttachmentLimits(file_bytes=60_000_000))
    assert (described.size, described.sha256) == (1 << 40, "")
