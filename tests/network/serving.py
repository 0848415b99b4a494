"""Our server with a handler that notes what it was asked."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lab.cluster.http.http_server import HttpServer
from lab.cluster.http.request_reader import Limits
from lab.cluster.message import Handler, Request, Response
from lab.telemetry.outcome import Outcome
from tests.network.sockets import client

GET = b"GET /browse HTTP/1.1\r\nhost: x\r\n\r\n"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Shop:
    """A handler that notes what it was asked and how it ended."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.cancelled = 0
        self.answered = 0
        self.gate = asyncio.Event()

    async def handle(self, request: Request) -> Response:
        self.requests.append(request)
        try:
            if request.path == "/wait":
                await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.answered += 1
        return Response(200, Outcome.OK, json.dumps(request.path).encode())


@asynccontextmanager
async def serving(
    handler: Handler, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[HttpServer]:
    server = HttpServer(handler, clock, limits)
    await server.start(0)
    try:
        yield server
    finally:
        await server.stop(0.0)
        assert server.in_flight == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def exchange(port: int, data: bytes) -> bytes:
    """Send, and return all that comes until the server closes."""
    async with client(port) as caller:
        caller.send(data)
        await caller.closed()
        return bytes(caller.received)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a Path would open a file to count
