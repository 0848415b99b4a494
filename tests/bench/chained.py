"""What one hop costs with everything on it: chain, spans, counters and ticks, as in a lab.

Three real processes: a caller with a full chain, a network with the link, a callee that is a
service. ``dark`` is the same without spans, counters and ticks: the difference is the telemetry.

``python -m tests.bench.chained`` prints the figures and takes about ten seconds.
"""

import asyncio
import random
import sys
import time
from statistics import median

import msgspec
import uvloop

from lab.cluster.calls.call import Call, Site
from lab.cluster.calls.calls import Caller
from lab.cluster.calls.chance import Streams
from lab.cluster.calls.spanbook import SpanBook
from lab.cluster.http.http_client import HttpTransport
from lab.cluster.http.http_server import HttpServer
from lab.cluster.links.network import Network
from lab.cluster.processes.wire import Counted
from lab.cluster.specs import RouteSpec, ServiceSpec, WorkSpec
from lab.cluster.workers.service import Service
from lab.telemetry.outcome import Outcome
from lab.telemetry.recorder import Recorder
from lab.telemetry.trace import Span, SpanRing
from tests.bench.hop import Process, cpu, load, obey

ROUNDS = 9
REQUESTS = 2_000
IN_FLIGHT = 4
TICK_S = 0.1

CHAIN: list[dict[str, object]] = [
    {"pattern": "fallback"},
    {"pattern": "timeout", "limit_s": 5.0},
    {"pattern": "retry"},
    {"pattern": "breaker"},
    {"pattern": "bulkhead", "permits": 32},
    {"pattern": "attempt_timeout", "limit_s": 2.0},
    {"pattern": "balance", "kind": "two_choices"},
]


def measure() -> dict[str, float]:
    """Return µs of CPU per hop of the whole lab path, and what telemetry adds as a ratio.

    Rounds with and without telemetry alternate; each figure is the median of its rounds.
    """
    costs: dict[str, list[float]] = {"lit": [], "dark": []}
    children = [Process(role, "tests.bench.chained") for role in ("callee", "link", "caller")]
    callee, link, caller = children
    try:
        for kind in costs:
            port = callee.ask("serve", kind)
            caller.ask("reach", kind, link.ask("carry", port))
        for number in range(ROUNDS + 1):
            for kind, found in costs.items():
                before_s = sum(child.ask("cpu") for child in children)
                caller.ask("run", kind, REQUESTS)
                after_s = sum(child.ask("cpu") for child in children)
                if number:
                    found.append((after_s - before_s) / REQUESTS * 1e6)
    finally:
        for child in reversed(children):
            child.stop()
    lit_us, dark_us = median(costs["lit"]), median(costs["dark"])
    return {"hop_us": lit_us, "dark_us": dark_us, "telemetry_ratio": lit_us / dark_us - 1.0}


class _DarkRing(SpanRing):
    def add(self, span: Span) -> None:
        """Keep nothing."""


class _DarkRecorder(Recorder):
    def attempt(self, link: str, outcome: Outcome, seconds: float) -> None:
        """Count nothing."""

    def call(self, dependency: str, outcome: Outcome, seconds: float, attempts: int) -> None:
        """Count nothing."""

    def served(self, route: str, outcome: Outcome, seconds: float) -> None:
        """Count nothing."""


def _site(me: str, kind: str, transport: HttpTransport) -> Site:
    recorder = Recorder(me) if kind == "lit" else _DarkRecorder(me)
    spans = SpanBook(1)
    if kind == "dark":
        spans.ring = _DarkRing()
    streams = Streams(1, me)
    return Site(me, time.monotonic, streams, transport, recorder, spans, lambda *_: None)


async def _tick(site: Site, service: Service | None, caller: Caller | None) -> None:
    """Make and encode ticks, as a worker does for its supervisor."""
    encoder = msgspec.msgpack.Encoder()
    while True:
        await asyncio.sleep(TICK_S)
        gauges = {} if service is None else service.gauges()
        patterns = {} if caller is None else {caller.name: caller.snapshot()}
        encoder.encode(Counted(site.recorder.take(time.monotonic(), gauges, patterns)))


async def _callee() -> None:
    routes = {"/b": RouteSpec(WorkSpec("fixed", 0.0))}
    async with asyncio.TaskGroup() as group:

        async def serve(kind: str) -> int:
            site = _site("back-1", kind, HttpTransport({}, time.monotonic))
            service = Service(ServiceSpec("back", 64, 64, routes), {}, site)
            server = HttpServer(service.handle, time.monotonic)
            await server.start(0)
            if kind == "lit":
                group.create_task(_tick(site, service, None))
            return server.port

        await obey({"serve": serve, "cpu": cpu})
        sys.exit(0)


async def _link() -> None:
    network = Network(time.monotonic, lambda name: random.Random(name).random)

    async def carry(port: int) -> int:
        return await network.add(f"to {port}", 0, port)

    await obey({"carry": carry, "cpu": cpu})
    await network.close()


async def _caller() -> None:
    callers: dict[str, Caller] = {}
    async with asyncio.TaskGroup() as group:

        async def reach(kind: str, port: int) -> None:
            transport = HttpTransport({"front-1→back-1": port}, time.monotonic)
            site = _site("front-1", kind, transport)
            callers[kind] = Caller("front:back", CHAIN, site)
            callers[kind].attempts.add("back-1")
            if kind == "lit":
                group.create_task(_tick(site, None, callers[kind]))

        async def run(kind: str, requests: int) -> None:
            caller = callers[kind]
            spans = SpanBook(7)

            async def one() -> None:
                result = await caller.call(
                    Call("GET", "/b", trace_id=spans.trace_id(), span_id=spans.span_id())
                )
                assert result.outcome == "ok", result

            await load(one, IN_FLIGHT, requests)

        await obey({"reach": reach, "run": run, "cpu": cpu})
        sys.exit(0)


def main() -> None:
    """Run one of the three processes, or all of them and print what a hop costs."""
    if len(sys.argv) > 1:
        uvloop.run({"callee": _callee, "link": _link, "caller": _caller}[sys.argv[1]]())
        return
    for name, value in measure().items():
        print(f"{name:>16} {value:8.3f}")


if __name__ == "__main__":
    main()
