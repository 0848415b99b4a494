"""Carries requests over links as messages, by HttpTransport's rules."""

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lab.cluster.http.http_format import encode_request
from lab.cluster.message import Broken, LinkError, Refused, Request, Response, TimedOut
from lab.cluster.virtual.plug import End

if TYPE_CHECKING:
    from lab.cluster.virtual.process import VirtualProcess

_IDLE_PER_LINK = 64


class VirtualTransport:
    """A Transport: a pool of connections per link, opened when one is needed."""

    def __init__(self, process: "VirtualProcess", addresses: Mapping[str, int]) -> None:
        self.sizes: dict[tuple[str, str, str, bool, int], int] = {}
        self._process = process
        self._loop = process.loop
        self._addresses = addresses
        self._idle: dict[str, deque[ClientEnd]] = {}

    async def send(self, link: str, request: Request, timeout_s: float | None) -> Response:
        """Send over ``link``; raise Refused, Broken or TimedOut, KeyError for an unknown link."""
        port = self._addresses[link]
        if timeout_s is not None and timeout_s <= 0:
            raise TimedOut(f"{link}: no time was left to send anything")
        end = self._take(link)
        left_s = timeout_s
        if end is None:
            end = await self._connect(link, port, timeout_s)
            request, left_s = _later(request, timeout_s, self._process.machine.costs.connect_s)
        end.expect(left_s, timeout_s)
        try:
            response = await end.exchange(request)
        except asyncio.CancelledError:
            end.abort()
            raise
        if end.is_usable and len(self._idle[link]) < _IDLE_PER_LINK:
            self._idle[link].append(end)
        else:
            end.abort()
        return response

    def forget(self, end: "ClientEnd") -> None:
        """Use a connection no more."""
        idle = self._idle.get(end.link)
        if idle is not None and end in idle:
            idle.remove(end)

    def _take(self, link: str) -> "ClientEnd | None":
        idle = self._idle.setdefault(link, deque())
        return idle.pop() if idle else None

    async def _connect(self, link: str, port: int, timeout_s: float | None) -> "ClientEnd":
        connect_s = self._process.machine.costs.connect_s
        if timeout_s is not None and timeout_s <= connect_s:
            await asyncio.sleep(timeout_s)
            raise TimedOut(f"{link}: no answer within {timeout_s:.3f} s")
        await asyncio.sleep(connect_s)
        listener = self._process.machine.listeners.get(port)
        if listener is None:
            raise Refused(f"{link}: no connection to port {port} (Connection refused)")
        end = ClientEnd(self, self._process, link, port)
        listener.accept(end)
        return end


class ClientEnd(End):
    """A caller's end: sends one request at a time and waits for its answer."""

    def __init__(
        self, transport: VirtualTransport, process: "VirtualProcess", link: str, port: int
    ) -> None:
        super().__init__(process)
        self.link = link
        self.is_usable = True
        self._transport = transport
        self._host = f"127.0.0.1:{port}"
        self._answer: asyncio.Future[Response] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_s = self._limit_s = math.inf
        self._timeout_s = 0.0

    def encode(self, message: Request) -> bytes:
        return encode_request(message, self._host)

    def size_bytes(self, message: Request) -> int:
        sizes, hurries = self._transport.sizes, message.deadline_s is not None
        key = (message.method, message.path, message.priority, hurries, len(message.body))
        if key not in sizes:
            sizes[key] = len(self.encode(message))
        return sizes[key]

    def exchange(self, request: Request) -> "asyncio.Future[Response]":
        """Send a request; the future gets the answer, Broken or TimedOut."""
        self._answer = self._loop.create_future()
        self.put(request)
        return self._answer

    def expect(self, left_s: float | None, timeout_s: float | None) -> None:
        """Give the next exchange up ``left_s`` from now, of ``timeout_s`` in all; None is never.

        Nearly all answers come in time. So the timer is left as it is from one exchange to the
        next, and looks when it fires whether that is still its time.
        """
        self._limit_s = math.inf if left_s is None else self._loop.time() + left_s
        self._timeout_s = timeout_s or 0.0
        if self._limit_s < self._timer_s:
            self._set_timer()

    def deliver(self, message: Response) -> None:
        """Take it at once, or when the stopped process goes on and reads it."""
        if self._loop.holds(self.process):
            self._loop.call_soon(self.take, message, context=self.process.context)
        else:
            self.take(message)

    def take(self, message: Response) -> None:
        answer, self._answer = self._answer, None
        if getattr(self.peer, "is_last", False):
            self.is_usable = False
        if answer is not None and not answer.done():
            answer.set_result(message)

    def take_eof(self) -> None:
        self._break("closed")

    def take_reset(self) -> None:
        self._break("[Errno 104] Connection reset by peer")

    def abort(self) -> None:
        """Close at once; nobody waits for an answer any more."""
        self.is_usable = False
        self._answer = None
        self._drop_timer()
        self.hang_up()

    def _set_timer(self) -> None:
        self._drop_timer()
        self._timer_s = self._limit_s
        self._timer = self._loop.call_at(self._limit_s, self._expire, context=self.process.context)

    def _drop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_s = None, math.inf

    def _expire(self) -> None:
        """Give up if the time of this exchange is over."""
        is_early = self._timer_s < self._limit_s
        self._timer, self._timer_s = None, math.inf
        if self._answer is None or self._limit_s == math.inf:
            return
        if is_early:
            self._set_timer()
        else:
            self._fail(TimedOut(f"{self.link}: no answer within {self._timeout_s:.3f} s"))

    def _break(self, how: str) -> None:
        self._fail(Broken(f"{self.link}: the connection ended before the answer did ({how})"))

    def _fail(self, error: LinkError) -> None:
        answer, self._answer = self._answer, None
        self.is_usable = False
        self._drop_timer()
        self._transport.forget(self)
        if answer is not None and not answer.done():
            answer.set_exception(error)
        self.hang_up()


def _later(
    request: Request, timeout_s: float | None, elapsed_s: float
) -> tuple[Request, float | None]:
    """Take the time that connecting took from the deadline and from the timer."""
    if request.deadline_s is not None:
        request = replace(request, deadline_s=max(0.0, request.deadline_s - elapsed_s))
    return request, None if timeout_s is None else timeout_s - elapsed_s
