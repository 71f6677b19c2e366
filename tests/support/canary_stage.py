"""A stage for the canary test: vendors with our secrets in them, gateways that show what they are sent, a home."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest.mock import patch

from providers.sandbox import Sandbox, oauth, tangoe_api
from providers.sandbox.ids import Ids
from tests.support.canaries import Canaries
from tests.support.command_line import PATIENCE, ROOT, Ended, environment

WATCHED = str(ROOT / "tests" / "support" / "watched.py")
LINK = "link to GET"
"""What the places of links to files begin with: the store keeps those until the file is here."""
ROTATED = "handed out smartops-offline"
"""The same of rotated tokens, whose own file is the one place for them."""
USUAL = frozenset({"host", "connection", "user-agent", "accept", "accept-encoding", "content-type", "content-length"})


class Mirror(BaseHTTPRequestHandler):
    """A vendor's gateway at its worst: it refuses, and shows all that it was sent."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("latin-1")
        headers = " ".join(f"{name}: {value}" for name, value in self.headers.items() if name.lower() not in USUAL)
        words = f"{headers} {body} {self.path}"
        turned = f"{body} {headers} {self.path}"
        document = {"message": words, "error": {"message": words, "detail": turned}, "Response": [turned]}
        content = json.dumps(document).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_CONNECT = answer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing onto the terminal of the tests."""


class Stage:
    """The sandbox with our secrets in its vendors, a home, and a vault that holds what the engineer keeps secret."""

    def __init__(self, box: Sandbox, mirror: str, folder: Path) -> None:
        self.box = box
        self.canaries = Canaries()
        self.mirror = mirror
        self.vault = folder / "vault"
        self.home = folder / "home"
        self.temporary = folder / "tmp"
        self.watch = folder / "watch"
        for made in (self.vault, self.home, self.temporary, self.watch):
            made.mkdir(mode=0o700)
        self.secret_environment: dict[str, str] = {}
        self.ended: list[tuple[Sequence[str], Ended]] = []
        self.config = self.vault / "config.toml"
        self.config.touch(mode=0o600)
        self.config.write_text("\n".join(self._config()))
        self.log = self.home / "state" / "log"

    # Where the secrets are.

    def _in_environment(self, place: str) -> str:
        name = f"SECRET_{len(self.secret_environment)}"
        self.secret_environment[name] = self.canaries.mint(place)
        return f'{{ env = "{name}" }}'

    def _in_file(self, place: str) -> str:
        path = self.vault / f"{place.replace(' ', '-')}.txt"
        path.touch(mode=0o600)
        path.write_text(self.canaries.mint(place) + "\n")
        return f'{{ file = "{path}" }}'

    def _from_command(self, place: str) -> str:
        """A program that prints the secret, and complains of it on standard error as well."""
        text = self.vault / f"{place.replace(' ', '-')}.out"
        text.touch(mode=0o600)
        text.write_text(self.canaries.mint(place) + "\n")
        return f'{{ command = ["/bin/sh", "-c", "cat {text}; cat {text} >&2"] }}'

    def _written(self, place: str) -> str:
        return f'{{ value = "{self.canaries.mint(place)}" }}'

    def _config(self) -> Iterator[str]:
        url, mirror, mint = self.box.url, self.mirror, self.canaries.mint
        yield f'[store]\npath = "{self.home / "state"}"'
        yield '[engineer]\nname = "Sam Sandbox"\nemail = "sam@client.example"\nphone = "+31 20 000 0000"'
        for name, base, key in (
            ("ensono", f"{url}/ensono/testclient", self._in_file("api key")),
            ("ensono-mirror", f"{mirror}/ensono/testclient", self._written("api key, mirrored")),
        ):
            yield f'[[provider]]\nkind = "ensono"\nname = "{name}"\nurl = "{base}"\nenvironment = "prod"'
            yield f'client_name = "testClient"\napi_key = {key}\nclient_group = "CLIENT - Internal"\nconsume = true'
        for kind, path in (("kpn-connect", "servicenow"), ("kpn-incident", "incident")):
            client = oauth.CLIENTS[kind][0]
            source = self._in_environment if kind == "kpn-connect" else self._from_command
            yield f'[[provider]]\nkind = "{kind}"\nname = "{kind}"\nurl = "{url}/network/kpn/{path}"'
            yield f'consume = true\nclient_id = "{client}"\nclient_secret = {source(f"client secret of {kind}")}'
            yield f'[[provider]]\nkind = "{kind}"\nname = "{kind}-mirror"\nurl = "{mirror}/network/kpn/{path}"'
            mirrored = self._written(f"client secret of {kind}, mirrored")
            yield f'consume = true\nclient_id = "{client}"\nclient_secret = {mirrored}'
        for name, base, more in (
            ("tangoe", url, ""),
            ("tangoe-mirror", mirror, ""),
            (
                "tangoe-proxy",
                url,
                f'proxy = "http://someone:{mint("proxy password")}@{mirror.removeprefix("http://")}"',
            ),
        ):
            yield f'[[provider]]\nkind = "tangoe"\nname = "{name}"\nurl = "{base}"\ncomments = true\n{more}'
            yield f'username = "sandbox"\npassword = {self._written(f"password of {name}")}'
            yield f'[provider.callback]\ncallback_url = "{url}/callback"\ncallback_auth_user = "back"'
            yield f"callback_auth_password = {self._written(f'callback password of {name}')}"
        for name, base in (("smartops", url), ("smartops-mirror", mirror)):
            yield f'[[provider]]\nkind = "smartops"\nname = "{name}"'
            yield from (f'{what}_url = "{base}/smartops/{what}"' for what in ("create", "update", "fetch"))
            if name == "smartops":
                yield f'token_url = "{url}/auth/realms/smartops/protocol/openid-connect/token"'
                yield f'client_id = "sandbox-itsm"\nclient_secret = {self._in_environment("client secret of smartops")}'
                yield f"offline_token = {self._in_file('offline token')}"
            else:
                yield f"access_token = {self._in_environment('access token')}"
            hidden = base64.b64encode(mint(f"connection details of {name}").encode()).decode()
            yield "[provider.connection_details]"
            yield f'itsmPassword = {{ value = "{hidden}" }}\nitsmVersion = "Tokyo"'
            yield f"[provider.headers]\nx-gateway = {self._written(f'header of {name}')}"

    # What is done.

    def vendorq(self, *words: str, stdin: str = "", **given: str) -> Ended:
        """One command, watched, at DEBUG."""
        done = subprocess.run(
            [sys.executable, WATCHED, *words],
            input=stdin,
            capture_output=True,
            text=True,
            env=self.environment(**given),
            cwd=self.home,
            timeout=PATIENCE,
            check=False,
        )
        ended = Ended(done.returncode, done.stdout, done.stderr)
        self.ended.append((words, ended))
        return ended

    def environment(self, **given: str) -> dict[str, str]:
        """What a process is given: its secrets among it."""
        ours = environment(self.home, TMPDIR=str(self.temporary), VENDORQ_CONFIG=str(self.config))
        return {
            **ours,
            **self.secret_environment,
            "WATCH": str(self.watch),
            "PYTHONASYNCIODEBUG": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            **given,
        }

    def done(self, *words: str, **given: str) -> Ended:
        """A command that must go well."""
        ended = self.vendorq(*words, **given)
        assert ended.code == 0, (words, ended.code, ended.err)
        return ended

    def all_done(self, *commands: Sequence[str]) -> None:
        """Commands that do not depend on each other, two at a time."""
        with ThreadPoolExecutor(2) as pool:
            for ended in pool.map(lambda words: self.vendorq(*words), commands):
                assert ended.code in (0, 1, 2, 65, 69, 75, 77, 78), ended

    # What must not be.

    def found(self) -> dict[str, set[str]]:
        """Where which secrets are: in files, in what was printed, in arguments of processes, in what was removed."""
        for signed in self.box.files._signed.values():
            for name in ("X-Amz-Signature", "X-Amz-Security-Token"):
                self.canaries.adopt(f"link to {signed.method} {signed.name}: {name}", signed.query[name])
        places: dict[str, set[str]] = {}
        for folder in (self.home, self.temporary):
            places |= {f"{folder.name}/{name}": what for name, what in self.canaries.in_files(folder).items()}
        for name, what in self.canaries.in_files(self.watch).items():
            lost = (self.watch / name).read_bytes().partition(b"\n")[0].decode() if name.startswith("lost") else ""
            places[f"lost home/{Path(lost).relative_to(self.home)}" if lost else name] = what
        for number, (words, ended) in enumerate(self.ended):
            what = self.canaries.in_bytes(ended.out.encode() + ended.err.encode())
            if what:
                places[f"output {number} of {' '.join(words)}"] = what
        return {
            name: kept for name, what in places.items() if (kept := {one for one in what if not excused(name, one)})
        }

    def written_outside(self) -> set[str]:
        """Files that were opened for writing where this test would not look."""
        named = {path.read_text() for path in self.watch.glob("written-*")}
        looked_at = (str(self.home), str(self.temporary), str(self.watch), "/dev/null", "/dev/tty")
        return {name for name in named if name.startswith("/") and not name.startswith(looked_at)}


def excused(name: str, place: str) -> bool:
    """Whether a secret may be where it is: a rotated token in its own file, a link in the store's own files."""
    path = name.removeprefix("lost ")
    if place.startswith(ROTATED):
        return path.startswith("home/state/tokens/")
    return place.startswith(LINK) and path.startswith(("home/state/journal", "home/state/snapshot"))


@contextmanager
def set_stage(tmp_path: Path) -> Iterator[Stage]:
    """Everything set up, with the same secrets on both sides."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with Sandbox(1) as box:
            made = Stage(box, f"http://127.0.0.1:{server.server_address[1]}", tmp_path)
            mint = made.canaries.mint
            box.ensono_api.api_key = mint("api key")
            box.keycloak.offline = mint("offline token")
            box.keycloak.secret = mint("client secret of smartops")
            box.keycloak.rotates = True
            box.keycloak.access_token = mint("access token")
            box.smartops.connection["itsmPassword"] = base64.b64encode(
                mint("connection details of smartops").encode()
            ).decode()
            box.smartops.connection = {name: box.smartops.connection[name] for name in ("itsmPassword", "itsmVersion")}
            clients = {kind: (name, mint(f"client secret of {kind}")) for kind, (name, _) in oauth.CLIENTS.items()}
            with (
                patch.dict(oauth.CLIENTS, clients),
                patch.object(tangoe_api, "USERNAME", "sandbox"),
                patch.object(tangoe_api, "PASSWORD", mint("password of tangoe")),
                patch.object(Ids, "token", _watched_token(made.canaries)),
            ):
                yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _watched_token(canaries: Canaries) -> Any:
    """The sandbox's way to make a token, each one told to the canaries."""
    plain = Ids.token

    def token(self: Ids, *purpose: str) -> str:
        made = plain(self, *purpose)
        canaries.adopt(f"handed out {' '.join(purpose)} {made[:4]}", made)
        return made

    return token
