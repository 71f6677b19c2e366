"""An sshd of a test's own on loopback: its own config, keys and port, run as the test's user, ended by its id."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SSHD: Final = "/usr/sbin/sshd"
PATIENCE: Final = 20.0
_SEPARATION: Final = Path("/run/sshd")
"""A folder that sshd wants when root runs it; Debian makes it when its service starts."""


def missing() -> str:
    """Why no sshd can be run here; empty where one can."""
    if not os.access(SSHD, os.X_OK):
        return f"{SSHD} is not installed"
    return "" if shutil.which("ssh") and shutil.which("ssh-keygen") else "the ssh client is not installed"


@dataclass(frozen=True, slots=True)
class Line:
    """A way in. `words` of a command are run there on a terminal of their own."""

    folder: Path
    port: int

    def words(self, words: Sequence[str], environment: Mapping[str, str], folder: Path) -> list[str]:
        """The client's words for running a command there in a folder. Its process id goes to the file `pid` in it."""
        given = [f"{name}={value}" for name, value in environment.items() if name != "TERM"]
        command = f"cd {shlex.quote(str(folder))} && echo $$ > pid && exec {shlex.join(['env', *given, *words])}"
        options = {
            "IdentityFile": self.folder / "key",
            "IdentitiesOnly": "yes",
            "UserKnownHostsFile": self.folder / "known_hosts",
            "StrictHostKeyChecking": "yes",
            "BatchMode": "yes",
            "LogLevel": "ERROR",
            "EscapeChar": "none",
        }
        told = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
        to = f"{getpass.getuser()}@127.0.0.1"
        return ["ssh", "-F", "none", "-tt", "-p", str(self.port), *told, to, command]


@contextmanager
def line(folder: Path) -> Iterator[Line]:
    """A running sshd with its keys in this folder."""
    for name in ("host_key", "key"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(words, check=True)
    port = _free_port()
    (folder / "authorized_keys").write_text((folder / "key.pub").read_text())
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host_key.pub').read_text()}")
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host_key'}\nPidFile none\n"
        f"AuthorizedKeysFile {folder / 'authorized_keys'}\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
        "PrintMotd no\nPrintLastLog no\nLogLevel ERROR\n"
    )
    made = os.geteuid() == 0 and not _SEPARATION.exists()
    if made:
        _SEPARATION.mkdir(mode=0o755)
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
    try:
        _until_it_listens(process, port)
        yield Line(folder, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        if made:
            _SEPARATION.rmdir()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, "sshd has ended"
        with socket.socket() as attempt:
            attempt.settimeout(1.0)
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("sshd does not listen")
