"""A socket to the first of a host's addresses that answers (RFC 8305)."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from contextlib import suppress
from typing import Any, Final

from aiohappyeyeballs import start_connection

NEXT_AFTER: Final = 0.25
"""Seconds until a host's next address is tried beside the one that has not answered."""
_TCP: Final = (socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
Address = tuple[int, int, int, str, Any]
"""As socket.getaddrinfo gives it."""


async def dial(host: str, port: int, local_address: str | None = None) -> socket.socket:
    """A connected socket; the next address, of the other family first, is tried when one fails or takes its time.

    Raises socket.gaierror for a name that cannot be resolved, and OSError where no address answers.
    """
    found = await addresses(host, port)
    if not found:
        raise OSError(f"{host} has no address")
    local = None if local_address is None else await addresses(local_address, 0)
    try:
        return await start_connection(found, local_addr_infos=local, happy_eyeballs_delay=NEXT_AFTER)
    except OSError as error:
        if error.errno is None:
            raise OSError("none of its addresses answers") from error
        raise


async def addresses(host: str, port: int) -> list[Address]:
    """A host's addresses in the resolver's order, which is not asked about one that is written as a number."""
    with suppress(ValueError):
        ipaddress.IPv4Address(host)
        return [(socket.AF_INET, *_TCP, (host, port))]
    return list(await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM))
