"""One link to one callee, and toxics on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lab.cluster.links.network import Network
from tests.network.sockets import Peer, Upstream, client, upstream

LINK = "a→b"


@asynccontextmanager
async def linked(network: Network, *, echoes: bool = True) -> AsyncIterator[tuple[Upstream, int]]:
    async with upstream(echoes=echoes) as callee:
        yield callee, await network.add(LINK, 0, callee.port)


def add(network: Network, kind: str, stream: str = "downstream", **attributes: int) -> str:
    toxic = {"type": kind, "stream": stream, "attributes": attributes}
    return str(network.add_toxic(LINK, toxic)["name"])


def received_down(network: Network) -> int:
    return network._find(LINK).received_bytes[1]


async def opened(caller: Peer) -> None:
    caller.send(b".")
    await caller.got(b".")
    caller.received.clear()


async def echo(port: int, data: bytes) -> None:
    async with client(port) as caller:
        caller.send(data)
        await caller.got(data)
