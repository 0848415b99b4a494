"""Queues of real processes: Lindley's recursion over the same arrivals, and Erlang's B.

A textbook's mean belongs to virtual time: a minute at a load of 0.8 may be 30 % off it by chance.
Lindley's recursion over the arrivals and the work that the seed gave leaves the machine only.
Erlang's B needs no such help, for it does not depend on how the work is spread.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from itertools import islice
from statistics import fmean

from lab.cluster import Cluster, Scenario, Spawner
from lab.cluster.specs import WorkSpec
from lab.telemetry.histogram import MIDDLES_S
from lab.telemetry.outcome import INDEX, Outcome
from tests.bench.faithful import theory
from tests.bench.faithful.claim import Claim
from tests.bench.faithful.disturbance import Disturbance, watched_machine
from tests.bench.faithful.lindley import arrivals_s, times_s, works_s
from tests.bench.faithful.shops import queue, work

GROUP = "live"
SEED = 5
SECONDS = 30.0
ATTEMPTS = 3
OFF_RATIO = 0.10

RATE, WORK_S = 40.0, 0.02
WORKERS, LOSS_RATE, LOSS_WORK_S = 10, 200.0, 0.05


async def claims(spawner: Spawner) -> AsyncIterator[list[Claim]]:
    """Yield both; the whole measurement is repeated when the machine was disturbed."""
    found: list[Claim] = []
    for attempt in range(1, ATTEMPTS + 1):
        with watched_machine() as machine:
            lindley, lost = await asyncio.gather(_queue(spawner), _loss(spawner))
        found = _claims(lindley, lost, attempt, machine)
        if all(claim.kept for claim in found) or not machine.is_disturbed:
            break
    yield found


def _claims(
    lindley: tuple[float, float], lost: float, attempt: int, machine: Disturbance
) -> list[Claim]:
    (ours_s, expected_s), blocked = lindley, theory.erlang_b(WORKERS, LOSS_RATE * LOSS_WORK_S)
    said = f"attempt {attempt}, {machine}"
    return [
        Claim(GROUP, f"M/M/1 at {RATE * WORK_S:g}, mean", ours_s * 1e3, expected_s * 1e3,
              OFF_RATIO * expected_s * 1e3, "ms", why=f"Lindley over the same arrivals; {said}"),
        Claim(GROUP, f"Erlang B, {WORKERS} workers, {LOSS_RATE * LOSS_WORK_S:g} erlangs",
              lost * 100, blocked * 100, OFF_RATIO * blocked * 100, "%", why=said),
    ]  # fmt: skip


async def _queue(spawner: Spawner) -> tuple[float, float]:
    """Return the mean time of all requests that ended, and that of as many by hand."""
    outcomes, times = await _run(queue(RATE, work("exponential", WORK_S)), spawner)
    spec, ended = WorkSpec("exponential", WORK_S), sum(outcomes)
    expected = times_s(arrivals_s(SEED, RATE), works_s(SEED, "shop-1", spec), ended)
    ours_s = sum(MIDDLES_S[bucket] * n for bucket, n in times.items()) / ended
    return ours_s, fmean(both for _, both in islice(expected, ended))


async def _loss(spawner: Spawner) -> float:
    lab = queue(LOSS_RATE, work("exponential", LOSS_WORK_S), WORKERS, 0)
    outcomes, _ = await _run(lab, spawner)
    return outcomes[INDEX[Outcome.SHED]] / sum(outcomes)


async def _run(scenario: Scenario, spawner: Spawner) -> tuple[list[int], Mapping[int, int]]:
    lab = Cluster(scenario, spawner, seed=SEED)
    await lab.start()
    try:
        await asyncio.sleep(SECONDS)
        return list(lab.totals.users.outcomes), dict(lab.totals.users.times)
    finally:
        await lab.stop()
