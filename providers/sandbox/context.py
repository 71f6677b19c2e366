"""What all the vendors of one sandbox share."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from providers.sandbox.clock import SandboxClock
from providers.sandbox.ids import Ids
from providers.sandbox.ledger import Ledger, LedgerEntry


@dataclass(slots=True)
class Context:
    """The ground the vendors stand on.

    `lock` guards every vendor's state: requests are answered in the server's thread while a test injects from its
    own. `url` is the origin, known once the port is bound. `token_seconds` is how long access tokens live.
    """

    seed: int
    clock: SandboxClock = field(default_factory=SandboxClock)
    lock: threading.RLock = field(default_factory=threading.RLock)
    url: str = ""
    token_seconds: int = 3599
    ids: Ids = field(init=False)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ids = Ids(self.seed)
        self.ledger = Ledger(self.clock)

    def now(self) -> datetime:
        """The sandbox's time."""
        return self.clock.now()

    def commit(
        self,
        vendor: str,
        operation: str,
        number: str = "",
        client_number: str = "",
        body: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Write down in the ledger what a vendor has just done."""
        self.ledger.commit(
            LedgerEntry(
                vendor=vendor,
                operation=operation,
                number=number,
                client_number=client_number,
                body=body or {},
                **more,
            )
        )
