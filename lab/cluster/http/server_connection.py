"""One connection of a client to our server."""

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol, cast

from lab.cluster.http.http_format import encode_response
from lab.cluster.http.request_reader import Limits, Received, Rejected, RequestReader
from lab.cluster.message import Handler, Response
from lab.telemetry.outcome import Outcome

_LOG = logging.getLogger(__name__)
_LINGER_S = 1.0
_CLOSE = b"connection: close\r\n"


class Server(Protocol):
    """What a connection needs of its server."""

    handler: Handler
    clock: Callable[[], float]
    limits: Limits
    draining: bool
    connections: "set[ServerConnection]"
    tasks: set[asyncio.Task[None]]


class ServerConnection(asyncio.Protocol):
    """Has the requests handled one after another, and writes the answers in that order.

    ::

        bytes ──▶ RequestReader ──▶ waiting (bounded) ──▶ task: handler ──▶ bytes
                      │ what cannot be accepted
                      ▼
                  4xx, FIN; what still comes is discarded for up to a second, so that the client
                  reads the answer before its own writing fails

    The end of the client's side of the connection counts as its leaving: the handler's task is
    cancelled (as in Go's net/http), since a caller that gives up closes its connection, and its
    kernel sends just that.
    """

    def __init__(self, server: Server, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop
        self._reader = RequestReader(server.limits, self._received, self._proceed)
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[tuple[Received | Rejected, float]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._reading_paused = False
        self._writing_paused = False
        self._rejected = False
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Join the server's connections, unless they are too many."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one only by shape
        if len(self._server.connections) >= self._server.limits.connections:
            self._transport.abort()
        else:
            self._server.connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Read on, unless a request before was rejected: nobody knows where the next begins."""
        if self._rejected:
            return
        try:
            self._reader.feed(data)
        except Rejected as rejected:
            self._rejected = True
            self._waiting.append((rejected, 0.0))
            self._next()

    def eof_received(self) -> None:
        """Return None, which closes the connection as a whole: the client has left."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the work that nobody waits for."""
        self._server.connections.discard(self)
        self._waiting.clear()
        self._transport = None
        if self._linger is not None:
            self._linger.cancel()
        if self._task is not None:
            # A task that is cancelled before its first step never reaches its own clean-up.
            self._task.add_done_callback(self._server.tasks.discard)
            self._task.cancel()

    def pause_writing(self) -> None:
        """Begin no further request while the client does not read its answers."""
        self._writing_paused = True

    def resume_writing(self) -> None:
        """Go on with the requests that waited."""
        self._writing_paused = False
        self._next()

    def close_when_idle(self) -> None:
        """Close after the answer that is being worked on, or now if there is none."""
        self._closing = True
        if self._task is None and self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close without waiting for what is still to be written."""
        if self._transport is not None:
            self._transport.abort()

    def _received(self, received: Received) -> None:
        self._waiting.append((received, self._server.clock()))
        if len(self._waiting) > self._server.limits.pipelined and self._transport is not None:
            self._reading_paused = True
            self._transport.pause_reading()
        self._next()

    def _proceed(self) -> None:
        if self._task is None and not self._waiting and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _next(self) -> None:
        """Begin with the first that waits, if nothing stands against it."""
        if self._task is not None or self._writing_paused or not self._waiting:
            return
        waited, at_s = self._waiting.popleft()
        if isinstance(waited, Rejected):
            self._refuse(waited)
            return
        self._task = self._loop.create_task(self._answer(waited, at_s))
        self._server.tasks.add(self._task)
        if self._reading_paused and not self._waiting and self._transport is not None:
            self._reading_paused = False
            self._transport.resume_reading()

    async def _answer(self, received: Received, at_s: float) -> None:
        request = received.request
        if request.deadline_s is not None:
            request.deadline_s = max(0.0, request.deadline_s - (self._server.clock() - at_s))
        try:
            response = await self._server.handler(request)
        except asyncio.CancelledError:
            self.abort()
            raise
        except Exception:  # noqa: BLE001 - the edge of a connection: logged, answered with a 500
            _LOG.exception("the handler of %s %s failed", request.method, request.path)
            response = _failure(500, "the handler failed; see the log of this instance")
        finally:
            task, self._task = self._task, None
            if task is not None:
                self._server.tasks.discard(task)
        self._write(response, received)
        self._next()

    def _write(self, response: Response, received: Received) -> None:
        transport = self._transport
        if transport is None:
            return
        connection = received.connection
        if self._server.draining or self._closing:
            connection = _CLOSE
        transport.write(
            encode_response(response, head_only=received.head_only, connection=connection)
        )
        if connection == _CLOSE:
            self._waiting.clear()
            transport.close()

    def _refuse(self, rejected: Rejected) -> None:
        transport = self._transport
        if transport is None:
            return
        response = _failure(rejected.status, str(rejected))
        transport.write(encode_response(response, head_only=False, connection=_CLOSE))
        if transport.can_write_eof():
            transport.write_eof()
        self._linger = self._loop.call_later(_LINGER_S, transport.abort)


def _failure(status: int, message: str) -> Response:
    body = json.dumps({"error": {"code": str(status), "message": message}}).encode("utf-8")
    return Response(status, Outcome.FAILED, body)
