"""Carries requests over links as HTTP/1.1 with keep-alive."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

from lab.cluster.http.attempt_timer import AttemptTimer
from lab.cluster.http.client_connection import ClientConnection
from lab.cluster.http.http_format import encode_request
from lab.cluster.message import Broken, Refused, Request, Response, TimedOut

_IDLE_PER_LINK = 64


class HttpTransport:
    """A Transport: a pool of connections per link, opened when one is needed.

    At most 64 idle connections are kept per link, the last used is used first; how many are busy
    is for bulkheads to bound.

    **A request is written to one connection, once.** An idle connection that turns out to be
    closed is dropped before anything is written to it, and the request goes over another or a
    fresh one: that is certainly safe. Once bytes were handed to the kernel, an end without an
    answer is Broken, although the server may only have closed an idle connection at that very
    moment: whether it read the request cannot be known here, and a silent second try would hide
    from the retry pattern (and from the learner) a request that was executed twice. RFC 9110,
    9.2.2, allows such retries for idempotent methods only; that decision belongs to the chain.
    """

    def __init__(self, addresses: Mapping[str, int], clock: Callable[[], float]) -> None:
        """Reach each link at its port on 127.0.0.1; ``addresses`` may change while in use."""
        self.in_flight: dict[str, int] = {}
        self._addresses = addresses
        self._clock = clock
        self._idle: dict[str, deque[ClientConnection]] = {}
        self._open: set[ClientConnection] = set()
        self._gone: asyncio.Future[None] | None = None
        self._closed = False

    async def send(self, link: str, request: Request, timeout_s: float | None) -> Response:
        """Send over ``link``; raise Refused, Broken or TimedOut, KeyError for an unknown link.

        One timer serves connecting and waiting alike. A cancelled send closes its connection.
        """
        port = self._addresses[link]
        host = f"127.0.0.1:{port}"
        data = encode_request(request, host)
        if timeout_s is not None and timeout_s <= 0:
            raise TimedOut(f"{link}: no time was left to send anything")
        attempt = AttemptTimer(asyncio.get_running_loop(), link, timeout_s)
        self.in_flight[link] = self.in_flight.get(link, 0) + 1
        try:
            connection = self._take(link)
            if connection is None:
                started_s = self._clock()
                connection = await self._connect(link, port, attempt)
                data = encode_request(_later(request, self._clock() - started_s), host)
            attempt.connection = connection
            try:
                response = await connection.exchange(data, head_only=request.method == "HEAD")
            except asyncio.CancelledError:
                connection.abort()
                raise
            self._give_back(link, connection)
            return response
        finally:
            attempt.end()
            self.in_flight[link] -= 1

    def idle(self, link: str) -> int:
        """Return how many connections over ``link`` wait to be used again."""
        return len(self._idle.get(link, ()))

    async def close(self) -> None:
        """Close every connection and wait until they are gone; what is in flight is Broken."""
        self._closed = True
        self._idle.clear()
        for connection in [*self._open]:
            connection.fail(Broken("this side was closed"))
        if self._open:
            self._gone = asyncio.get_running_loop().create_future()
            await self._gone

    def _take(self, link: str) -> ClientConnection | None:
        idle = self._idle.get(link)
        while idle:
            connection = idle.pop()
            if connection.is_usable:
                return connection
        return None

    def _give_back(self, link: str, connection: ClientConnection) -> None:
        idle = self._idle.setdefault(link, deque())
        if connection.is_usable and len(idle) < _IDLE_PER_LINK and not self._closed:
            idle.append(connection)
        else:
            connection.abort()

    async def _connect(self, link: str, port: int, attempt: AttemptTimer) -> ClientConnection:
        if self._closed:
            raise Refused(f"{link}: this side was closed")
        loop = asyncio.get_running_loop()
        attempt.begin_connecting()
        try:
            _, connection = await loop.create_connection(
                lambda: ClientConnection(link, loop, self._forget), "127.0.0.1", port
            )
        except OSError as error:
            raise Refused(f"{link}: no connection to port {port} ({error.strerror})") from error
        except asyncio.CancelledError:
            if attempt.has_cancelled():
                raise TimedOut(attempt.reason) from None
            raise
        if self._closed or not connection.is_usable:
            connection.abort()
            raise Refused(f"{link}: the connection was closed before anything was sent")
        self._open.add(connection)
        return connection

    def _forget(self, link: str, connection: ClientConnection) -> None:
        self._open.discard(connection)
        idle = self._idle.get(link)
        if idle is not None and connection in idle:
            idle.remove(connection)
        if not self._open and self._gone is not None and not self._gone.done():
            self._gone.set_result(None)


def _later(request: Request, elapsed_s: float) -> Request:
    """Take the time that connecting took from the deadline that the callee is told."""
    if request.deadline_s is None:
        return request
    return replace(request, deadline_s=max(0.0, request.deadline_s - elapsed_s))
