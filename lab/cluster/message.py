"""What travels over a link: a request, its response, and the ways in which no response comes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from lab.telemetry.outcome import Outcome

HEALTH_PATH = "/health"
"""What probes ask for; every instance answers it, however busy it is."""


@dataclass(slots=True)
class Request:
    """One attempt on its way to one instance.

    ``trace`` is a W3C ``traceparent``. ``deadline_s`` is the *remaining* time in seconds when the
    request is sent or was received, None for no limit; never an absolute time: clocks differ.
    ``key`` is the idempotency key of a write, empty without one.
    """

    method: str
    path: str
    trace: str = ""
    deadline_s: float | None = None
    priority: str = "default"
    body: bytes = b""
    key: str = ""


@dataclass(slots=True)
class Response:
    """An answer. ``outcome`` says in our words what ``status`` says in HTTP's."""

    status: int
    outcome: Outcome
    body: bytes = b""
    retry_after_s: float | None = None
    rule: str = ""


class LinkError(Exception):
    """No answer came. ``definite`` tells whether the request *certainly* was not executed."""

    definite = False


class Refused(LinkError):
    """No connection was made, so nothing was sent."""

    definite = True


class Broken(LinkError):
    """The connection ended before the answer was complete; the work may have been done."""


class TimedOut(LinkError):
    """The time ran out first; the work may have been done, or may still be done."""


Handler = Callable[[Request], Awaitable[Response]]


class Transport(Protocol):
    """Carries a request over a named link. Live it is HTTP/1.1 on loopback, in tests a message."""

    async def send(self, link: str, request: Request, timeout_s: float | None) -> Response:
        """Return the answer; raise Refused, Broken or TimedOut. Cancelled, close the connection."""
        ...
