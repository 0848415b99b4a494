"""A transport without sockets: a request is a message to a handler on the same loop."""

import asyncio
from dataclasses import replace

from lab.cluster.message import Broken, Handler, Refused, Request, Response, TimedOut
from lab.telemetry.outcome import Outcome


class MessageTransport:
    """Carries requests over named links to handlers. It keeps HttpTransport's contract.

    Each link has a handler while somebody listens, None while nobody does, and a delay in seconds
    that a request takes to get there.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[str, Request]] = []
        self._handlers: dict[str, Handler | None] = {}
        self._delays_s: dict[str, float] = {}
        self._at_work: dict[str, set[asyncio.Task[Response]]] = {}

    def join(self, link: str, handler: Handler | None, delay_s: float = 0.0) -> None:
        """Let ``handler`` answer what is sent over ``link`` from now on; None: nobody listens."""
        self._handlers[link] = handler
        self._delays_s[link] = delay_s
        self._at_work.setdefault(link, set())

    def cut(self, link: str) -> None:
        """End all that is under way over ``link``, and refuse what comes."""
        self._handlers[link] = None
        for work in self._at_work[link]:
            work.cancel()

    def in_flight(self, link: str) -> int:
        """Return how many requests are with the link's handler."""
        return len(self._at_work[link])

    async def send(self, link: str, request: Request, timeout_s: float | None) -> Response:
        """Raise Refused, Broken or TimedOut; KeyError for an unknown link."""
        handler, delay_s = self._handlers[link], self._delays_s[link]
        if timeout_s is not None and timeout_s <= 0.0:
            raise TimedOut(f"{link}: no time was left to send anything")
        if handler is None:
            raise Refused(f"{link}: nobody listens")
        self.sent.append((link, request))
        loop, at_work = asyncio.get_running_loop(), self._at_work[link]
        work = loop.create_task(_answer(handler, replace(request), delay_s))
        at_work.add(work)
        work.add_done_callback(at_work.discard)
        try:
            await asyncio.wait({work}, timeout=timeout_s)
        finally:
            left_waiting = not work.done()
            if left_waiting:
                work.cancel()  # as a closed connection does
        if left_waiting:
            raise TimedOut(f"{link}: no answer within {timeout_s:.3f} s")
        if work.cancelled():
            raise Broken(f"{link}: the connection ended before the answer did")
        if work.exception() is not None:
            return Response(500, Outcome.FAILED, b"the handler failed")
        return work.result()


async def _answer(handler: Handler, request: Request, delay_s: float) -> Response:
    if delay_s > 0.0:
        await asyncio.sleep(delay_s)
        if request.deadline_s is not None:
            request.deadline_s = max(0.0, request.deadline_s - delay_s)
    return await handler(request)
