"""What one service instance does with a request: queue, work, call others, answer."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from lab.cluster.calls.attempts import GOOD
from lab.cluster.calls.call import Call, Result, Site
from lab.cluster.calls.calls import Caller
from lab.cluster.calls.spanbook import parse_traceparent
from lab.cluster.message import HEALTH_PATH, Request, Response
from lab.cluster.specs import CallSpec, RouteSpec, ServiceSpec
from lab.cluster.workers.guards import Guards
from lab.cluster.workers.misbehaviour import Misbehaviour
from lab.cluster.workers.once import once
from lab.cluster.workers.slots import Dropped, Slot, Slots
from lab.cluster.workers.work import draw_s
from lab.cluster.workers.writes import Writes
from lab.telemetry.outcome import Outcome

NO_ROUTE = "no route"
CATCH_UP_S = 0.05
"""A timeline further behind than this is a process that was stopped, not a timer that was late."""

STATUS = {
    Outcome.OK: 200,
    Outcome.DEGRADED: 200,
    Outcome.FAILED: 502,
    Outcome.TIMED_OUT: 504,
    Outcome.REFUSED: 503,
    Outcome.SHED: 503,
    Outcome.SHORT_CIRCUITED: 503,
}


class Answer(NamedTuple):
    """How a request ends, and why; ``status`` where a fault says another one than usual."""

    outcome: Outcome
    rule: str = ""
    status: int | None = None


class Service:
    """One instance of a service. Clock, chance and transport come with ``site`` and ``callers``.

    ``group`` holds work that outlives its request, where cancellation is off.
    """

    def __init__(self, spec: ServiceSpec, callers: Mapping[str, Caller], site: Site) -> None:
        self.spec = spec
        self.site = site
        self.guards = Guards(spec.guards)
        self.writes = Writes()
        self.slots = Slots(spec.capacity, spec.queue, site.clock, self.guards)
        self.faults = Misbehaviour(site.streams.stream("faults"), self._stick)
        self.in_flight = 0
        self.group: asyncio.TaskGroup | None = None
        self._callers = callers
        self._times = site.streams.stream("service times")
        self._dimmer = site.streams.chance("dimmer")
        self._bodies: dict[tuple[str, Outcome], bytes] = {}

    def gauges(self) -> dict[str, float]:
        """Return what is true of this instance at this moment."""
        slots = self.slots
        return {
            "in_flight": self.in_flight,
            "busy": slots.busy + slots.stuck,
            "queued": slots.waiting,
            "capacity": slots.capacity,
        }

    def guard(self, guards: Mapping[str, Mapping[str, object]]) -> None:
        """Guard by other settings from now on."""
        self.guards.retune(guards)

    def resize(self, capacity: int, queue: int | None) -> None:
        """Change the capacity (requests worked on at once) and the bound of the queue."""
        self.spec.capacity, self.spec.queue = capacity, queue
        self.slots.resize(capacity, queue, self.slots.stuck)

    async def handle(self, request: Request) -> Response:
        """Answer one request. Cancelled when its client goes away: nobody waits for the answer."""
        path = request.path.partition("?")[0]
        if path == HEALTH_PATH:
            return self._health()
        route = self.spec.routes.get(path)
        if route is None:
            known = ", ".join(self.spec.routes)
            rule = f"no route {path}; there are: {known}"
            return self._respond(NO_ROUTE, Answer(Outcome.FAILED, rule, 404))
        if not self.guards.cancellation.settings.enabled:
            return await self._regardless(request, path, route)
        return await self._wanted(request, path, route)

    async def _regardless(self, request: Request, path: str, route: RouteSpec) -> Response:
        """Work on to the end, whether or not the caller still waits, and however late it is."""
        assert self.group is not None
        work = self.group.create_task(self._wanted(replace(request, deadline_s=None), path, route))
        is_awaited = False
        try:
            response = await asyncio.shield(work)
            is_awaited = True
        finally:
            tell = partial(self.guards.cancellation.ended, is_awaited=is_awaited)
            work.add_done_callback(lambda _: tell())
        return response

    async def _wanted(self, request: Request, path: str, route: RouteSpec) -> Response:
        if request.key and self.guards.ledger is not None:
            do = partial(self._do, request, path, route)
            return await once(self.guards.ledger, request, path, do, self.site.clock())
        return await self._do(request, path, route)

    async def _do(self, request: Request, path: str, route: RouteSpec) -> Response:
        began_s = self.site.clock()
        trace_id, parent = parse_traceparent(request.trace)
        span_id = self.site.spans.span_id()
        call = Call(
            request.method, path, priority=request.priority, trace_id=trace_id, span_id=span_id,
            deadline_s=None if request.deadline_s is None else began_s + request.deadline_s,
        )  # fmt: skip
        self.in_flight += 1
        answer = Answer(Outcome.FAILED, "cancelled: nobody waits for the answer")
        try:
            answer = await self._serve(route, call, began_s)
        finally:
            self.in_flight -= 1
            ended_s = self.site.clock()
            self.site.recorder.served(path, answer.outcome, ended_s - began_s)
            self.site.spans.ring.add(
                (trace_id, span_id, parent, "server", self.site.me,
                 began_s, ended_s, answer.outcome._value_, answer.rule, 0)
            )  # fmt: skip
        return self._respond(path, answer)

    def _health(self) -> Response:
        """Answer a probe: for itself, or for all that it depends on as well."""
        unwell = [] if not self.spec.is_deep else self._unwell()
        if not unwell:
            return Response(200, Outcome.OK, b'{"status":"ok"}')
        rule = f"no healthy instance of {', '.join(unwell)}"
        body = json.dumps({"status": "unwell", "rule": rule}).encode()
        return Response(503, Outcome.FAILED, body, rule=rule)

    def _unwell(self) -> list[str]:
        return [name for name, caller in self._callers.items() if not caller.attempts.any_in]

    async def _serve(self, route: RouteSpec, call: Call, began_s: float) -> Answer:
        left_s = None if call.deadline_s is None else call.deadline_s - began_s
        if left_s is not None and left_s <= 0.0:
            return Answer(Outcome.TIMED_OUT, "arrived after its deadline")
        turned_away = self._turned_away(call.priority)
        if turned_away:
            return Answer(Outcome.SHED, turned_away)
        try:
            slot = await self.slots.enter(left_s)
        except TimeoutError:
            return Answer(Outcome.TIMED_OUT, "its deadline passed in the queue")
        except Dropped as dropped:
            return Answer(Outcome.SHED, str(dropped))
        if slot is None:
            return Answer(Outcome.SHED, f"the queue is full ({self.spec.queue} waiting)")
        entered_s = self.site.clock()
        if entered_s - began_s > 0.0005:
            self._span(call, "queue", began_s, entered_s)
        answer = None
        try:
            answer = await self._begun(route, call, slot, began_s)
            return answer
        finally:
            self.slots.leave(slot)
            self.faults.leak()
            if answer is not None:
                self._learn(answer, began_s, entered_s)

    async def _begun(self, route: RouteSpec, call: Call, slot: Slot, began_s: float) -> Answer:
        """Work, make the calls, answer."""
        failure = self.faults.failure(call.trace_id)
        if failure is not None:
            status, rule = failure
            return Answer(Outcome.FAILED, rule, status)
        dimmed = self.guards.dims(self.site.clock(), self._dimmer)
        if not await self._work(route, call, slot, began_s, is_whole=not dimmed):
            return Answer(Outcome.TIMED_OUT, "its deadline passed during the work")
        if call.method != "GET":
            self.writes.done(call.trace_id, call.route)
        try:
            return await self._steps(route, call, dimmed)
        finally:
            slot.free_at_s = self.site.clock() if route.steps else slot.free_at_s

    def _turned_away(self, priority: str) -> str:
        slots = self.slots
        places = slots.capacity if slots.queue is None else slots.queue
        return self.guards.turns_away(priority, self.in_flight, slots.waiting, places)

    def _learn(self, answer: Answer, began_s: float, entered_s: float) -> None:
        """Let the guards learn from what was begun; what failed at once teaches nothing."""
        if answer.outcome is Outcome.FAILED:
            return
        now_s = self.site.clock()
        in_time = answer.outcome is not Outcome.TIMED_OUT
        if in_time:
            self.guards.worked(now_s - entered_s)
        self.guards.ended(now_s - began_s, self.in_flight, now_s, in_time=in_time)

    async def _work(
        self, route: RouteSpec, call: Call, slot: Slot, arrived_s: float, *, is_whole: bool
    ) -> bool:
        """Occupy the slot on the absolute timeline; False when the deadline comes first."""
        now_s = self.site.clock()
        begin_s = max(arrived_s, slot.free_at_s, now_s - CATCH_UP_S)
        end_s = begin_s + draw_s(route.work, self._times) + self.faults.delay_s()
        if is_whole and route.extra is not None:
            end_s += draw_s(route.extra, self._times)
        until_s = end_s if call.deadline_s is None else min(end_s, call.deadline_s)
        slot.free_at_s = until_s
        try:
            await asyncio.sleep(max(0.0, until_s - now_s))
        except asyncio.CancelledError:
            slot.free_at_s = min(until_s, self.site.clock())  # the next need not wait for the rest
            raise
        self._span(call, "work", begin_s, until_s)
        return until_s == end_s

    async def _steps(self, route: RouteSpec, call: Call, dimmed: str) -> Answer:
        """Make the route's calls, step by step; a required one that fails ends the request.

        ``dimmed`` says why optional ones are left out, if they are.
        """
        degraded = dimmed
        for full in route.steps:
            step = [spec for spec in full if not (dimmed and spec.optional)]
            if not step:
                continue
            for spec, result in zip(step, await self._group(step, call), strict=True):
                if result.outcome is Outcome.OK:
                    continue
                rule = f"{spec.dependency} {result.outcome.value.replace('_', ' ')}"
                rule = f"{rule}: {result.rule}" if result.rule else rule
                if result.outcome not in GOOD and not spec.optional:
                    expired = call.deadline_s is not None and self.site.clock() >= call.deadline_s
                    return Answer(Outcome.TIMED_OUT if expired else Outcome.FAILED, rule)
                degraded = degraded or rule
        return Answer(Outcome.DEGRADED, degraded) if degraded else Answer(Outcome.OK)

    async def _group(self, step: list[CallSpec], call: Call) -> list[Result]:
        if len(step) == 1:
            return [await self._one(step[0], call)]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._one(spec, call)) for spec in step]
        return [task.result() for task in tasks]

    async def _one(self, spec: CallSpec, parent: Call) -> Result:
        return await self._callers[spec.dependency].call(
            Call(
                spec.method, spec.route, spec.idempotent, parent.priority,
                parent.deadline_s, parent.deadline_rule, parent.trace_id, parent.span_id,
            )
        )  # fmt: skip

    def _span(self, call: Call, kind: str, began_s: float, ended_s: float) -> None:
        self.site.spans.ring.add(
            (call.trace_id, self.site.spans.span_id(), call.span_id, kind, self.site.me,
             began_s, ended_s, "ok", "", 0)
        )  # fmt: skip

    def _stick(self, stuck: int) -> None:
        self.slots.resize(self.slots.capacity, self.slots.queue, stuck)

    def _respond(self, path: str, answer: Answer) -> Response:
        outcome, rule, status = answer
        body = self._bodies.get((path, outcome))
        if body is None or rule:
            said: dict[str, Any] = {"instance": self.site.me, "route": path, "outcome": outcome}
            body = json.dumps(said | ({"rule": rule} if rule else {})).encode()
            if not rule:
                self._bodies[path, outcome] = body
        retry_after_s = 1.0 if outcome is Outcome.SHED else None
        return Response(status or STATUS[outcome], outcome, body, retry_after_s, rule)
