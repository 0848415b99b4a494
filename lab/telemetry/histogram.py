"""Durations counted in logarithmic buckets: mergeable, small, and exact to a few per cent.

Bucket ``i`` holds ``BOUNDS_S[i - 1] < seconds <= BOUNDS_S[i]``; each bound is 1.1 times the one
before. Bucket 0 holds everything up to 0.1 ms, the last one everything beyond an hour. A value is
read back as the geometric middle of its bucket, so it is at most ``sqrt(1.1) - 1 = 4.9 %`` off
between 0.1 ms and an hour (the idea of DDSketch, Masson et al. 2019, https://arxiv.org/abs/1908.10693).

Finding the bucket by bisection takes half the time of taking a logarithm (measured in
``tests/telemetry/test_speed.py``).
"""

from bisect import bisect_left
from collections.abc import Mapping
from math import ceil

GROWTH = 1.1
FIRST_BOUND_S = 1e-4
BUCKETS = 184

BOUNDS_S: tuple[float, ...] = tuple(FIRST_BOUND_S * GROWTH**i for i in range(BUCKETS))

MIDDLES_S: tuple[float, ...] = (
    FIRST_BOUND_S,
    *(bound_s / GROWTH**0.5 for bound_s in BOUNDS_S[1:]),
    BOUNDS_S[-1],
)


def bucket(seconds: float) -> int:
    """Return the bucket of a duration; negative ones (clocks of two processes) fall into 0."""
    return bisect_left(BOUNDS_S, seconds)


def percentile_s(counts: Mapping[int, int], q: float) -> float | None:
    """Return the ``q`` quantile (0 to 1, nearest rank) in seconds, None without counts."""
    total = sum(counts.values())
    if total == 0:
        return None
    beyond = total - max(1, ceil(q * total))
    for index in sorted(counts, reverse=True):  # from above: p99 is asked for most
        beyond -= counts[index]
        if beyond < 0:
            return MIDDLES_S[index]
    return None


def percentile_ms(counts: Mapping[int, int], q: float) -> float | None:
    """Return the ``q`` quantile in milliseconds, to a hundredth, for people to read."""
    seconds = percentile_s(counts, q)
    return None if seconds is None else round(seconds * 1000.0, 2)


def merge_counts(into: dict[int, int], counts: Mapping[int, int]) -> None:
    """Add bucket counts to others."""
    for index, count in counts.items():
        into[index] = into.get(index, 0) + count


class Histogram:
    """Counts by bucket, as a plain dict that travels as it is."""

    __slots__ = ("counts",)

    def __init__(self, counts: dict[int, int] | None = None) -> None:
        self.counts: dict[int, int] = {} if counts is None else counts

    def add(self, seconds: float) -> None:
        """Count one duration."""
        index = bisect_left(BOUNDS_S, seconds)
        counts = self.counts
        counts[index] = counts.get(index, 0) + 1

    def merge(self, other: "Histogram") -> None:
        """Add the counts of another histogram; the order of merging does not matter."""
        merge_counts(self.counts, other.counts)

    def percentile(self, q: float) -> float | None:
        """Return the ``q`` quantile (0 to 1) in seconds, None when empty."""
        return percentile_s(self.counts, q)

    @property
    def count(self) -> int:
        """How many durations were counted."""
        return sum(self.counts.values())
