"""The sandbox as a process of its own."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from providers.sandbox.box import Sandbox
from providers.sandbox.faults import Fault


def serve(
    *,
    port: int = 0,
    config_out: Path | None = None,
    faults: Sequence[Fault] = (),
    seed: int = 1,
    world: bool = True,
    announce: Callable[[str, str], None] = lambda url, config: None,
) -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP; the signal's number is returned.

    A free port is taken for 0. `config_out` is written whole, with mode 0600, before anything is announced; its store
    lies beside it, or in the temporary folder where no file is asked for. `announce(url, config)` is called once
    requests are answered. Must run in the main thread. Raises OSError where the port or the file can't be had.
    """
    stopped = threading.Event()
    caught: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        caught.append(number)
        stopped.set()

    names = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {name: signal.signal(name, stop) for name in names}
    try:
        with Sandbox(seed, world=world, port=port) as box:
            for fault in faults:
                box.faults.add(fault)
            folder = config_out.absolute().parent if config_out else Path(tempfile.gettempdir())
            config = box.config(folder / f"vendorq-sandbox-{box.url.rpartition(':')[2]}")
            if config_out is not None:
                _write(config_out, config)
            announce(box.url, config)
            stopped.wait()
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
    return caught[0] if caught else 0


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner alone from the first byte."""
    handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
