"""Instances that fail and are repaired at exponential times, against the availability of k of n."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from lab.cluster import Scenario
from lab.cluster.runs.head import Given
from tests.bench.faithful import theory
from tests.bench.faithful.claim import CI, Claim, interval
from tests.bench.faithful.shops import lab_of, mix, service, work
from tests.bench.faithful.watched import good_ratio, watched
from tests.virtual.played import events

GROUP = "availability"
BEGIN_T = 1.0


class Outage(NamedTuple):
    """One instance is down for a while."""

    t: float
    instance: str
    seconds: float


def outages(n: int, up_s: float, down_s: float, to_t: float, seed: int) -> list[Outage]:
    """Draw when each instance fails, and how long its repair takes."""
    random = Random(f"{seed}/outages")
    found = []
    for i in range(1, n + 1):
        t = BEGIN_T + random.expovariate(1.0 / up_s)
        while t < to_t:
            seconds = max(0.001, random.expovariate(1.0 / down_s))
            found.append(Outage(t, f"node-{i}", seconds))
            t += seconds + random.expovariate(1.0 / up_s)
    return sorted(found)


def availability(n: int, up_ratio: float, seconds: float, seeds: int) -> list[Claim]:
    """One of n: users who try each. A majority of n: by the ups and downs that the lab tells."""
    down_s = 0.2
    up_s = down_s * up_ratio / (1.0 - up_ratio)
    users, majority, off = [], [], 0.0
    for seed in range(1, seeds + 1):
        plan = outages(n, up_s, down_s, seconds, seed)
        with watched(_nodes(n), seed, commands=_crashes(plan)) as (play, ends):
            play.run_until(seconds)
            told = _told(events(play, "process_exit"), events(play, "process_up"))
        users.append(good_ratio([end for end in ends if end.t > BEGIN_T]))
        majority.append(_up_ratio(told, n // 2 + 1, n, seconds))
        planned = [(o.t, -1) for o in plan] + [(o.t + o.seconds, 1) for o in plan]
        off = max(off, abs(majority[-1] - _up_ratio(sorted(planned), n // 2 + 1, n, seconds)))
    any_one, most = interval(users), interval(majority)
    name = f"up {up_ratio:.0%} of the time"
    why = f"closed form; {CI} of {seeds} seeds"
    return [
        Claim(GROUP, f"1 of {n}, each {name}: users served", any_one.mean * 100,
              theory.at_least(1, n, up_ratio) * 100, any_one.half * 100, "%", why=why),
        Claim(GROUP, f"majority of {n}, each {name}: share of time", most.mean * 100,
              theory.at_least(n // 2 + 1, n, up_ratio) * 100, most.half * 100, "%", why=why),
        Claim(GROUP, f"… and off what the commands ask for ({n})", off * 100, 0.0, 0.2, "%",
              why="times of events are told in ms"),
    ]  # fmt: skip


def _nodes(n: int) -> Scenario:
    nodes = service(
        {"/r": {"work": work("fixed", 0.0)}}, replicas=n,
        restart={"base_s": 0.0, "crash_limit": 100, "crash_window_s": 1.0},
    )  # fmt: skip
    retry = {"pattern": "retry", "attempts": 10, "backoff": "none"}
    users = {"rate_per_s": 50.0, "entry": "node", "mix": mix("/r"), "chain": [retry]}
    return lab_of({"node": nodes}, users)


def _crashes(plan: list[Outage]) -> list[Given]:
    return [
        Given(
            outage.t,
            {"command": "inject_fault", "kind": "crash", "target": outage.instance,
             "duration_s": outage.seconds},
        )
        for outage in plan
    ]  # fmt: skip


def _told(exits: list[dict[str, float]], ups: list[dict[str, float]]) -> list[tuple[float, int]]:
    changes = [(event["t"], -1) for event in exits] + [(event["t"], 1) for event in ups]
    return sorted(change for change in changes if change[0] > BEGIN_T / 2)


def _up_ratio(changes: list[tuple[float, int]], k: int, n: int, to_t: float) -> float:
    """Return the share of time in which at least ``k`` of ``n`` were up."""
    return sum(_spans(changes, k, n, to_t)) / (to_t - BEGIN_T)


def _spans(changes: list[tuple[float, int]], k: int, n: int, to_t: float) -> Iterator[float]:
    up, since_t = n, BEGIN_T
    for t, change in [*changes, (to_t, 0)]:
        if up >= k:
            yield min(t, to_t) - since_t
        up, since_t = up + change, min(t, to_t)
