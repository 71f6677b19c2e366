"""The sandbox as a whole: five vendors on one loopback port."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from providers.clock import Clock
from providers.sandbox import config
from providers.sandbox.clock import SandboxClock
from providers.sandbox.context import Context
from providers.sandbox.control import PREFIX as CONTROL_PREFIX
from providers.sandbox.control import Control
from providers.sandbox.ensono import Ensono
from providers.sandbox.ensono_api import PREFIX as ENSONO_PREFIX
from providers.sandbox.ensono_api import EnsonoApi
from providers.sandbox.faults import Fault, Faults
from providers.sandbox.front import Front
from providers.sandbox.keycloak import PREFIX as KEYCLOAK_PREFIX
from providers.sandbox.keycloak import Keycloak
from providers.sandbox.kpn_connect import BASE as KPN_CONNECT_PREFIX
from providers.sandbox.kpn_connect import KpnConnect
from providers.sandbox.kpn_connect_api import KpnConnectApi
from providers.sandbox.kpn_incident import BASE as KPN_INCIDENT_PREFIX
from providers.sandbox.kpn_incident import KpnIncident
from providers.sandbox.ledger import Entries, RequestSeen
from providers.sandbox.oauth import PREFIX as OAUTH_PREFIX
from providers.sandbox.oauth import TokenEndpoint
from providers.sandbox.s3 import PREFIX as S3_PREFIX
from providers.sandbox.s3 import FileStore
from providers.sandbox.server import Server
from providers.sandbox.smartops import BASE as SMARTOPS_PREFIX
from providers.sandbox.smartops import SmartOps
from providers.sandbox.tangoe import Tangoe
from providers.sandbox.tangoe_api import BASE as TANGOE_PREFIX
from providers.sandbox.tangoe_api import TangoeApi
from providers.sandbox.world import World
from providers.sandbox.world_hands import EnsonoHand, Hand, KpnConnectHand, KpnIncidentHand, SmartOpsHand, TangoeHand

WORLD_POLL_SECONDS: Final = 15


class Sandbox:
    """The vendors, over real HTTP, for as long as the context lasts.

    `async with Sandbox(seed=1) as box:` (or plain `with`) serves them on a free port of 127.0.0.1, in a thread with a
    loop of its own. The same seed gives the same ids, texts and order. `world` has things happen by themselves.
    """

    def __init__(self, seed: int = 1, *, world: bool = False, port: int = 0, clock: Clock | None = None) -> None:
        self.context = Context(seed, clock=SandboxClock(clock))
        self.faults = Faults()
        self.files = FileStore(self.context)
        self.tokens = TokenEndpoint(self.context)
        self.ensono = Ensono(self.context, self.files)
        self.ensono_api = EnsonoApi(self.ensono)
        self.kpn_connect = KpnConnect(self.context)
        self.kpn_connect_api = KpnConnectApi(self.kpn_connect, self.tokens)
        self.kpn_incident = KpnIncident(self.context, self.tokens)
        self.tangoe = Tangoe(self.context)
        self.tangoe_api = TangoeApi(self.tangoe)
        self.keycloak = Keycloak(self.context)
        self.smartops = SmartOps(self.context, self.keycloak)
        self.vendors = (self.ensono, self.kpn_connect, self.kpn_incident, self.tangoe, self.smartops)
        self.world = World(self.context, self.ensono, self.kpn_connect, self._hands()) if world else None
        self._front = Front(self.context, self.faults)
        self._port = port
        self._server: Server | None = None
        self._mount()

    def _hands(self) -> dict[str, Hand]:
        return {
            "ensono": EnsonoHand(self.ensono),
            "kpn-connect": KpnConnectHand(self.kpn_connect),
            "kpn-incident": KpnIncidentHand(self.kpn_incident),
            "tangoe": TangoeHand(self.tangoe),
            "smartops": SmartOpsHand(self.smartops),
        }

    def _mount(self) -> None:
        vendors = {each.kind: each for each in self.vendors}
        control = Control(self.context, self.faults, vendors, self)
        self._front.mount(CONTROL_PREFIX, "", control.handle)
        self._front.mount(OAUTH_PREFIX, "kpn-oauth", self.tokens.handle)
        self._front.mount(S3_PREFIX, "s3", self.files.handle)
        self._front.mount(ENSONO_PREFIX, "ensono", self.ensono_api.handle)
        self._front.mount(KPN_CONNECT_PREFIX, "kpn-connect", self.kpn_connect_api.handle)
        self._front.mount(KPN_INCIDENT_PREFIX, "kpn-incident", self.kpn_incident.handle)
        self._front.mount(TANGOE_PREFIX, "tangoe", self.tangoe_api.handle)
        self._front.mount(SMARTOPS_PREFIX, "smartops", self.smartops.handle)
        self._front.mount(KEYCLOAK_PREFIX, "smartops", self.keycloak.handle)

    @property
    def url(self) -> str:
        """The origin, such as http://127.0.0.1:43210."""
        return self.context.url

    @property
    def clock(self) -> SandboxClock:
        """The sandbox's time; a client may be given the same."""
        return self.context.clock

    @property
    def ledger(self) -> Entries:
        """What the vendors committed so far, in order."""
        return self.context.ledger.entries

    @property
    def requests(self) -> list[RequestSeen]:
        """Every request so far, the last 20,000 of them."""
        return self.context.ledger.requests

    def config(self, store: Path) -> str:
        """A complete config for this sandbox, as TOML. The file must be 0600. With a world, polls are frequent."""
        often = WORLD_POLL_SECONDS if self.world is not None else None
        return config.toml(self.url, store, self.ensono.environment, poll_seconds=often)

    def settings(self, kind: str) -> dict[str, Any]:
        """Keyword arguments for a kind's Settings."""
        return config.settings(self.url, kind, self.ensono.environment)

    def fault(self, vendor: str, fault: str, *, match: str = "", count: int | None = 1, seconds: float = 0.0) -> None:
        """Switch a fault on for the next `count` requests (None: until cleared) whose "METHOD /path?query" holds
        `match`. What each fault does is in faults.FAULTS."""
        self.faults.add(Fault(vendor=vendor, fault=fault, match=match, count=count, seconds=seconds))

    def clear_faults(self, vendor: str = "") -> None:
        """Switch all faults off, or those of one vendor."""
        self.faults.clear(vendor)

    def advance(self, seconds: float) -> None:
        """Move the sandbox's time forward; what is due by then happens."""
        self.context.clock.advance(seconds)
        self.tick()

    def tick(self) -> None:
        """Let happen what is due by now. Called once a second while serving."""
        self.ensono.tick()
        if self.world is not None:
            self.world.run_until(self.context.now())

    def start(self) -> Self:
        """Bind the port and serve."""
        self._server = Server(self._front, self._port, self.tick)
        self.context.url = f"http://127.0.0.1:{self._server.port}"
        if self.world is not None:
            self.world.populate()
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop serving; requests under way are cut off."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
