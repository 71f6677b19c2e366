"""vendorq's dashboard with a watch on its event loop: `python -m tests.support.gap_program FILE words…`.

A beat a millisecond. What lies between two of them is a gap: wall time, or processor time of the whole process where
that is less, so that what else runs on the machine does not count. SIGUSR1 begins the watch, SIGUSR2 writes all gaps
to the file, as JSON, and begins again.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from pathlib import Path
from typing import Final
from unittest.mock import patch

from tui import cli
from tui.app import VendorqApp

BEAT: Final = 0.001


class Watch:
    """The gaps since the watch began."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._gaps: list[float] = []
        self._last = (0.0, 0.0)

    def begin(self) -> None:
        """From now on."""
        self._gaps.clear()
        self._last = (time.perf_counter(), time.process_time())

    def end(self) -> None:
        """Write what was found."""
        gaps = self._gaps.copy()
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(gaps))
        part.replace(self._file)
        self.begin()

    def beat(self, loop: asyncio.AbstractEventLoop) -> None:
        """One beat, and the next."""
        wall, worked = time.perf_counter(), time.process_time()
        self._gaps.append(max(0.0, min(wall - self._last[0] - BEAT, worked - self._last[1])))
        self._last = (wall, worked)
        loop.call_later(BEAT, self.beat, loop)


def main() -> int:
    """The dashboard, watched."""
    watch = Watch(Path(sys.argv[1]))
    mounted = VendorqApp.on_mount

    def on_mount(app: VendorqApp) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, watch.begin)
        loop.add_signal_handler(signal.SIGUSR2, watch.end)
        watch.begin()
        watch.beat(loop)
        mounted(app)

    with patch.object(VendorqApp, "on_mount", on_mount):
        return cli.main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
