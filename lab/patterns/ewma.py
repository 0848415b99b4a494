"""Peak EWMA: how long an instance takes, remembering a bad moment and forgetting it with time.

After Finagle's load balancer. A time above the present cost is taken over at once (the peak); below
it the cost decays towards what comes, and towards nothing while nothing comes, by the time that has
passed and not by the number of calls, so that an instance that was slow is tried again.
"""

from math import exp

MEMORY_S = 5.0
"""Finagle: 10 s. Shorter for teaching: after so long a third of a bad moment is left."""


class PeakEwma:
    """The cost of one instance, in seconds."""

    __slots__ = ("_at_s", "_cost_s")

    def __init__(self) -> None:
        self._cost_s = 0.0
        self._at_s = 0.0

    def learn(self, seconds: float, now_s: float) -> None:
        """Take how long an attempt took."""
        weight = self._left(now_s)
        self._cost_s = max(seconds, self._cost_s * weight + seconds * (1.0 - weight))
        self._at_s = now_s

    def cost_s(self, now_s: float) -> float:
        """Return what is left of the cost now."""
        return self._cost_s * self._left(now_s)

    def _left(self, now_s: float) -> float:
        """Return the weight of the past, to nine digits, so that it is the same on any machine."""
        return round(exp(-max(0.0, now_s - self._at_s) / MEMORY_S), 9)
