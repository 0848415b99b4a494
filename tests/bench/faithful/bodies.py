"""One lab in both bodies: what a stretch of it looked like, live and in virtual time."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import msgspec

from lab.cluster import Cluster, Costs, Play, Scenario, Spawner
from lab.telemetry.histogram import BOUNDS_S, GROWTH
from lab.telemetry.outcome import OUTCOMES

Plain = dict[str, Any]

MOMENT_S = 0.03
"""Events closer than this are of one moment: the kernel's word and ours race each other."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A scenario with the commands that are given, and the stretch that is looked at.

    Times count from when the users come, for a live lab takes longer to start.
    """

    name: str
    scenario: Scenario
    seed: int
    from_t: float
    to_t: float
    commands: tuple[tuple[float, Plain], ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """Rates per second, quantiles of the users' times, and each subject's kinds of events."""

    offered_per_s: float
    outcomes_per_s: tuple[float, ...]
    median_s: float
    p95_s: float
    order: Mapping[str, tuple[str, ...]]

    @property
    def good_per_s(self) -> float:
        """Answered, in full or in part."""
        return self.outcomes_per_s[0] + self.outcomes_per_s[1]

    @property
    def bad_per_s(self) -> float:
        """Everything else."""
        return sum(self.outcomes_per_s[2:])


class _Counts:
    """What the users' totals were at one moment."""

    def __init__(self, lab: Cluster) -> None:
        self.offered = lab.totals.offered
        self.outcomes = list(lab.totals.users.outcomes)
        self.times = dict(lab.totals.users.times)


async def live(stretch: Stretch, spawner: Spawner) -> Seen:
    """Run it with real processes."""
    lab = Cluster(stretch.scenario, spawner, seed=stretch.seed)
    events: list[Plain] = []
    lab.listen(lambda kind, body: _keep(events, kind, body))
    await lab.start()
    began_t = lab.journal.t()
    try:
        async with asyncio.TaskGroup() as group:
            for t, fields in stretch.commands:
                group.create_task(_command_at(lab, began_t + t, fields))
            await _until(lab, began_t + stretch.from_t)
            before = _Counts(lab)
            await _until(lab, began_t + stretch.to_t)
            after = _Counts(lab)
    finally:
        told = list(events)
        await lab.stop()
    return _seen(stretch, before, after, told)


def virtual(stretch: Stretch, costs: Costs) -> Seen:
    """Play it in virtual time."""
    play = Play(stretch.scenario, seed=stretch.seed, costs=costs)
    events: list[Plain] = []
    play.lab.listen(lambda kind, body: _keep(events, kind, body))
    play.begin()
    began_t = play.t
    acts: list[tuple[float, Callable[[], object]]] = [
        (t, partial(play.give, fields)) for t, fields in stretch.commands
    ]
    counts: list[_Counts] = []
    acts += [(t, lambda: counts.append(_Counts(play.lab))) for t in (stretch.from_t, stretch.to_t)]
    try:
        for t, act in sorted(acts, key=lambda timed: timed[0]):
            play.run_until(began_t + t)
            act()
        before, after = counts
        return _seen(stretch, before, after, list(events))
    finally:
        play.close()


def middle(seen: Sequence[Seen]) -> Seen:
    """Return the medians of several repetitions; the order is that of the first."""
    first = seen[0]
    outcomes = zip(*(each.outcomes_per_s for each in seen), strict=True)
    return replace(
        first,
        offered_per_s=_median([each.offered_per_s for each in seen]),
        outcomes_per_s=tuple(_median(list(column)) for column in outcomes),
        median_s=_median([each.median_s for each in seen]),
        p95_s=_median([each.p95_s for each in seen]),
    )


def quantile_s(times: Mapping[int, int], q: float) -> float:
    """Return a quantile of a histogram, between the bounds of its bucket (by logarithm)."""
    rank = q * sum(times.values())
    for index in sorted(times):
        if rank <= times[index]:
            return BOUNDS_S[index] * float(GROWTH ** (rank / times[index] - 1.0))
        rank -= times[index]
    return 0.0


def _seen(stretch: Stretch, before: _Counts, after: _Counts, events: list[Plain]) -> Seen:
    seconds = stretch.to_t - stretch.from_t
    times = {b: n - before.times.get(b, 0) for b, n in after.times.items()}
    return Seen(
        offered_per_s=(after.offered - before.offered) / seconds,
        outcomes_per_s=tuple(
            (after.outcomes[i] - before.outcomes[i]) / seconds for i in range(len(OUTCOMES))
        ),
        median_s=quantile_s(times, 0.5),
        p95_s=quantile_s(times, 0.95),
        order=_order(events),
    )


def _order(events: list[Plain]) -> dict[str, tuple[str, ...]]:
    """Return the kinds of each subject's events; those of one moment are sorted, being a tie."""
    moments: dict[str, list[list[str]]] = {}
    last_t: dict[str, float] = {}
    for event in events:
        subject, t = event["subject"], event["t"]
        if subject not in last_t or t - last_t[subject] > MOMENT_S:
            moments.setdefault(subject, []).append([])
        moments[subject][-1].append(event["kind"])
        last_t[subject] = t
    return {
        subject: tuple(kind for moment in grouped for kind in sorted(moment))
        for subject, grouped in moments.items()
    }


def _keep(events: list[Plain], kind: str, body: bytes) -> None:
    if kind == "event":
        events.append(msgspec.json.decode(body))


async def _command_at(lab: Cluster, t: float, fields: Plain) -> None:
    await _until(lab, t)
    await lab.command(fields)


async def _until(lab: Cluster, t: float) -> None:
    await asyncio.sleep(max(0.0, t - lab.journal.t()))


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
