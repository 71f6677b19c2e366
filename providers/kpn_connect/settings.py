"""KPN Connect's part of the config."""

from __future__ import annotations

from typing import Literal

from providers.kpn.settings import KpnSettings


class Settings(KpnSettings):
    """`[[provider]] kind = "kpn-connect"`. `url` ends with /network/kpn/servicenow."""

    kind: Literal["kpn-connect"] = "kpn-connect"
