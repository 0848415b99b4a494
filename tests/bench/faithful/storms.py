"""Overload and what comes after: the storm's edge, recovery, shedding, the backlog of an outage."""

import itertools

from lab.cluster import Play
from tests.bench.faithful import theory
from tests.bench.faithful.claim import CI, Claim, interval
from tests.bench.faithful.lindley import arrivals_s, served_at
from tests.bench.faithful.shops import Plain, lab_of, mix, queue, service, work
from tests.bench.faithful.watched import Ended, good_ratio, run, watched

GROUP = "overload"
WORK_S = 0.02
SLOT_S, SLOTS = 0.1, 15
CAPACITY_PER_S = SLOTS / SLOT_S
LOAD_PER_S, WARM_S, SECONDS = 75.0, 20.0, 60.0
"""Of the queues that drown."""


DEAF = {"guards": {"cancellation": {"enabled": False}}}
"""It works on, whether or not the caller still waits: what storms live on."""

OUTAGE_T, OUTAGE_S = 5.0, 5.0

LOADS = ((60, 1), (65, 1), (85, 1), (120, 1), (120, 0))
"""Requests a second, retries."""


def edge(seeds: int, loads: tuple[tuple[int, int], ...] = LOADS) -> list[Claim]:
    """Find the load at which a storm stays (module 2, 4): load × (1 + retries) > capacity.

    All workers of 150/s are stuck for 5 s; what is served 40 s later tells whether it has stayed.
    """
    claims = []
    for load, retries in loads:
        served = [
            good_ratio([end for end in _ends(load, retries, seed, 60.0) if end.t > 50.0])
            for seed in range(1, seeds + 1)
        ]
        all_in = load * (1 + retries)
        stays = all_in > CAPACITY_PER_S
        claims.append(
            Claim(GROUP, f"5 s outage at {load}/s of 150/s, retries {retries}: served later",
                  (max if stays else min)(served) * 100, 0.0 if stays else 100.0, 1.0, "%",
                  why=f"{all_in} {'>' if stays else '<'} 150; worst of {seeds} seeds")
        )  # fmt: skip
    return claims


def recovery(seeds: int) -> list[Claim]:
    """Below the edge it comes back when the dead work is done: 13 s at 60/s (module 2, 4).

    L (2 D − T) attempts came in the outage D, each waits at most T; what is above the capacity of
    one patience is worked off at C − 2 L.
    """
    load, patience_s = 60, 1.0
    back = [
        next(end.t for end in _ends(load, 1, seed, 60.0) if end.t > 11.0 and end.outcome == "ok")
        - OUTAGE_T - OUTAGE_S
        for seed in range(1, seeds + 1)
    ]  # fmt: skip
    backlog = load * (2 * OUTAGE_S - patience_s) - CAPACITY_PER_S * (patience_s - SLOT_S)
    found = interval(back)
    return [
        Claim(GROUP, "5 s outage at 60/s of 150/s, retries 1: back after", found.mean,
              backlog / (CAPACITY_PER_S - 2 * load), found.half, "s",
              why=f"backlog / (C − 2 L); {CI} of {seeds} seeds")
    ]  # fmt: skip


def _ends(load: int, retries: int, seed: int, to_t: float) -> list[Ended]:
    """Return the ends of users who wait 1 s for each attempt, at 15 workers of 100 ms."""
    shop = service({"/r": {"work": work("fixed", SLOT_S)}}, capacity=SLOTS, **DEAF)
    chain = [
        {"pattern": "retry", "attempts": 1 + retries, "backoff": "none"},
        {"pattern": "attempt_timeout", "limit_s": 1.0},
    ]
    users = {"rate_per_s": float(load), "entry": "shop", "mix": mix("/r"), "chain": chain}
    with watched(lab_of({"shop": shop}, users), seed) as (play, ends):
        play.run_until(OUTAGE_T)
        play.command(
            command="inject_fault", kind="stuck", target="shop-1",
            params={"workers": SLOTS}, duration_s=OUTAGE_S,
        )  # fmt: skip
        play.run_until(to_t)
    return ends


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


def drown(bound: int | None, seeds: int) -> list[Claim]:
    """100 % busy, 0 % useful (module 3, 2): 75/s for a worker that does 50/s, 1 s of patience."""
    served = []
    for seed in range(1, seeds + 1):
        good = _in_time("exponential", bound, seed, DEAF)
        served.append(len(good) / SECONDS)
    found = interval(served)
    places = 1_000 if bound is None else bound + 1
    kind = "an unbounded queue" if bound is None else f"a queue of {bound}"
    return [
        Claim(GROUP, f"150 % load, {kind}: served in time", found.mean,
              theory.in_time_per_s(LOAD_PER_S, WORK_S, places, 1.0), found.half + 1e-3, "/s",
              why=f"M/M/1/K, Erlang's distribution; {CI} of {seeds} seeds")
    ]  # fmt: skip


def cancelled(bound: int | None, seed: int) -> list[Claim]:
    """The same for a worker that stops when its caller has left; the same arrivals by hand."""
    good = _in_time("fixed", bound, seed, {})
    arrivals = itertools.takewhile(lambda t: t < WARM_S + SECONDS, arrivals_s(seed, LOAD_PER_S))
    by_hand = served_at(arrivals, WORK_S, 1.0, bound)
    expected = sum(WARM_S < t <= WARM_S + SECONDS for t in by_hand) / SECONDS
    kind = "unbounded queue" if bound is None else f"queue of {bound}"
    return [
        Claim(GROUP, f"150 % load, {kind}, work for the gone cancelled: served in time",
              len(good) / SECONDS, expected, 0.05, "/s", why="the same arrivals by hand")
    ]  # fmt: skip


def _in_time(kind: str, bound: int | None, seed: int, more: Plain) -> list[Ended]:
    shop = service({"/r": {"work": work(kind, WORK_S)}}, capacity=1, queue=bound, **more)
    users = {"rate_per_s": LOAD_PER_S, "entry": "shop", "mix": mix("/r"), "patience_s": 1.0}
    ends = run(lab_of({"shop": shop}, users), seed, WARM_S, WARM_S + SECONDS)
    return [end for end in ends if end.outcome == "ok"]


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
