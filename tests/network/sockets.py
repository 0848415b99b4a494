"""Plain TCP at both ends of a link, and waiting for a condition."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

LIMIT_S = 10.0


async def until(condition: Callable[[], object], what: str = "the condition") -> None:
    """Wait until ``condition()`` is true, which must be soon."""
    end_s = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > end_s:
            raise AssertionError(f"{what} was not met within {LIMIT_S} s")
        await asyncio.sleep(0.002)


@dataclass
class Peer(asyncio.Protocol):
    """One end of a connection, which notes all that happens to it.

    ``ended`` is the FIN of the other side; ``lost`` the end of the socket, with its error. One
    that echoes closes after a FIN, any other leaves its own side open.
    """

    received: bytearray = field(default_factory=bytearray)
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    ended: bool = False
    lost: bool = False
    error: Exception | None = None
    echoes: bool = False
    answer: Callable[["Peer"], None] | None = None

    def __hash__(self) -> int:
        return id(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.received += data
        self.chunks.append((time.monotonic(), data))
        if self.echoes:
            self.transport.write(data)
        if self.answer is not None:
            self.answer(self)

    def eof_received(self) -> bool:
        self.ended = True
        return not self.echoes

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self.error = exc

    def send(self, data: bytes) -> None:
        self.transport.write(data)

    def reset(self) -> None:
        """Send RST."""
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    async def got(self, data: bytes) -> None:
        await until(lambda: len(self.received) >= len(data), f"the arrival of {data[:40]!r}")
        assert bytes(self.received) == data

    async def closed(self) -> None:
        """Wait for the other side's FIN or RST."""
        await until(lambda: self.ended or self.lost, "the end of the connection")


class Upstream:
    """A listening callee, of which every accepted end is a Peer."""

    def __init__(
        self, *, echoes: bool = False, answer: Callable[[Peer], None] | None = None
    ) -> None:
        """Call ``answer`` with the peer after each chunk that it receives."""
        self.peers: list[Peer] = []
        self.port = 0
        self._echoes = echoes
        self._answer = answer
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def peer(self, number: int = 0) -> Peer:
        """Return one of the accepted ends, waiting for it."""
        await until(lambda: len(self.peers) > number, f"connection {number}")
        await until(lambda: hasattr(self.peers[number], "transport"), f"connection {number}")
        return self.peers[number]

    def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for peer in self.peers:
            peer.transport.abort()

    def _accept(self) -> Peer:
        peer = Peer(echoes=self._echoes, answer=self._answer)
        self.peers.append(peer)
        return peer


@asynccontextmanager
async def upstream(
    *, echoes: bool = False, answer: Callable[[Peer], None] | None = None
) -> AsyncIterator[Upstream]:
    server = Upstream(echoes=echoes, answer=answer)
    await server.start()
    try:
        yield server
    finally:
        server.stop()
        await until(lambda: all(peer.lost for peer in server.peers), "the end of all peers")


@asynccontextmanager
async def client(port: int) -> AsyncIterator[Peer]:
    _, peer = await asyncio.get_running_loop().create_connection(Peer, "127.0.0.1", port)
    try:
        yield peer
    finally:
        peer.transport.abort()
        await until(lambda: peer.lost, "the end of the client")
