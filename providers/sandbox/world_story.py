"""What a ticket of the living world is about: data, with places left open for names."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

SITES: Final = (
    "Utrecht DC-2",
    "Rotterdam Waalhaven",
    "Eindhoven HQ",
    "Zwolle warehouse",
    "Antwerp office",
    "Groningen branch",
    "Breda distribution centre",
    "Den Haag service desk",
    "Maastricht lab",
    "Amersfoort call centre",
)
HOSTS: Final = (
    "ams-sql-07",
    "ams-app-112",
    "rtm-file-03",
    "uto-esx-21",
    "ehv-web-09",
    "zwl-print-02",
    "ams-mq-04",
    "brd-wms-01",
    "uto-bkp-05",
    "ams-erp-02",
)
CIRCUITS: Final = ("NL-4471-A", "NL-2086-B", "NL-9310-A", "BE-1175-A", "NL-6642-C", "NL-3008-A")
AGENTS: Final = (
    "Priya Raman",
    "Tomasz Zielinski",
    "Marjolein de Wit",
    "Dale Okafor",
    "Hanneke Visser",
    "Luis Ferreira",
    "Aoife Brennan",
    "王小明",
    "Jeroen van Dam",
    "Kavya Nair",
)
CALLERS: Final = ("Ruth Bakker", "Olivier Smeets", "Fatima El Idrissi", "Henk Postma", "Sanne Kuipers", "Bram Claes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One ticket's life in words. `notes` come while it is worked on; `question` is what holds it up on our side.

    Braces name site, host, circuit, agent, caller or n. `file` is a name and its text. `kind` is the vendor's word
    for the ticket's type, where it is not an incident.
    """

    summary: str
    description: str
    priority: int = 3
    notes: tuple[str, ...] = ()
    question: str = ""
    resolution: str = "Solved; no further action needed."
    file: tuple[str, str] | None = None
    kind: str = ""
    service: str = ""
    ci: str = ""


def names(rng: Random) -> dict[str, str]:
    """One choice for each place that a story leaves open."""
    return {
        "site": rng.choice(SITES),
        "host": rng.choice(HOSTS),
        "circuit": rng.choice(CIRCUITS),
        "agent": rng.choice(AGENTS),
        "caller": rng.choice(CALLERS),
        "n": str(rng.randint(3, 96)),
    }
