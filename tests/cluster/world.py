"""A small world in one loop: callers, callees and services joined by messages."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from lab.cluster.calls.call import Call, Result, Site
from lab.cluster.calls.calls import Caller
from lab.cluster.calls.chance import Streams
from lab.cluster.calls.spanbook import SpanBook
from lab.cluster.message import Request, Response
from lab.cluster.specs import CallSpec, RouteSpec, ServiceSpec, WorkSpec
from lab.cluster.workers.service import Service
from lab.telemetry.outcome import Outcome
from lab.telemetry.recorder import Recorder
from lab.telemetry.tick import Tick
from tests.cluster.messages import MessageTransport

OK = Response(200, Outcome.OK, b"{}")
FAILED = Response(502, Outcome.FAILED, rule="it broke")
TIMED_OUT = Response(504, Outcome.TIMED_OUT)
SHED = Response(503, Outcome.SHED, retry_after_s=0.2, rule="the queue is full")

Entry = Mapping[str, Any]


def layer(pattern: str, **parameters: object) -> Entry:
    """Return one entry of a chain."""
    return {"pattern": pattern, **parameters}


def work(mean_s: float, kind: str = "fixed") -> WorkSpec:
    """Return the time that a request takes."""
    return WorkSpec(kind, mean_s)


def step(dependency: str, *, optional: bool = False, method: str = "GET") -> CallSpec:
    """Return one call that a route makes, to the route ``/``."""
    return CallSpec(dependency, "/", method, method != "POST", optional)


class Callee:
    """Answers each request after ``takes_s``: what ``script`` says, then always ``answer``."""

    def __init__(self, answer: Response = OK, takes_s: float = 0.0) -> None:
        self.answer = answer
        self.takes_s = takes_s
        self.script: list[Response] = []
        self.requests: list[Request] = []
        self.answered = 0
        self.inside = 0
        self.most_inside = 0

    async def handle(self, request: Request) -> Response:
        """Be the handler of a link."""
        self.requests.append(request)
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        answer = self.script.pop(0) if self.script else self.answer
        try:
            await asyncio.sleep(self.takes_s)
        finally:
            self.inside -= 1
        self.answered += 1
        return answer


class World:
    """Everything shares the running loop's clock, one transport and one seed."""

    def __init__(self, seed: int = 1) -> None:
        self.clock = asyncio.get_running_loop().time
        self.transport = MessageTransport()
        self.events: list[tuple[str, str, str]] = []
        self.sites: dict[str, Site] = {}
        self._seed = seed

    def site(self, me: str) -> Site:
        """Return the site of ``me``, always the same one."""
        if me not in self.sites:
            self.sites[me] = Site(
                me, self.clock, Streams(self._seed, me), self.transport, Recorder(me),
                SpanBook(len(self.sites) + 1), self._report,
            )  # fmt: skip
        return self.sites[me]

    def caller(
        self,
        *chain: Entry,
        dependency: str = "front:back",
        me: str = "front-1",
        callees: Mapping[str, Callee | Service | None],
    ) -> Caller:
        """Return a caller with this chain; None as a callee is one where nobody listens."""
        caller = Caller(dependency, chain, self.site(me))
        for instance, callee in callees.items():
            handler = None if callee is None else callee.handle
            self.transport.join(f"{me}→{instance}", handler)
            caller.attempts.add(instance)
        return caller

    def service(
        self,
        name: str,
        route: RouteSpec,
        *callers: Caller,
        capacity: int = 1,
        queue: int | None = None,
        path: str = "/",
    ) -> Service:
        """Return an instance with one route, which calls over the dependencies of ``callers``."""
        spec = ServiceSpec(name, capacity, queue, {path: route})
        return Service(spec, {each.name: each for each in callers}, self.site(f"{name}-1"))

    def tick(self, me: str) -> Tick:
        """Take what ``me`` has counted so far."""
        return self.site(me).recorder.take(self.clock(), {}, {})

    def spans(self, trace_id: str) -> list[tuple[Any, ...]]:
        """Return the spans of one trace that all sites hold, by their start."""
        found = [span for site in self.sites.values() for span in site.spans.ring.of(trace_id)]
        return sorted(found, key=lambda span: (span[5], span[6]))

    def _report(self, kind: str, subject: str, text: str, detail: dict[str, Any]) -> None:
        self.events.append((kind, subject, text))


async def together(caller: Caller, calls: Sequence[Call]) -> list[Result]:
    """Make all calls at once, and return their results in order."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(caller.call(call)) for call in calls]
    return [task.result() for task in tasks]
