"""A call on its way through a chain, its result, and what the caller is given to make it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from lab.cluster.calls.chance import Streams
from lab.cluster.calls.spanbook import SpanBook
from lab.cluster.message import Response, Transport
from lab.telemetry.outcome import Outcome
from lab.telemetry.recorder import Recorder
from lab.telemetry.trace import SpanId

Clock = Callable[[], float]

Report = Callable[[str, str, str, dict[str, Any]], None]
"""Tells the supervisor of an event at once: kind, subject, text, detail."""


@dataclass(slots=True)
class Result:
    """How a call, or one attempt of it, ended.

    ``definite``: it certainly was not executed. ``own``: one of our own patterns rejected it before
    anything was sent, so it says nothing about the dependency. ``rule`` is the reason in words.
    """

    outcome: Outcome
    rule: str = ""
    definite: bool = False
    own: bool = False
    response: Response | None = None
    retry_after_s: float | None = None


@dataclass(slots=True)
class Call:
    """One request over a dependency. ``deadline_s`` is on our clock, None for no limit.

    ``avoid`` are the instances that hedges of it have asked, None if it is not hedged;
    ``first_attempt`` is how many attempts others made of it, so that each has a number of its own.
    ``key`` is the idempotency key of a write that may be repeated.
    """

    method: str
    route: str
    idempotent: bool = True
    priority: str = "default"
    deadline_s: float | None = None
    deadline_rule: str = "the caller's deadline"
    trace_id: str = ""
    span_id: SpanId = ""
    attempts: int = 0
    avoid: list[str] | None = None
    first_attempt: int = 0
    key: str = ""


@dataclass(slots=True)
class Site:
    """What a caller is given: a name, time, chance, transport, and where to tell what it did."""

    me: str
    clock: Clock
    streams: Streams
    transport: Transport
    recorder: Recorder
    spans: SpanBook
    report: Report

    def edge(self, dependency: str) -> str:
        """Name a dependency as seen from here, such as ``gateway-1→catalog``."""
        return f"{self.me}→{dependency.rpartition(':')[2]}"


Inner = Callable[[Call], Awaitable[Result]]
