"""Clients that contend for one row: the published model, with our backoff and our virtual loop.

Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture blog (2015), and its simulator
(aws-samples/aws-arch-backoff-simulator). Each client reads a version and writes it back; the write
fails when somebody else has written meanwhile, and then it waits and reads again. Each way over the
network takes Normal(10 ms, 2 ms). Its first wait is 10 ms (5 ms for decorrelated), the cap 2 s.
"""

import asyncio
from collections.abc import Mapping
from itertools import pairwise
from random import Random
from statistics import fmean
from types import MappingProxyType
from typing import NamedTuple

from lab.cluster import run_virtual
from lab.patterns.backoff import wait_s
from lab.patterns.retry import RetrySettings
from tests.bench.faithful.claim import Claim

GROUP = "backoff"
ONE_WAY_S = 0.010
DEVIATION_S = 0.002
CAP_S = 2.0

STRATEGIES: Mapping[str, RetrySettings] = MappingProxyType({
    "none": RetrySettings(backoff="none"),
    "exponential": RetrySettings(base_s=0.010, cap_s=CAP_S, jitter="none"),
    "equal": RetrySettings(base_s=0.010, cap_s=CAP_S, jitter="equal"),
    "full": RetrySettings(base_s=0.010, cap_s=CAP_S, jitter="full"),
    "decorrelated": RetrySettings(base_s=0.005, cap_s=CAP_S, jitter="decorrelated"),
})  # fmt: skip

PUBLISHED: Mapping[int, Mapping[str, tuple[float, float]]] = MappingProxyType({
    50: MappingProxyType({
        "none": (691, 1.14),
        "exponential": (624, 36.3),
        "equal": (347, 4.25),
        "full": (332, 2.86),
        "decorrelated": (375, 2.17),
    }),
    100: MappingProxyType({
        "none": (2425, 2.0),
        "exponential": (1851, 63.3),
        "equal": (812, 6.6),
        "full": (797, 4.9),
        "decorrelated": (1000, 4.6),
    }),
})  # fmt: skip
"""By clients: writes, and seconds until the last is through; 200 trials of the published code."""

ORDER = ("full", "equal", "decorrelated", "exponential", "none")
"""By work, the least first."""


class Contest(NamedTuple):
    """What it took until all were through."""

    calls: float
    seconds: float


class Row:
    """One row with a version: a write succeeds if nobody wrote since it was read."""

    def __init__(self) -> None:
        self.version = 0
        self.writes = 0

    def write(self, version: int) -> bool:
        """Write, if the version is still the one that was read."""
        self.writes += 1
        fresh = version == self.version
        self.version += fresh
        return fresh


def contest(strategy: str, clients: int, trials: int) -> Contest:
    """Return the mean calls and seconds of some trials."""
    found = [
        run_virtual(_trial(STRATEGIES[strategy], clients, Random(f"{strategy}/{clients}/{n}")))
        for n in range(trials)
    ]
    return Contest(fmean(c.calls for c in found), fmean(c.seconds for c in found))


async def _trial(settings: RetrySettings, clients: int, random: Random) -> Contest:
    row = Row()
    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(_client(row, settings, random))
    return Contest(row.writes, asyncio.get_running_loop().time())


async def _client(row: Row, settings: RetrySettings, random: Random) -> None:
    attempt, waited_s = 0, 0.0
    await asyncio.sleep(_way_s(random))
    while True:
        version = row.version
        await asyncio.sleep(_way_s(random) + _way_s(random))
        if row.write(version):
            await asyncio.sleep(_way_s(random))
            return
        attempt += 1
        back_s = _way_s(random)
        waited_s = wait_s(settings, attempt, waited_s, random.random)
        await asyncio.sleep(back_s + waited_s + _way_s(random))


def _way_s(random: Random) -> float:
    return abs(random.normalvariate(ONE_WAY_S, DEVIATION_S))


def published(clients: int, trials: int) -> list[Claim]:
    """Hold the strategies to the published figures (module 2, 3), and to their order by work."""
    ours = {strategy: contest(strategy, clients, trials) for strategy in ORDER}
    claims = []
    for strategy, (calls, seconds) in PUBLISHED[clients].items():
        found, name = ours[strategy], f"{clients} clients, {strategy}"
        why = "200 trials of the published simulator"
        claims += [
            Claim(GROUP, f"{name}: calls", found.calls, calls, 0.03 * calls, why=why),
            Claim(GROUP, f"{name}: time", found.seconds, seconds, 0.05 * seconds, "s", why=why),
        ]
    pairs = pairwise(ORDER)
    wrong = sum(ours[less].calls >= ours[more].calls for less, more in pairs)
    return [*claims, Claim(GROUP, f"{clients} clients: {' < '.join(ORDER)}, wrong", wrong, 0, 0)]
