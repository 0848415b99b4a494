"""Overload and what comes after: the storm's edge, recovery, shedding, the backlog of an outage."""

import itertools

from lab.cluster import Play, Scenario
from tests.bench.faithful import theory
from tests.bench.faithful.claim import CI, Claim, interval
from tests.bench.faithful.lindley import arrivals_s, served_at
from tests.bench.faithful.shops import lab_of, mix, queue, service, work
from tests.bench.faithful.watched import good_ratio, watched

GROUP = "overload"
WORK_S = 0.02
SLOT_S = 0.1


LOADS: tuple[tuple[int, int, int], ...] = (
    (15, 60, 1), (15, 70, 1), (15, 140, 0), (15, 140, 1), (30, 200, 3),
)  # fmt: skip
"""Workers, requests a second, retries."""


def edge(seeds: int, loads: tuple[tuple[int, int, int], ...] = LOADS) -> list[Claim]:
    """Freeze it for 5 s and look 20 s later (module 2, 4): load × (1 + retries) > capacity stays.

    Our services drop a request whose caller has left, so just above the edge a storm dies by
    itself some day; what is said here is what is sure on both sides.
    """
    claims = []
    for slots, load, retries in (
        (15, 60, 1),
        (15, 70, 1),
        (15, 140, 0),
        (15, 140, 1),
        (30, 200, 3),
    ):
        capacity, all_in = slots / SLOT_S, load * (1 + retries)
        lab = storm(load, slots, 1 + retries)
        served = [_after_the_outage(lab, seed) for seed in range(1, seeds + 1)]
        stays = all_in > capacity
        claims.append(
            Claim(GROUP, f"5 s frozen, {load}/s of {capacity:g}/s, retries {retries}: served later",
                  (max if stays else min)(served) * 100, 0.0 if stays else 100.0, 5.0, "%",
                  why=f"{all_in:g} {'>' if stays else '<'} {capacity:g}; worst of {seeds} seeds")
        )  # fmt: skip
    return claims


def storm(load: float, slots: int, attempts: int) -> Scenario:
    """Return a lab whose workers take 100 ms each, and whose users wait 1 s for each attempt."""
    shop = service({"/r": {"work": work("fixed", SLOT_S)}}, capacity=slots)
    chain = [
        {"pattern": "retry", "attempts": attempts, "backoff": "none"},
        {"pattern": "attempt_timeout", "limit_s": 1.0},
    ]
    users = {"rate_per_s": load, "entry": "shop", "mix": mix("/r"), "chain": chain}
    return lab_of({"shop": shop}, users)


def _after_the_outage(lab: Scenario, seed: int) -> float:
    with watched(lab, seed) as (play, ends):
        _freeze(play, 5.0, 5.0)
        play.run_until(40.0)
    return good_ratio([end for end in ends if end.t > 30.0])


def catch_up(load: float, outage_s: float, seeds: int) -> list[Claim]:
    """Ten seconds down, ninety seconds late (module 4, 3): outage × ρ / (1 − ρ).

    Timed from the end of the outage until the queue is as long as it usually is (M/D/1).
    """
    lasts = []
    usual = load + load * load / (2.0 * (1.0 - load))
    for seed in range(1, seeds + 1):
        with watched(queue(load / WORK_S, work("fixed", WORK_S)), seed) as (play, _):
            _freeze(play, 20.0, outage_s)
            play.run_until(20.3 + outage_s)
            while _inside(play) > usual:
                play.run_until(play.t + 0.1)
            lasts.append(play.t - 20.0 - outage_s)
    found = interval(lasts)
    return [
        Claim(GROUP, f"{outage_s:g} s frozen at a load of {load:g}: the backlog lasts", found.mean,
              theory.catch_up_s(outage_s, load), found.half, "s",
              why=f"outage × ρ / (1 − ρ); {CI} of {seeds} seeds")
    ]  # fmt: skip


def no_end(seeds: int) -> list[Claim]:
    """Past a load of 1 the backlog has no end: it is longer every minute."""
    load, grown = 1.2, []
    for seed in range(1, seeds + 1):
        with watched(queue(load / WORK_S, work("fixed", WORK_S)), seed) as (play, _):
            play.run_until(10.0)
            before = _inside(play)
            play.run_until(70.0)
            grown.append(_inside(play) - before)
    found = interval(grown)
    return [
        Claim(GROUP, f"at a load of {load:g} the queue grows in 60 s by", found.mean,
              60.0 * (load - 1.0) / WORK_S, found.half, why=f"(λ − μ) t; {CI} of {seeds} seeds")
    ]  # fmt: skip


def _inside(play: Play) -> int:
    totals = play.lab.totals
    return totals.offered - sum(totals.users.outcomes)


def drown(bound: int | None, seed: int) -> list[Claim]:
    """100 % busy, hardly useful (module 3, 2): 75/s for a worker that does 50/s, 1 s of patience.

    A queue that can be emptied in less than the patience serves at capacity. A longer one is held
    to the same arrivals worked off by hand: our workers stop at the deadline, so it is not nothing.
    """
    rate, patience_s, seconds, warm_s = 75.0, 1.0, 120.0, 20.0
    shop = service({"/r": {"work": work("fixed", WORK_S)}}, capacity=1, queue=bound)
    users = {"rate_per_s": rate, "entry": "shop", "mix": mix("/r"), "patience_s": patience_s}
    with watched(lab_of({"shop": shop}, users), seed) as (play, ends):
        play.run_until(seconds)
    good = sum(end.t > warm_s and end.outcome == "ok" for end in ends) / (seconds - warm_s)
    arrivals = itertools.takewhile(lambda t: t < seconds, arrivals_s(seed, rate))
    served = [t for t in served_at(arrivals, WORK_S, patience_s, bound) if t < seconds]
    by_hand = sum(t > warm_s for t in served) / (seconds - warm_s)
    short = bound is not None and bound * WORK_S < patience_s / 2
    kind = "an unbounded queue" if bound is None else f"a queue of {bound}"
    return [
        Claim(GROUP, f"150 % load, {kind}: served", good, 1.0 / WORK_S if short else by_hand, 0.05,
              "/s", why="capacity" if short else "the same arrivals by hand")
    ]  # fmt: skip


def headroom(rate: float) -> list[Claim]:
    """N − 1 or nothing (module 1, 3): four that do 100/s each, and one is lost."""
    till = service({"/r": {"work": work("fixed", SLOT_S)}}, capacity=10, replicas=4)
    chain = [{"pattern": "retry", "attempts": 2, "backoff": "none", "on": ["refused"]}]
    users = {
        "rate_per_s": rate, "entry": "till", "mix": mix("/r"), "patience_s": 1.0, "chain": chain,
    }  # fmt: skip
    with watched(lab_of({"till": till}, users), 1) as (play, ends):
        play.run_until(20.0)
        before = good_ratio([end for end in ends if end.t > 5.0])
        play.command(command="inject_fault", kind="crash", target="till-2", duration_s=200.0)
        play.run_until(100.0)
    after = good_ratio([end for end in ends if end.t > 50.0])
    name, enough = f"4 × 100/s at {rate:g}/s", rate < 300.0
    return [
        Claim(GROUP, f"{name}: served by four", before * 100, 100.0, 0.5, "%"),
        Claim(GROUP, f"{name}: served by three, at {rate / 300:.0%}", after * 100,
              100.0 if enough else 80.0, 1.0, "%", sense="=" if enough else "<",
              why="" if enough else "far less than the 94 % that three could serve")
    ]  # fmt: skip


def _freeze(play: Play, at_t: float, seconds: float) -> None:
    play.run_until(at_t)
    play.command(command="inject_fault", kind="hang", target="shop-1", duration_s=seconds)
