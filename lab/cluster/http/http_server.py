"""Serves our requests as plain HTTP/1.1 on one loopback port."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable

from lab.cluster.http.request_reader import Limits
from lab.cluster.http.server_connection import ServerConnection
from lab.cluster.message import Handler

_LOG = logging.getLogger(__name__)
_BACKLOG = 1024
_LINGER_S = 0.1
_CANCEL_S = 1.0


def listening_socket(port: int) -> socket.socket:
    """Bind a port of the loopback interface beside the supervisor's reservation of it.

    The supervisor holds a bound socket that never listens on every port, so that a port outlives
    its process; with nobody else listening the kernel then refuses connections. OSError if
    somebody bound the port without SO_REUSEPORT.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(("127.0.0.1", port))
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


class HttpServer:
    """One listening port; every request runs in a task of its own, of which none is left behind.

    The tasks are bounded by the connections (one at a time on each) and these by ``limits``.
    """

    def __init__(
        self, handler: Handler, clock: Callable[[], float], limits: Limits | None = None
    ) -> None:
        """Serve with ``handler``; ``clock`` gives monotonic seconds."""
        self.handler = handler
        self.clock = clock
        self.limits = limits or Limits()
        self.draining = False
        self.port = 0
        self.connections: set[ServerConnection] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def in_flight(self) -> int:
        """Return how many requests are with the handler now."""
        return len(self.tasks)

    async def start(self, port: int) -> None:
        """Listen on 127.0.0.1:``port`` (0 takes a free one, see ``port``); OSError if taken."""
        loop = asyncio.get_running_loop()
        sock = listening_socket(port)
        self.draining = False
        self.port = sock.getsockname()[1]
        self._server = await loop.create_server(
            lambda: ServerConnection(self, loop), sock=sock, backlog=_BACKLOG
        )

    async def stop(self, drain_s: float) -> None:
        """Refuse new connections, give requests ``drain_s`` to end, cancel and await the rest.

        Idle connections stay open for up to 0.1 s of it, so that what was already on its way is
        still answered (with ``connection: close``).
        """
        started_s = self.clock()
        self.draining = True
        if self._server is not None:
            self._server.close()
        if drain_s > 0 and self.connections:
            await asyncio.sleep(min(drain_s, _LINGER_S))
        for connection in [*self.connections]:
            connection.close_when_idle()
        await _wait(self.tasks, max(0.0, started_s + drain_s - self.clock()))
        for task in self.tasks:
            task.cancel()
        await _wait(self.tasks, _CANCEL_S)
        for task in self.tasks:
            _LOG.error("a handler goes on although it was cancelled: %r", task)
        for connection in [*self.connections]:
            connection.abort()
        self._server = None


async def _wait(tasks: Iterable[asyncio.Task[None]], timeout_s: float) -> None:
    if waiting := [*tasks]:
        await asyncio.wait(waiting, timeout=timeout_s)
