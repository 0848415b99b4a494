"""Serves requests that come as messages, as HttpServer serves those that come as bytes."""

import asyncio
import logging
from typing import TYPE_CHECKING

from lab.cluster.http.http_format import encode_response
from lab.cluster.message import Handler, Request, Response
from lab.cluster.virtual.plug import End
from lab.telemetry.outcome import Outcome

if TYPE_CHECKING:
    from lab.cluster.virtual.process import VirtualProcess

_LOG = logging.getLogger(__name__)
_CONNECTIONS_MAX = 4_096
_LINGER_S = 0.1
_CANCEL_S = 1.0


class VirtualServer:
    """One listening port; every request runs in a task of its own."""

    def __init__(self, process: "VirtualProcess", handler: Handler) -> None:
        self.process = process
        self.handler = handler
        self.draining = False
        self.connections: dict[ServerEnd, None] = {}
        self.sizes: dict[tuple[int, Outcome, int], int] = {}
        self._port = 0

    async def start(self, port: int) -> None:
        """Listen; OSError if the port is taken."""
        self.process.listen(port, self)
        self._port = port

    def accept(self) -> "ServerEnd | None":
        """Accept a connection; None when there are too many."""
        if len(self.connections) >= _CONNECTIONS_MAX:
            return None
        end = ServerEnd(self)
        self.connections[end] = None
        return end

    @property
    def tasks(self) -> "list[asyncio.Task[None]]":
        """The requests that are worked on."""
        return [end.task for end in self.connections if end.task is not None]

    async def stop(self, drain_s: float) -> None:
        """Refuse connections, give requests ``drain_s`` to end, cancel and await the rest.

        Idle connections stay open for up to 0.1 s of it, so that what was already on its way is
        still answered.
        """
        loop = self.process.loop
        until_s = loop.time() + drain_s
        self.draining = True
        self.process.unlisten(self._port)
        if drain_s > 0 and self.connections:
            await asyncio.sleep(min(drain_s, _LINGER_S))
        for end in [*self.connections]:
            end.close_when_idle()
        await _wait(self.tasks, max(0.0, until_s - loop.time()))
        for task in self.tasks:
            task.cancel()
        await _wait(self.tasks, _CANCEL_S)
        for end in [*self.connections]:
            end.close()


class ServerEnd(End):
    """A callee's end: one request at a time."""

    def __init__(self, server: VirtualServer) -> None:
        super().__init__(server.process)
        self.is_last = False
        self._server = server
        self.task: asyncio.Task[None] | None = None

    def encode(self, message: Response) -> bytes:
        return encode_response(message, head_only=False, connection=b"")

    def size_bytes(self, message: Response) -> int:
        if message.rule or message.retry_after_s is not None:
            return len(self.encode(message))
        sizes, key = self._server.sizes, (message.status, message.outcome, len(message.body))
        if key not in sizes:
            sizes[key] = len(self.encode(message))
        return sizes[key]

    def deliver(self, message: Request) -> None:
        """Begin at once, or when the stopped process goes on and reads it."""
        if self._loop.holds(self.process):
            self._loop.call_soon(self.take, message, context=self.process.context)
        else:
            self.take(message)

    def take(self, message: Request) -> None:
        if self.is_closed:
            return
        self.task = self._loop.create_task(self._answer(message), context=self.process.context)

    def take_eof(self) -> None:
        """The caller has left, so nobody waits for the work."""
        if self.task is not None:
            self.task.cancel()
        self.close()

    def close(self) -> None:
        """Close, whatever is under way."""
        self._server.connections.pop(self, None)
        self.hang_up()

    def close_when_idle(self) -> None:
        """Close after the answer that is being worked on, or now if there is none."""
        if self.task is None:
            self.close()

    async def _answer(self, request: Request) -> None:
        try:
            response = await self._server.handler(request)
        except Exception:  # noqa: BLE001 - the edge of a connection: logged, answered with a 500
            _LOG.exception("the handler of %s %s failed", request.method, request.path)
            response = Response(500, Outcome.FAILED, rule="the handler failed")
        finally:
            self.task = None
        self.is_last = self._server.draining
        self.put(response)
        if self.is_last:
            self.close()


async def _wait(tasks: list[asyncio.Task[None]], timeout_s: float) -> None:
    if tasks:
        await asyncio.wait(tasks, timeout=timeout_s)
