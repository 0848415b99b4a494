"""What one hop costs with everything on it: chain, spans, counters and ticks, as in a lab.

A trio of real processes: a caller with a full chain, a network with the link, a callee that is a
service. A second trio, ``dark``, is the same without spans, counters and ticks (the trace's ids
travel in both): the difference is the telemetry. ``whole`` is lit and has every pattern of the
catalogue on, ``bare`` none but balance: the difference is the chain.

Two take turns, lit dark dark lit, so that whatever drifts hits both alike, and only differences
of neighbours count. Where a process happens to lie in memory makes it some per cent faster or
slower for all its life, so several pairs of trios are started one after another. Each process stays
on one processor: the caller's and the callee's, or the link's.

Requests take turns at ROUTES (``/b?1``, ``/b?2``, …), so that none shares another's flight.

``python -m tests.bench.chained`` prints the figures and takes about half a minute.
"""

import asyncio
import gc
import os
import random
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import count
from statistics import median, stdev
from typing import Any

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
from lab.patterns.chain import DEFAULT_ORDER
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
ROUTES = 100
TICK_S = 0.1
ASKED_PER_TICK = 3
"""As many requests as the users keep of each tick; every worker is asked for their spans."""

USUAL: Sequence[Mapping[str, Any]] = (
    {"pattern": "fallback"},
    {"pattern": "timeout", "limit_s": 5.0},
    {"pattern": "retry"},
    {"pattern": "breaker"},
    {"pattern": "bulkhead", "permits": 32},
    {"pattern": "attempt_timeout", "limit_s": 2.0},
    {"pattern": "balance", "kind": "two_choices"},
)
ROOM: Mapping[str, Mapping[str, Any]] = {
    "bulkhead": {"permits": 32},
    "retry": {"budget_ratio": 0.1},
    "rate_limit": {"rate_per_s": 10_000.0, "burst": 10_000},
    "hedge": {"delay": "fixed", "delay_s": 1.0},
    "cache": {"ttl_s": 0.0},
    "attempt_timeout": {"limit_s": 2.0},
    "timeout": {"limit_s": 5.0},
    "balance": {"kind": "two_choices"},
}
"""So much that no call is turned away or repeated, or answered from memory: what costs is that all
of them look at it."""
CHAINS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "lit": USUAL,
    "dark": USUAL,
    "whole": [{"pattern": name, **ROOM.get(name, {})} for name in DEFAULT_ORDER],
    "bare": [{"pattern": "balance", "kind": "two_choices"}],
}


def measure() -> dict[str, float]:
    """Return µs of CPU per hop of the whole lab path, and what telemetry adds as a ratio.

    Both are medians over the pairs of trios; ``telemetry_error`` is the ratio's standard error.
    """
    hops_us: list[float] = []
    ratios: list[float] = []
    for _ in range(PAIRS_OF_TRIOS):
        rounds = rounds_us("lit", "dark")
        hops_us.append(median(lit for lit, _ in rounds))
        added_us = median(lit - dark for lit, dark in rounds)
        ratios.append(added_us / median(dark for _, dark in rounds))
    return {
        "hop_us": median(hops_us),
        "telemetry_ratio": median(ratios),
        "telemetry_error": stdev(ratios) / len(ratios) ** 0.5,
    }


def rounds_us(one: str, other: str) -> list[tuple[float, float]]:
    """Return µs of CPU per hop of each round of two fresh trios of these kinds."""
    trios = [_Trio(one), _Trio(other)]
    try:
        for trio in trios:
            trio.hop_us(WARM_REQUESTS)
        rounds = []
        for number in range(ROUNDS):
            order = trios if number % 2 else trios[::-1]
            found = {trio.kind: trio.hop_us(REQUESTS) for trio in order}
            rounds.append((found[one], found[other]))
        return rounds
    finally:
        for trio in trios:
            trio.stop()


class _Trio:
    """Caller, link and callee of one kind: see CHAINS."""

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
            if kind != "dark":
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
    spans, asked = SpanBook(7), count()
    callers: list[Caller] = []
    async with asyncio.TaskGroup() as group:

        async def reach(port: int) -> None:
            transport = HttpTransport({"front-1→back-1": port}, time.monotonic)
            site = _site("front-1", kind, transport)
            caller = Caller("front:back", CHAINS[kind], site)
            caller.attempts.add("back-1")
            callers.append(caller)
            if kind != "dark":
                group.create_task(_tick(site, None, caller))

        async def run(requests: int) -> None:
            (caller,) = callers

            async def one() -> None:
                trace_id, span_id = spans.trace_id(), spans.span_id()
                route = f"/b?{next(asked) % ROUTES}"
                call = Call("GET", route, trace_id=trace_id, span_id=span_id)
                result = await caller.call(call)
                assert result.outcome == "ok", result

            await load(one, IN_FLIGHT, requests)

        await obey({"reach": reach, "run": run, "cpu": cpu})
        sys.exit(0)


def _pin(role: str) -> None:
    """Stay on one processor, where that can be had; macOS does not let itself be told."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {allowed[-1] if role == "link" else allowed[0]})


def added_us(pairs_of_trios: int = PAIRS_OF_TRIOS) -> float:
    """Return the µs of CPU that the whole chain adds to a hop with none."""
    added = []
    for _ in range(pairs_of_trios):
        added += [median(whole - bare for whole, bare in rounds_us("whole", "bare"))]
    return median(added)


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
