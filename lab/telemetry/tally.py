"""Counts by outcome with their durations: what a tick carries for each link, route and so on."""

from bisect import bisect_left

import msgspec

from lab.telemetry.histogram import BOUNDS_S, merge_counts
from lab.telemetry.outcome import OUTCOMES


def no_outcomes() -> list[int]:
    """Return seven zeros."""
    return [0] * len(OUTCOMES)


class Tally(msgspec.Struct, array_like=True, gc=False):
    """Seven counts in the order of OUTCOMES, and the durations of all of them by bucket."""

    outcomes: list[int] = msgspec.field(default_factory=no_outcomes)
    times: dict[int, int] = msgspec.field(default_factory=dict)

    def add(self, place: int, seconds: float) -> None:
        """Count one end; ``place`` is its outcome's place in OUTCOMES."""
        self.outcomes[place] += 1
        times, bucket = self.times, bisect_left(BOUNDS_S, seconds)
        times[bucket] = times.get(bucket, 0) + 1

    def merge(self, other: "Tally") -> None:
        """Add the counts of another tally."""
        self.outcomes = [a + b for a, b in zip(self.outcomes, other.outcomes, strict=True)]
        merge_counts(self.times, other.times)


class CallTally(Tally, array_like=True, gc=False):
    """Calls over a dependency, and how many attempts they made together (0 when none was sent)."""

    attempts: int = 0

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally of calls."""
        super().merge(other)
        if isinstance(other, CallTally):
            self.attempts += other.attempts
