"""The five vendors over real HTTP on loopback, as their documents say, with faults to switch on.

Written from the vendors' documents and from nothing else, so that it can judge the connectors. Needs the extra
`sandbox` (starlette, uvicorn).
"""

from providers.sandbox.box import Sandbox
from providers.sandbox.faults import FAULTS, Fault, FaultUnknown, parse_fault
from providers.sandbox.ledger import Entries, LedgerEntry, RequestSeen

__all__ = ["FAULTS", "Entries", "Fault", "FaultUnknown", "LedgerEntry", "RequestSeen", "Sandbox", "parse_fault"]
