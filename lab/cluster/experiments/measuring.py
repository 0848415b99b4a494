"""Measures one trial while it runs: the counts of a window, then the record second by second."""

from lab.cluster.cluster import Cluster
from lab.cluster.experiments.counts import Counts
from lab.cluster.experiments.seconds import Seconds
from lab.cluster.experiments.trial import ATTEMPTS, CALLS, MEASURES, Order, Trial
from lab.cluster.runs.recording import Recording
from lab.telemetry.histogram import percentile_ms
from lab.telemetry.outcome import OUTCOMES

Numbers = dict[str, float | None]


class Measuring:
    """Of one lab. ``open`` the window after the warm-up; ``trial`` closes it."""

    def __init__(self, order: Order, lab: Cluster, recording: Recording) -> None:
        self._order = order
        self._lab = lab
        self._recording = recording
        self._opened: tuple[float, Counts] | None = None

    @property
    def is_open(self) -> bool:
        """Whether the window has begun."""
        return self._opened is not None

    def open(self, t: float) -> None:
        """Count from now on."""
        self._opened = t, Counts.of(self._lab.totals)

    def trial(self, t: float, *, digest: str = "", ended: str = "") -> Trial:
        """Return what came of it up to ``t``."""
        order = self._order
        seconds = Seconds.of(self._recording, t)
        marks = seconds.marks()
        numbers: Numbers = {measure.name: None for measure in MEASURES}
        if self._opened is not None:
            from_t, before = self._opened
            counts = Counts.of(self._lab.totals).since(before)
            numbers |= _of_users(counts, t - from_t) | self._of_calls(counts)
            numbers["breaker_openings"] = float(seconds.openings(from_t))
        if marks:
            numbers |= seconds.recovery(max(mark.from_t for mark in marks))
        curves = seconds.curves() if order.curves else None
        return Trial(order.number, order.cell, order.seed, numbers, marks, digest, ended, curves)

    def _of_calls(self, counts: Counts) -> Numbers:
        """Return how the layers multiply the calls, in the order of the scenario."""
        wanted, nothing = self._lab.crew.wanted, (0, 0)
        numbers: Numbers = {}
        for name in wanted.dependencies:
            calls, attempts = counts.calls.get(name, nothing)
            numbers[f"{ATTEMPTS}:{name}"] = _ratio(attempts, calls)
        for name in wanted.services:
            numbers[f"{CALLS}:{name}"] = _ratio(counts.received.get(name, 0), counts.offered)
        return numbers


def broken(order: Order, ended: str) -> Trial:
    """Return the trial of an order of which nothing is known but why it ended."""
    return Trial(
        order.number, order.cell, order.seed, {each.name: None for each in MEASURES}, [], "", ended
    )


def _of_users(counts: Counts, span_s: float) -> Numbers:
    ended = sum(counts.users.outcomes)
    good = sum(counts.users.outcomes[:2])
    numbers: Numbers = {
        "offered_per_s": _ratio(counts.offered, span_s),
        "success_ratio": _ratio(good, ended),
        "goodput_per_s": _ratio(good, span_s),
        "dropped_ratio": _ratio(counts.dropped, counts.offered),
    }
    for outcome, count in zip(OUTCOMES, counts.users.outcomes, strict=True):
        numbers[f"{outcome.value}_ratio"] = _ratio(count, ended)
    for name, q in (("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99)):
        numbers[name] = percentile_ms(counts.users.times, q)
    return numbers


def _ratio(part: float, of: float) -> float | None:
    return round(part / of, 6) if of else None
