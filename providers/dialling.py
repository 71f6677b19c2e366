"""A socket to the first of a host's addresses that answers (RFC 8305, without its sorting).

asyncio's own race between addresses loses sight of sockets when it is cancelled, and where all fail its error has no
number to tell by what happened.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import Counter
from contextlib import suppress
from typing import Any, Final, NamedTuple

NEXT_AFTER: Final = 0.25
"""Seconds until a host's next address is tried beside the one that has not answered."""


class Address(NamedTuple):
    """Where to connect to: `place` as the family writes it."""

    family: int
    place: Any


async def addresses(host: str, port: int) -> list[Address]:
    """A host's addresses, the families in turn, each in the resolver's order. Raises socket.gaierror."""
    with suppress(ValueError):
        ipaddress.IPv4Address(host)
        return [Address(socket.AF_INET, (host, port))]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    turns: Counter[int] = Counter()
    in_turn: list[tuple[int, Address]] = []
    for family, _, _, _, place in found:
        in_turn.append((turns[family], Address(family, place)))
        turns[family] += 1
    return [address for _, address in sorted(in_turn, key=lambda pair: pair[0])]


async def dial(host: str, port: int, local_address: str | None = None) -> socket.socket:
    """A connected socket; the next address is tried when one fails or takes its time.

    Raises the OSError that came last: what fails at once is mostly a family for which this host has no way out.
    """
    waiting = await addresses(host, port)
    if len(waiting) == 1:
        return await _connect(waiting[0], local_address)
    trying: set[asyncio.Task[socket.socket]] = set()
    connected: list[socket.socket] = []
    error = OSError(f"{host} has no address")
    try:
        while not connected and (waiting or trying):
            if waiting:
                trying.add(asyncio.create_task(_connect(waiting.pop(0), local_address)))
            patience = NEXT_AFTER if waiting else None
            done, trying = await asyncio.wait(trying, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                failed = task.exception()
                if failed is None:
                    connected.append(task.result())
                elif isinstance(failed, OSError):
                    error = failed
                else:
                    raise failed
        if not connected:
            raise error
        return connected.pop(0)
    finally:
        for task in trying:
            task.cancel()
            task.add_done_callback(_hang_up)
        for late in connected:
            late.close()


async def _connect(address: Address, local_address: str | None) -> socket.socket:
    calling = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        calling.setblocking(False)
        if local_address is not None:
            calling.bind((local_address, 0))
        await asyncio.get_running_loop().sock_connect(calling, address.place)
    except BaseException:
        calling.close()
        raise
    return calling


def _hang_up(task: asyncio.Task[socket.socket]) -> None:
    """One that connected all the same, when it was too late."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()
