"""Queues against their closed forms, in virtual time."""

import itertools
from bisect import bisect_left
from collections.abc import Callable, Sequence
from statistics import fmean

from lab.cluster.specs import WorkSpec
from tests.bench.faithful import theory
from tests.bench.faithful.claim import CI, Claim, interval
from tests.bench.faithful.lindley import arrivals_s, times_s, works_s
from tests.bench.faithful.shops import queue, work
from tests.bench.faithful.watched import Ended, run, watched
from tests.virtual.played import messages

GROUP = "queues"
WARM_RATIO = 0.1
"""This much of a run is left out, so that the empty queue of its beginning does not count."""

WORK_S = 0.02


def mm1(load: float, jobs: int, seeds: int) -> list[Claim]:
    """M/M/1 with 20 ms of work: the hockey stick (module 3, 1)."""
    rate = load / WORK_S
    runs = _runs(rate, work("exponential", WORK_S), 1, jobs // seeds, seeds)
    name = f"M/M/1 at {load:g}"
    mean_s = WORK_S / (1.0 - load)
    quantile = [(q, theory.mmc_quantile_s(1, rate, WORK_S, q)) for q in (0.5, 0.95)]
    return [
        _claim(f"{name}, mean", runs, _mean_s, mean_s),
        *(_claim(f"{name}, p{q * 100:g}", runs, _quantile(q), t) for q, t in quantile),
    ]


def mmc(workers: int, load: float, jobs: int, seeds: int) -> list[Claim]:
    """M/M/c: Erlang's C."""
    rate = workers * load / WORK_S
    runs, busy = [], []
    for seed in range(1, seeds + 1):
        to_s = jobs / seeds / rate
        with watched(queue(rate, work("exponential", WORK_S), workers), seed) as (play, ends):
            play.run_until(to_s)
            cells = [frame["instances"][0] for frame in messages(play, "frame")]
        runs.append([end for end in ends if end.t >= WARM_RATIO * to_s])
        cells = [cell for cell in cells[int(len(cells) * WARM_RATIO) :] if cell]
        busy.append(fmean(cell[1] == workers for cell in cells))
    name = f"M/M/{workers} at {load:g}"
    mean_s = theory.mmc_wait_s(workers, rate, WORK_S) + WORK_S
    all_busy, p95_s = (
        theory.erlang_c(workers, rate * WORK_S),
        theory.mmc_quantile_s(workers, rate, WORK_S, 0.95),
    )
    found = interval(busy)
    return [
        _claim(f"{name}, mean", runs, _mean_s, mean_s),
        _claim(f"{name}, p95", runs, _quantile(0.95), p95_s),
        Claim(GROUP, f"{name}, frames with all workers busy", found.mean * 100, all_busy * 100,
              found.half * 100, "%", why=f"Erlang C; {CI}"),
    ]  # fmt: skip


def md1(load: float, jobs: int, seeds: int) -> list[Claim]:
    """M/D/1: half the wait of M/M/1."""
    rate = load / WORK_S
    runs = _runs(rate, work("fixed", WORK_S), 1, jobs // seeds, seeds)
    mean_s = theory.md1_wait_s(rate, WORK_S) + WORK_S
    return [_claim(f"M/D/1 at {load:g}, mean", runs, _mean_s, mean_s)]


def loss(workers: int, erlangs: float, jobs: int, seeds: int) -> list[Claim]:
    """Erlang's B with a queue of none: the spread of the work does not matter."""
    claims = []
    rate = erlangs / WORK_S
    spreads = (("exponential", 0.0), ("fixed", 0.0), ("lognormal", 2 * WORK_S))
    for kind, deviation_s in spreads:
        shed = []
        for seed in range(1, seeds + 1):
            to_s = jobs / seeds / rate
            lab = queue(rate, work(kind, WORK_S, deviation_s), workers, 0)
            shed.append(fmean(end.outcome == "shed" for end in run(lab, seed, 0.2, to_s)))
        found = interval(shed)
        claims.append(
            Claim(GROUP, f"Erlang B, {workers} workers, {erlangs:g} erlangs, {kind}",
                  found.mean * 100, theory.erlang_b(workers, erlangs) * 100, found.half * 100, "%",
                  why=f"Erlang B; {CI}")
        )  # fmt: skip
    return claims


def draw_for_draw(load: float, jobs: int, seed: int, workers: int = 1) -> list[Claim]:
    """Hold every single request to Lindley's recursion over the same draws."""
    rate = workers * load / WORK_S
    spec = WorkSpec("exponential", WORK_S)
    ends = run(queue(rate, work("exponential", WORK_S), workers), seed, 0.0, jobs / rate)
    ends = sorted(ends, key=lambda end: end.t - end.seconds)[: int(len(ends) * 0.95)]
    expected = times_s(
        arrivals_s(seed, rate), works_s(seed, "shop-1", spec), len(ends), workers
    )  # fmt: skip
    off_s = max(abs(end.seconds - both) for end, (_, both) in zip(ends, expected, strict=True))
    name = f"worst of {len(ends):,} requests, {workers} at {load:g}, off Lindley"
    return [Claim(GROUP, name, off_s * 1e6, 0.0, 1.0, "µs", why="the same draws by hand")]


def by_hand(load: float, jobs: int, seeds: int) -> list[Claim]:
    """The engine's draws in Lindley's recursion, by the million, against the textbook's mean."""
    rate, spec = load / WORK_S, WorkSpec("exponential", WORK_S)
    means = []
    for seed in range(1, seeds + 1):
        arrivals, works = arrivals_s(seed, rate), works_s(seed, "shop-1", spec)
        times = times_s(arrivals, works, jobs // seeds)
        means.append(fmean(wait for wait, _ in itertools.islice(times, len(times) // 50, None)))
    found, mean_s = interval(means), theory.mmc_wait_s(1, rate, WORK_S)
    name = f"M/M/1 at {load:g}, wait, our draws by hand, {jobs / 1e6:g} M"
    return [
        Claim(GROUP, name, found.mean * 1e3, mean_s * 1e3, found.half * 1e3, "ms",
              why=f"closed form; {CI}")
    ]  # fmt: skip


def little(seconds: float, seed: int, window_s: float = 30.0) -> list[Claim]:
    """Little's law at every frame: L over the frames of a window, and λ W of what passed in it."""
    rate, workers, work_s = 100.0, 64, 0.5
    with watched(queue(rate, work("exponential", work_s), workers), seed) as (play, ends):
        play.run_until(seconds)
        frames = messages(play, "frame")
    frames = [frame for frame in frames if frame["t"] > 5.0]
    n = round(window_s * 10)
    off, ended_t = [], [end.t for end in ends]
    miscounted = 0
    begun, over = sorted(end.t - end.seconds for end in ends), sorted(ended_t)
    for i, frame in enumerate(frames):
        if frame["t"] > seconds - 10.0:
            break
        tick_t = int(frame["t"] * 10 + 1e-6) / 10
        inside = bisect_left(begun, tick_t) - bisect_left(over, tick_t)
        miscounted += inside != frame["users"]["in_flight"]
        if i >= n:
            off.append(abs(_law(frames[i - n : i], ends, ended_t) - 1.0))
    return [
        Claim(GROUP, f"Little's law, L / λW − 1, worst of {len(off):,} frames", max(off) * 100,
              0.0, 3.0, "%", why=f"windows of {window_s:g} s; what crosses their edges"),
        Claim(GROUP, "… frames whose count in flight is not the true one", miscounted, 0.0, 0.0),
    ]  # fmt: skip


def _law(window: Sequence[dict[str, dict[str, int]]], ends: list[Ended], at: list[float]) -> float:
    """Return L / λW of the frames of one window."""
    from_t, to_t = float(window[0]["t"]) - 0.1, float(window[-1]["t"])  # type: ignore[arg-type]
    passed = ends[bisect_left(at, from_t) : bisect_left(at, to_t)]
    arrived = sum(frame["users"]["offered"] for frame in window) / (to_t - from_t)
    inside = fmean(frame["users"]["in_flight"] for frame in window)
    return inside / (arrived * fmean(end.seconds for end in passed))


def _runs(
    rate: float, work_of: dict[str, object], workers: int, jobs: int, seeds: int
) -> list[list[Ended]]:
    to_s = jobs / rate
    lab = queue(rate, work_of, workers)
    return [run(lab, seed, WARM_RATIO * to_s, to_s) for seed in range(1, seeds + 1)]


def _claim(
    name: str, runs: list[list[Ended]], figure: Callable[[list[float]], float], expected_s: float
) -> Claim:
    found = interval([figure([end.seconds for end in ends]) for ends in runs])
    return Claim(GROUP, name, found.mean * 1e3, expected_s * 1e3, found.half * 1e3, "ms",
                 why=f"closed form; {CI} of {len(runs)} seeds")  # fmt: skip


def _mean_s(times: list[float]) -> float:
    return fmean(times)


def _quantile(q: float) -> Callable[[list[float]], float]:
    return lambda times: sorted(times)[int(q * len(times))]
