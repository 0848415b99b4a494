"""One worker process: builds its role, serves, obeys orders, and tells what it counted."""

import asyncio
import os
import signal
import socket
import sys
import time
from typing import Any

import uvloop

from lab.cluster.calls.call import Site
from lab.cluster.calls.chance import Streams
from lab.cluster.calls.spanbook import SpanBook
from lab.cluster.http.http_client import HttpTransport
from lab.cluster.links.toxics.error import ToxicError
from lab.cluster.processes.wire import (
    Counted,
    Done,
    Happened,
    Line,
    Order,
    Ready,
    Spans,
    Start,
    ToWorker,
    WireError,
)
from lab.cluster.specs import WorkerSpec
from lab.cluster.workers.roles import NetworkRole, Role, ServiceRole, UnknownOrder, UsersRole
from lab.telemetry.recorder import Recorder
from lab.telemetry.trace import Span

TICK_S = 0.1


def main(control: socket.socket) -> None:
    """Run the worker until it is told to end, or until the supervisor is gone."""
    uvloop.run(Worker().run(control))


class Worker:
    """The loop around a role. Everything it knows comes over the control line."""

    def __init__(self) -> None:
        self._orders: asyncio.Queue[Order] = asyncio.Queue()  # as many as the line leaves unsent
        self._start: asyncio.Future[WorkerSpec] | None = None
        self._ending = asyncio.Event()
        self._line: Line[ToWorker] | None = None
        self._cpu_s = time.process_time()

    async def run(self, control: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._start = loop.create_future()
        control.setblocking(False)
        _, self._line = await loop.create_connection(
            lambda: Line[ToWorker](ToWorker, self._received, _supervisor_gone), sock=control
        )
        spec = await self._start
        recorder, spans = Recorder(spec.name), SpanBook(os.getpid())
        addresses: dict[str, int] = {}
        transport = HttpTransport(addresses, time.monotonic)
        streams = Streams(spec.seed, spec.name)
        site = Site(spec.name, time.monotonic, streams, transport, recorder, spans, self._report)
        role = _role(spec, site, addresses)
        loop.add_signal_handler(signal.SIGTERM, self._ending.set)
        loop.add_signal_handler(signal.SIGINT, os._exit, 0)
        async with asyncio.TaskGroup() as group:
            await role.begin(group)
            self._log(f"{spec.name} serves on port {spec.port}, pid {os.getpid()}")
            self._send(Ready())
            group.create_task(self._tick(role, recorder))
            group.create_task(self._obey(role, spans))
            await self._ending.wait()
            self._report("draining", spec.name, "drains: finishes what it has, takes no more", {})
            await role.drain()
            self._log("drained, ends")
            os._exit(0)

    def _received(self, message: ToWorker) -> None:
        if isinstance(message, Start):
            assert self._start is not None
            self._start.set_result(message.spec)
        else:
            self._orders.put_nowait(message)

    async def _obey(self, role: Role, spans: SpanBook) -> None:
        while True:
            order = await self._orders.get()
            if order.name == "spans":
                found: list[Span] = []
                for trace_id in order.fields["traces"]:
                    found.extend(spans.ring.of(trace_id))
                self._send(Spans(found))
                continue
            try:
                result = await role.obey(order.name, order.fields)
            except (UnknownOrder, ToxicError, ValueError, LookupError, OSError) as error:
                self._log(f"cannot obey {order.name}: {error!r}")
                self._send(Done(order.id, error=str(error) or repr(error)))
            else:
                self._log(f"obeyed {order.name} {_brief(order.fields)}")
                self._send(Done(order.id, result=result))

    async def _tick(self, role: Role, recorder: Recorder) -> None:
        """Send a tick at every tenth of the machine's monotonic clock, so that all ticks align."""
        while True:
            now_s = time.monotonic()
            await asyncio.sleep(TICK_S - now_s % TICK_S)
            cpu_s = time.process_time()
            gauges = role.gauges() | {"cpu_ratio": (cpu_s - self._cpu_s) / TICK_S}
            self._cpu_s = cpu_s
            tick = recorder.take(time.monotonic(), gauges, role.patterns())
            tick.kept, tick.bytes = role.kept(), role.bytes()
            self._send(Counted(tick))

    def _report(self, kind: str, subject: str, text: str, detail: dict[str, Any]) -> None:
        self._log(f"{subject} {text}")
        self._send(Happened(kind, subject, text, time.monotonic(), detail))

    def _send(self, message: object) -> None:
        assert self._line is not None
        try:
            self._line.send(message)
        except WireError as error:
            self._log(f"the supervisor does not read: {error}")

    def _log(self, text: str) -> None:
        seconds = time.monotonic()
        sys.stderr.write(f"{seconds:.3f} {text}\n")
        sys.stderr.flush()


def _role(spec: WorkerSpec, site: Site, addresses: dict[str, int]) -> Role:
    if spec.service is not None:
        return ServiceRole(spec, site, addresses)
    if spec.users is not None:
        return UsersRole(spec, site, addresses)
    return NetworkRole(spec, site)


def _supervisor_gone() -> None:
    os._exit(0)


def _brief(fields: dict[str, Any]) -> str:
    text = " ".join(f"{key}={value}" for key, value in fields.items())
    return text if len(text) <= 200 else f"{text[:200]}…"
