"""KPN Incident's part of the config."""

from __future__ import annotations

from typing import Literal

from providers.kpn.settings import KpnSettings


class Settings(KpnSettings):
    """`[[provider]] kind = "kpn-incident"`. `url` ends with /network/kpn/incident."""

    kind: Literal["kpn-incident"] = "kpn-incident"
    configuration_items: tuple[str, ...] = ()
    """The configuration items agreed with KPN, offered in the form; the API does not tell them."""
