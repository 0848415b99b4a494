"""What a circuit breaker remembers of its calls: the latest ones, or those of the latest seconds.

Both add a result in constant time and keep running sums, as resilience4j's sliding windows do::

    CountWindow   │ . │ x │ . │ X │ s │ . │        a ring: the newest result replaces the oldest
    TimeWindow    │ 4 │ 7 │ 0 │ 5 │ … │ 2 │        ten buckets: the newest replaces the oldest

Shares are divided, never multiplied or rounded: 3 / 10 is exactly the number that 0.3 stands for,
while 0.1 × 3 is not, and a share of 49.9 % is below 50 %.
"""

from math import inf

from lab.patterns.breaker_settings import BreakerSettings

FAILED, SLOW = 1, 2  # a mark is their sum
MARKS = ".xsX"  # ok, failed, slow, failed and slow

JUST_BEFORE = 1.0 - 1e-12
"""Looks for the next bucket a little early: a product may be rounded past where it begins."""


class CountWindow:
    """The latest ``size`` results."""

    def __init__(self, size: int) -> None:
        self.calls = self.failures = self.slow = 0
        self._size = size
        self._ring: list[int] = []
        self._oldest = 0

    def add(self, failed: bool, slow: bool, now_s: float) -> None:
        """Add a result; the oldest one goes if the window is full."""
        mark = FAILED * failed + SLOW * slow
        if self.calls < self._size:
            self._ring.append(mark)
            self.calls += 1
        else:
            gone = self._ring[self._oldest]
            self.failures -= gone & FAILED
            self.slow -= gone >> 1
            self._ring[self._oldest] = mark
            self._oldest = (self._oldest + 1) % self._size
        self.failures += failed
        self.slow += slow

    def age(self, now_s: float) -> None:
        """Forget what is too old: here nothing is, only what is pushed out."""

    def picture(self) -> str:
        """Return the results, oldest first, as MARKS."""
        oldest_first = self._ring[self._oldest :] + self._ring[: self._oldest]
        return "".join(MARKS[mark] for mark in oldest_first)

    def opens_in(self, needed_calls: int, failure_ratio: float) -> int | None:
        """Return how many more failures in a row reach both bounds, as old results go."""
        calls, failures = self.calls, self.failures
        leaving = iter(self._ring[self._oldest :] + self._ring[: self._oldest])
        for more in range(1, self._size):
            failures += 1
            if calls < self._size:
                calls += 1
            else:
                failures -= next(leaving) & FAILED
            if calls >= needed_calls and failures / calls >= failure_ratio:
                return more
        return self._size  # nothing but failures


class TimeWindow:
    """The results of the latest ``length_s`` seconds, in steps of a tenth of it."""

    BUCKETS = 10

    def __init__(self, length_s: float) -> None:
        self.calls = self.failures = self.slow = 0
        self._bucket_s = length_s / self.BUCKETS
        self._buckets = [[0, 0, 0] for _ in range(self.BUCKETS)]
        self._newest = 0
        self._bucket = self._buckets[0]
        self._next_s = -inf  # when the next bucket begins

    def add(self, failed: bool, slow: bool, now_s: float) -> None:
        """Add a result to the newest bucket."""
        if now_s >= self._next_s:
            self.age(now_s)
        bucket = self._bucket
        bucket[0] += 1
        self.calls += 1
        if failed:
            bucket[1] += 1
            self.failures += 1
        if slow:
            bucket[2] += 1
            self.slow += 1

    def age(self, now_s: float) -> None:
        """Clear *every* bucket that has become too old, not only the next one after a long gap."""
        number = int(now_s // self._bucket_s)
        for stale in range(max(self._newest, number - self.BUCKETS) + 1, number + 1):
            bucket = self._buckets[stale % self.BUCKETS]
            self.calls -= bucket[0]
            self.failures -= bucket[1]
            self.slow -= bucket[2]
            bucket[:] = (0, 0, 0)
        if number >= self._newest:
            self._newest, self._bucket = number, self._buckets[number % self.BUCKETS]
            self._next_s = (number + 1) * self._bucket_s * JUST_BEFORE

    def picture(self) -> list[list[int]]:
        """Return ``[ok, failed, slow]`` of each bucket, oldest first."""
        numbers = range(self._newest + 1 - self.BUCKETS, self._newest + 1)
        buckets = [self._buckets[number % self.BUCKETS] for number in numbers]
        return [[calls - failed, failed, slow] for calls, failed, slow in buckets]

    def opens_in(self, needed_calls: int, failure_ratio: float) -> int | None:
        """Return how many more failures in a row reach both bounds, if they come at once.

        None: no number does, since all must fail, and one that did not is still in the window.
        """
        more = max(1, needed_calls - self.calls)
        if failure_ratio < 1.0:
            missing = failure_ratio * self.calls - self.failures
            more = max(more, int(missing / (1.0 - failure_ratio)))
        elif self.failures < self.calls:
            return None
        while (self.failures + more) / (self.calls + more) < failure_ratio:
            more += 1  # at most once or twice: floats round
        return more


Window = CountWindow | TimeWindow


def empty_window(settings: BreakerSettings) -> Window:
    """Return a window of the kind and size that the settings ask for."""
    if settings.window == "count":
        return CountWindow(settings.window_calls)
    return TimeWindow(settings.window_s)
