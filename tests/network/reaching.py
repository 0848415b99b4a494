"""Our transport, with callees that answer as they are told."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lab.cluster.http.http_client import HttpTransport
from lab.cluster.http.http_server import HttpServer
from lab.cluster.message import Request, Response
from lab.telemetry.outcome import Outcome
from tests.network.sockets import Peer, Upstream, until, upstream

GET = Request("GET", "/browse")
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Callee:
    """A server whose answers are set from outside; ``/wait`` waits for the gate."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.cancelled = 0
        self.answer = Response(200, Outcome.OK, b"{}")
        self.gate = asyncio.Event()
        self.server = HttpServer(self.handle, time.monotonic)

    async def handle(self, request: Request) -> Response:
        self.requests.append(request)
        try:
            if request.path == "/wait":
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.answer


@asynccontextmanager
async def reaching(
    port: int, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[HttpTransport]:
    """A transport that, at the end, has left no task and no unretrieved exception."""
    complaints: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    transport = HttpTransport({"a→b": port}, clock)
    try:
        yield transport
    finally:
        await transport.close()
        gc.collect()
        await asyncio.sleep(0)
        assert complaints == []
        assert transport._open == set()
        assert sum(transport.in_flight.values()) == 0


async def in_flight(transport: HttpTransport, count: int) -> None:
    await until(lambda: transport.in_flight.get("a→b") == count, f"{count} in flight")


@asynccontextmanager
async def answering(data: bytes, *, then_close: bool = False) -> AsyncIterator[Upstream]:
    """A callee that answers each chunk with these bytes, whatever it asks."""

    def answer(peer: Peer) -> None:
        peer.send(data)
        if then_close:
            peer.transport.close()

    async with upstream(answer=answer) as callee:
        yield callee
