"""The faithful table: ours, expected, tolerance, of every law, paper and body there is.

What runs in virtual time runs on all cores side by side. What is live comes after it, alone.
``python -m tests.bench.faithful.table [virtual] [live]`` runs one part, or both (six minutes).
"""

import asyncio
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Any

from lab.cluster import Spawner
from tests.bench.faithful import (
    availability,
    backoffs,
    balances,
    calls,
    live_against_virtual,
    live_queues,
    queues,
    sized,
    storms,
)
from tests.bench.faithful.claim import Claim
from tests.bench.faithful.joins import JOINS

PARTS = ("virtual", "live")

Case = Callable[[], list[Claim]]

VIRTUAL: tuple[Case, ...] = (
    partial(queues.mm1, 0.5, 50_000, 12),
    partial(queues.mm1, 0.8, 120_000, 12),
    partial(queues.mm1, 0.9, 90_000, 12),
    *(partial(queues.by_hand, load, 4_000_000, 16) for load in (0.5, 0.8, 0.9)),
    partial(queues.by_hand, 0.95, 6_000_000, 16),
    partial(queues.draw_for_draw, 0.95, 60_000, 7),
    partial(queues.draw_for_draw, 0.8, 40_000, 7, 4),
    partial(queues.mmc, 4, 0.8, 80_000, 12),
    partial(queues.mmc, 16, 0.9, 80_000, 12),
    partial(queues.md1, 0.8, 80_000, 12),
    partial(queues.loss, 20, 20.0, 40_000, 12),
    partial(queues.little, 180.0, 1),
    partial(availability.availability, 1, 0.75, 60.0, 10),
    partial(availability.availability, 3, 0.75, 40.0, 10),
    partial(availability.availability, 5, 0.75, 40.0, 10),
    partial(availability.availability, 3, 0.4, 40.0, 10),
    partial(calls.fan_out, 4_000, 1),
    *(partial(calls.amplification, 1.0, attempts, 200, 2) for attempts in (3, 4)),
    *(partial(calls.amplification, failing, 4, 4_000, 10) for failing in (0.9, 0.5)),
    partial(calls.at_the_top_only, 500),
    partial(calls.budget, "tokens", 0.09, 3_000),
    partial(calls.budget, "deposits", 0.5, 3_000),
    partial(calls.budget, "concurrent", 0.5, 3_000),
    partial(calls.toxicity, 0.3, 40),
    partial(backoffs.published, 50, 200),
    partial(backoffs.published, 100, 100),
    partial(balances.tails, 0.9, 40.0, 1),
    partial(balances.mean_field, 0.9, 400_000, 1),
    partial(storms.edge, 2),
    partial(storms.recovery, 12),
    partial(storms.catch_up, 0.9, 10.0, 16),
    partial(storms.catch_up, 0.7, 10.0, 24),
    partial(storms.no_end, 8),
    *(partial(storms.drown, bound, 8) for bound in (19, 49, 99, None)),
    *(partial(storms.cancelled, bound, 1) for bound in (50, None)),
    *(partial(storms.headroom, rate) for rate in (280.0, 320.0)),
    partial(sized.slow_is_worse, 6),
    *(partial(sized.breaker_over_shards, threshold, 600.0) for threshold in (0.3, 0.5)),
    partial(sized.breaker_by_shard, 1),
    *(partial(sized.pool, with_breaker, 1) for with_breaker in (False, True)),
)


def measure(parts: Collection[str] = PARTS) -> dict[str, Any]:
    """Print the table as it grows; return it, with what is not in it yet."""
    began_s = time.monotonic()
    print(f"{'faithful':<72}{'ours':>10}{'expected':>11}  {'tolerance':<12}kept?")
    claims = []
    for found in _found(parts):
        for claim in found:
            print(line(claim), flush=True)
        claims += found
    missed = sum(not claim.kept for claim in claims)
    took_s = time.monotonic() - began_s
    print(f"{len(claims)} figures, {missed} not kept, in {took_s:.0f} s")
    for experiment, issue, why in JOINS:
        print(f"joins with issue {issue}: {experiment} ({why})")
    return {
        "claims": [asdict(claim) | {"kept": claim.kept} for claim in claims],
        "joins": [{"experiment": e, "issue": i, "why": w} for e, i, w in JOINS],
        "missed": missed,
        "seconds": took_s,
    }


def line(claim: Claim) -> str:
    """Return one line of the table."""
    sign = {"=": "±", "<": "at most +", ">": "at least −"}[claim.sense]
    tolerance = f"{sign}{claim.tolerance:.3g} {claim.unit}"
    kept = "kept" if claim.kept else "NOT KEPT"
    return (
        f"{claim.group + ': ' + claim.name:<72}{claim.ours:>10.4g}{claim.expected:>11.4g}"
        f"  {tolerance:<12}{kept}"
    )


def _found(parts: Collection[str]) -> Iterator[list[Claim]]:
    if "virtual" in parts:
        yield from _virtual(VIRTUAL)
    if "live" in parts:
        yield from asyncio.run(_live())


async def _live() -> list[list[Claim]]:
    spawner = Spawner()
    await spawner.start()
    try:
        queued = [found async for found in live_queues.claims(spawner)]
        return queued + [found async for found in live_against_virtual.claims(spawner)]
    finally:
        await spawner.stop()


def _virtual(cases: tuple[Case, ...]) -> Iterator[list[Claim]]:
    """Yield what each case found, in order; they run side by side."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=spawn) as cores:
        for running in [cores.submit(case) for case in cases]:
            yield running.result()


if __name__ == "__main__":
    sys.exit(bool(measure(sys.argv[1:] or PARTS)["missed"]))
