"""A worker: builds its role, serves, obeys orders, and tells what it counted."""

import asyncio
from typing import Any

from lab.cluster.beat import until_beat_s
from lab.cluster.calls.call import Site
from lab.cluster.calls.chance import Streams
from lab.cluster.calls.spanbook import SpanBook
from lab.cluster.links.toxics.error import ToxicError
from lab.cluster.processes.wire import (
    NOBODY_WAITS,
    Counted,
    Done,
    Happened,
    Order,
    Ready,
    Spans,
    Start,
    ToWorker,
    WireError,
)
from lab.cluster.specs import WorkerSpec
from lab.cluster.workers.ground import Ground
from lab.cluster.workers.roles import NetworkRole, Role, ServiceRole, UnknownOrder, UsersRole
from lab.telemetry.recorder import Recorder
from lab.telemetry.trace import Span

TICK_S = 0.1


class Worker:
    """The loop around a role. Everything it knows comes over the control line."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._orders: asyncio.Queue[Order] = asyncio.Queue()  # as many as the line leaves unsent
        self._start: asyncio.Future[WorkerSpec] = asyncio.get_running_loop().create_future()
        self._ending = asyncio.Event()
        self._cpu_s = ground.cpu_s()

    async def run(self) -> None:
        """Be what the start message says, until it is told to end."""
        spec = await self._start
        ground = self._ground
        recorder, spans = Recorder(spec.name), SpanBook(ground.pid)
        addresses: dict[str, int] = {}
        transport = ground.transport(addresses)
        streams = Streams(spec.seed, spec.name if spec.birth == 1 else f"{spec.name}#{spec.birth}")
        site = Site(spec.name, ground.clock, streams, transport, recorder, spans, self._report)
        role = _role(spec, site, ground, addresses)
        async with asyncio.TaskGroup() as group:
            await role.begin(group)
            ground.log(f"{spec.name} serves on port {spec.port}, pid {ground.pid}")
            self._send(Ready())
            group.create_task(self._tick(role, recorder))
            group.create_task(self._obey(role, spans))
            await self._ending.wait()
            self._report("draining", spec.name, "drains: finishes what it has, takes no more", {})
            await role.drain()
            ground.log("drained, ends")
            ground.end()

    def terminate(self) -> None:
        """Drain, then end (SIGTERM)."""
        self._ending.set()

    def received(self, message: ToWorker) -> None:
        """Take a message of the supervisor."""
        if isinstance(message, Start):
            self._start.set_result(message.spec)
        else:
            self._orders.put_nowait(message)

    async def _obey(self, role: Role, spans: SpanBook) -> None:
        while True:
            order = await self._orders.get()
            try:
                if order.name == "spans":
                    result = self._tell_spans(spans, order.fields["traces"])
                else:
                    result = await role.obey(order.name, order.fields)
            except (UnknownOrder, ToxicError, ValueError, LookupError, OSError) as error:
                self._ground.log(f"cannot obey {order.name}: {error!r}")
                self._send(Done(order.id, error=str(error) or repr(error)))
            else:
                if order.name != "spans":
                    self._ground.log(f"obeyed {order.name} {_brief(order.fields)}")
                if order.id != NOBODY_WAITS:
                    self._send(Done(order.id, result=result))

    def _tell_spans(self, spans: SpanBook, trace_ids: list[str]) -> dict[str, Any]:
        found: list[Span] = []
        for trace_id in trace_ids:
            found.extend(spans.ring.of(trace_id))
        if found:
            self._send(Spans(found))
        return {}

    async def _tick(self, role: Role, recorder: Recorder) -> None:
        """Send a tick at every tenth of the machine's monotonic clock, so that all ticks align."""
        ground = self._ground
        while True:
            await asyncio.sleep(until_beat_s(ground.clock(), TICK_S))
            cpu_s = ground.cpu_s()
            gauges = role.gauges() | {"cpu_ratio": (cpu_s - self._cpu_s) / TICK_S}
            self._cpu_s = cpu_s
            tick = recorder.take(ground.clock(), gauges, role.patterns())
            tick.kept, tick.bytes = role.kept(), role.bytes()
            self._send(Counted(tick))

    def _report(self, kind: str, subject: str, text: str, detail: dict[str, Any]) -> None:
        self._ground.log(f"{subject} {text}")
        self._send(Happened(kind, subject, text, self._ground.clock(), detail))

    def _send(self, message: object) -> None:
        try:
            self._ground.send(message)
        except WireError as error:
            self._ground.log(f"the supervisor does not read: {error}")


def _role(spec: WorkerSpec, site: Site, ground: Ground, addresses: dict[str, int]) -> Role:
    if spec.service is not None:
        return ServiceRole(spec, site, ground, addresses)
    if spec.users is not None:
        return UsersRole(spec, site, addresses)
    return NetworkRole(spec, site, ground)


def _brief(fields: dict[str, Any]) -> str:
    text = " ".join(f"{key}={value}" for key, value in fields.items())
    return text if len(text) <= 200 else f"{text[:200]}…"
