"""What a hop and a birth cost on this machine, measured with a small live lab.

::

    users ─▶ near ─▶ far      an attempt at far, less the work of far, is two ways over the network
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import msgspec

from lab.cluster.cluster import Cluster
from lab.cluster.http.http_client import HttpTransport
from lab.cluster.message import HEALTH_PATH, Request
from lab.cluster.processes.process import Body
from lab.cluster.scenarios.scenario import load_scenario
from lab.cluster.virtual.machine import Costs

LINK = "near-1→far-1"
CONNECTIONS = 40
BIRTHS = 3
ANSWER_WITHIN_S = 5.0

SCENARIO = """
name: calibration
title: A lab to measure this machine with
zones: [a]
services:
  near:
    routes:
      /r: {work: {kind: fixed, mean_s: 0.004}, calls: [{to: far, route: /r}]}
  far:
    restart: {base_s: 0.0, crash_limit: 100}
    routes:
      /r: {work: {kind: fixed, mean_s: 0.004}}
users:
  rate_per_s: 25
  entry: near
  mix: [{route: /r, share: 1}]
"""

Message = dict[str, Any]


async def measured_costs(body: Body, seconds: float = 4.0) -> Costs:
    """Return the costs of this machine; ``body`` is a started Spawner.

    A way holds all that a live hop adds to the work, half of it each: sockets, both event loops,
    and how late the callee's timer wakes it. All are medians, so that a disturbance does not count.
    """
    told: list[tuple[str, Message]] = []
    lab = Cluster(load_scenario(SCENARIO, "calibration"), body)
    lab.record(lambda kind, message: told.append((kind, msgspec.json.decode(message))))
    await lab.start()
    try:
        await asyncio.sleep(seconds)
        connect_s = await _connect_s(lab.crew.links.ports[LINK].port)
        birth_s = await _birth_s(lab, told)
    finally:
        await lab.stop()
    requests = [trace for kind, message in told if kind == "spans" for trace in message["traces"]]
    ways_s = [way_s for trace in requests if (way_s := _way_s(trace["spans"])) is not None]
    return Costs(birth_s, connect_s, round(median(ways_s), 6))


def _way_s(spans: list[list[Any]]) -> float | None:
    """Return one way of the attempt at far of one request; None when its spans are not whole."""
    took_ms = {(kind, name): end - begin for _, kind, name, begin, end, *_ in spans}
    attempt_ms, work_ms = took_ms.get(("attempt", LINK)), took_ms.get(("work", "far-1"))
    if attempt_ms is None or work_ms is None:
        return None
    return float(attempt_ms - work_ms) / 2000.0


async def _connect_s(port: int) -> float:
    """Return what a request over a new connection takes longer than the next one over it."""
    request = Request("GET", HEALTH_PATH)
    longer_s = []
    for _ in range(CONNECTIONS):
        transport = HttpTransport({"probe": port}, time.monotonic)

        async def send(by: HttpTransport = transport) -> None:
            await by.send("probe", request, ANSWER_WITHIN_S)

        new_s, kept_s = await _took_s(send), await _took_s(send)
        await transport.close()
        longer_s.append(new_s - kept_s)
    return round(max(0.0, median(longer_s)), 6)


async def _birth_s(lab: Cluster, told: list[tuple[str, Message]]) -> float:
    """Return the time from the end of a process until its successor serves."""
    took_s = []
    for _ in range(BIRTHS):
        place = len(told)
        await lab.command({"command": "inject_fault", "kind": "crash", "target": "far-1"})
        took_s.append(await _came_back_s(told, place))
    return round(median(took_s), 6)


async def _came_back_s(told: list[tuple[str, Message]], place: int) -> float:
    async with asyncio.timeout(ANSWER_WITHIN_S):
        while True:
            events = [event for kind, event in told[place:] if kind == "event"]
            at = {event["kind"]: event["t"] for event in events if event["subject"] == "far-1"}
            if "process_up" in at and "process_exit" in at:
                return float(at["process_up"] - at["process_exit"])
            await asyncio.sleep(0.02)


async def _took_s(act: Callable[[], Awaitable[None]]) -> float:
    began_s = time.perf_counter()
    await act()
    return time.perf_counter() - began_s
