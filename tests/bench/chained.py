"""What one hop costs with everything on it: chain, spans, counters and ticks, as in a lab.

A trio of real processes: a caller with a full chain, a network with the link, a callee that is a
service. A second trio, ``dark``, is the same without spans, counters and ticks (the trace's ids
travel in both): the difference is the telemetry.

The two take turns, lit dark dark lit, so that whatever drifts hits both alike, and only differences
of neighbours count. Where a process happens to lie in memory makes it some per cent faster or
slower for all its life, so several pairs of trios are started one after another. Each process stays
on one processor: the caller's and the callee's, or the link's.

``python -m tests.bench.chained`` prints the figures and takes about half a minute.
"""

import asyncio
import gc
import os
import random
import sys
import time
from statistics import median, stdev

import msgspec
import uvloop

from lab.cluster.calls.call import Call, Site
from lab.cluster.calls.calls import Caller
from lab.cluster.calls.chance import Streams
from lab.cluster.calls.spanbook import SpanBook
from lab.cluster.http.http_client import HttpTransport
from lab.cluster.http.http_server import HttpServer
from lab.cluster.links.network import Network
from lab.cluster.processes.wire import Counted, Spans
from lab.cluster.specs import RouteSpec, ServiceSpec, WorkSpec
from lab.cluster.workers.service import Service
from lab.telemetry.outcome import Outcome
from lab.telemetry.recorder import Recorder
from lab.telemetry.trace import RawSpan
from tests.bench.hop import Process, cpu, load, obey

PAIRS_OF_TRIOS = 7
ROUNDS = 12
REQUESTS = 1_000
WARM_REQUESTS = 2_500
"""More than the ring of spans keeps, so that it is full from the first round on."""
IN_FLIGHT = 4
TICK_S = 0.1
ASKED_PER_TICK = 3
"""As many requests as the users keep of each tick; every worker is asked for their spans."""

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

    Both are medians over the pairs of trios; ``telemetry_error`` is the ratio's standard error.
    """
    hops_us: list[float] = []
    ratios: list[float] = []
    for _ in range(PAIRS_OF_TRIOS):
        rounds = _rounds_us()
        hops_us.append(median(lit for lit, _ in rounds))
        added_us = median(lit - dark for lit, dark in rounds)
        ratios.append(added_us / median(dark for _, dark in rounds))
    return {
        "hop_us": median(hops_us),
        "telemetry_ratio": median(ratios),
        "telemetry_error": stdev(ratios) / len(ratios) ** 0.5,
    }


def _rounds_us() -> list[tuple[float, float]]:
    """Return µs of CPU per hop (lit, dark) of each round of two fresh trios."""
    trios = [_Trio("lit"), _Trio("dark")]
    try:
        for trio in trios:
            trio.hop_us(WARM_REQUESTS)
        rounds = []
        for number in range(ROUNDS):
            order = trios if number % 2 else trios[::-1]
            found = {trio.kind: trio.hop_us(REQUESTS) for trio in order}
            rounds.append((found["lit"], found["dark"]))
        return rounds
    finally:
        for trio in trios:
            trio.stop()


class _Trio:
    """Caller, link and callee of one kind, ``lit`` or ``dark``."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._children = [
            Process(f"{role} {kind}", "tests.bench.chained")
            for role in ("callee", "link", "caller")
        ]
        callee, link, self._caller = self._children
        self._caller.ask("reach", link.ask("carry", callee.ask("serve")))

    def hop_us(self, requests: int) -> float:
        """Make requests; return the µs of CPU that each took in all three together."""
        before_s = self._cpu_s()
        self._caller.ask("run", requests)
        return (self._cpu_s() - before_s) / requests * 1e6

    def stop(self) -> None:
        for child in reversed(self._children):
            child.stop()

    def _cpu_s(self) -> float:
        return sum(float(child.ask("cpu")) for child in self._children)


class _DarkRecorder(Recorder):
    def attempt(self, link: str, outcome: Outcome, seconds: float) -> None:
        """Count nothing."""

    def call(self, dependency: str, outcome: Outcome, seconds: float, attempts: int) -> None:
        """Count nothing."""

    def served(self, route: str, outcome: Outcome, seconds: float) -> None:
        """Count nothing."""


def _keep_nothing(span: RawSpan) -> None:
    """Stand for a ring that forgets at once."""


def _site(me: str, kind: str, transport: HttpTransport) -> Site:
    recorder, spans = Recorder(me), SpanBook(1)
    if kind == "dark":
        recorder, spans.ring.add = _DarkRecorder(me), _keep_nothing
    streams = Streams(1, me)
    return Site(me, time.monotonic, streams, transport, recorder, spans, lambda *_: None)


async def _tick(site: Site, service: Service | None, caller: Caller | None) -> None:
    """Make and encode what a worker tells its supervisor each tenth of a second."""
    encoder, book = msgspec.msgpack.Encoder(), SpanBook(7)
    while True:
        await asyncio.sleep(TICK_S)
        gauges = {} if service is None else service.gauges()
        patterns = {} if caller is None else {caller.name: caller.snapshot()}
        encoder.encode(Counted(site.recorder.take(time.monotonic(), gauges, patterns)))
        asked = [book.trace_id() for _ in range(ASKED_PER_TICK)]
        encoder.encode(Spans([span for each in asked for span in site.spans.ring.of(each)]))


async def _callee(kind: str) -> None:
    routes = {"/b": RouteSpec(WorkSpec("fixed", 0.0))}
    async with asyncio.TaskGroup() as group:

        async def serve() -> int:
            site = _site("back-1", kind, HttpTransport({}, time.monotonic))
            service = Service(ServiceSpec("back", 64, 64, routes), {}, site)
            server = HttpServer(service.handle, time.monotonic)
            await server.start(0)
            if kind == "lit":
                group.create_task(_tick(site, service, None))
            return server.port

        await obey({"serve": serve, "cpu": cpu})
        sys.exit(0)


async def _link(kind: str) -> None:
    network = Network(time.monotonic, lambda name: random.Random(name).random)

    async def carry(port: int) -> int:
        return await network.add(f"to {port}", 0, port)

    await obey({"carry": carry, "cpu": cpu})
    await network.close()


async def _caller(kind: str) -> None:
    spans = SpanBook(7)
    callers: list[Caller] = []
    async with asyncio.TaskGroup() as group:

        async def reach(port: int) -> None:
            transport = HttpTransport({"front-1→back-1": port}, time.monotonic)
            site = _site("front-1", kind, transport)
            caller = Caller("front:back", CHAIN, site)
            caller.attempts.add("back-1")
            callers.append(caller)
            if kind == "lit":
                group.create_task(_tick(site, None, caller))

        async def run(requests: int) -> None:
            (caller,) = callers

            async def one() -> None:
                result = await caller.call(
                    Call("GET", "/b", trace_id=spans.trace_id(), span_id=spans.span_id())
                )
                assert result.outcome == "ok", result

            await load(one, IN_FLIGHT, requests)

        await obey({"reach": reach, "run": run, "cpu": cpu})
        sys.exit(0)


def _pin(role: str) -> None:
    """Stay on one processor, where that can be had; macOS does not let itself be told."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {allowed[-1] if role == "link" else allowed[0]})


def main() -> None:
    """Run one of the processes, or all of them and print what a hop costs."""
    if len(sys.argv) > 1:
        role, kind = sys.argv[1].split()
        _pin(role)
        gc.collect()
        gc.freeze()  # as the fork server does
        uvloop.run({"callee": _callee, "link": _link, "caller": _caller}[role](kind))
        return
    for name, value in measure().items():
        print(f"{name:>16} {value:8.3f}")


if __name__ == "__main__":
    main()
