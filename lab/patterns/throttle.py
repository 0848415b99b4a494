"""Client throttle: stop asking a callee that mostly refuses, before it drowns in refusing.

    open ──it refuses more than it accepts──▶ throttling ──it accepts again──▶ open

After *Site Reliability Engineering*, chapter 21 (client-side throttling). Over a window each caller
counts its ``requests``, those that it refused itself included, from their start, and the
``accepts`` of the callee. A new one is refused here with the probability

    p = max(0, (requests - K * accepts) / (requests + 1))

so at most about ``K`` times what the callee takes is sent to it, and some always get through, by
which the caller learns that it has recovered.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from lab.patterns.parameters import parameter

SLICES = 20


@dataclass(frozen=True, slots=True)
class ThrottleSettings:
    """How eager a caller is, and how long it remembers."""

    k: float = parameter(
        2.0,
        unit="times",
        minimum=1.0,
        maximum=10.0,
        help="How many times what the callee accepts is sent to it at most. Less is kinder to the "
        "callee, more notices sooner that it has recovered.",
        reference="SRE book 2",
    )
    window_s: float = parameter(
        10.0,
        unit="s",
        minimum=1.0,
        maximum=300.0,
        help="How long requests and accepts are remembered. Longer than the longest call.",
        reference="SRE book two minutes",
    )


@dataclass(slots=True)
class _Slice:
    from_s: float
    requests: int = 0
    accepts: int = 0


class Throttle:
    """Decides at the start of each call. Memory is bounded: sums in slices of the window."""

    def __init__(self, settings: ThrottleSettings) -> None:
        self._settings = settings
        self._slices: deque[_Slice] = deque()
        self._requests = self._accepts = 0
        self._sent = self._refused = 0

    def retune(self, settings: ThrottleSettings) -> None:
        """Throttle by other settings from now on; what is remembered stays."""
        self._settings = settings

    def refuses(self, now_s: float, chance: Callable[[], float]) -> str:
        """Count a call; return why it is refused here, empty if it may be sent."""
        newest = self._slice(now_s)
        probability = self._probability()
        newest.requests += 1
        self._requests += 1
        if probability > 0.0 and chance() < probability:
            self._refused += 1
            return (
                f"refused with a chance of {probability:.0%}: the callee accepted "
                f"{self._accepts} of {self._requests}"
            )
        self._sent += 1
        return ""

    def accepted(self, now_s: float) -> None:
        """Count a call that the callee did not turn away, whatever else came of it."""
        self._slice(now_s).accepts += 1
        self._accepts += 1

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return the state, its reason, the window's sums and the counts, as plain data."""
        self._forget(now_s)
        probability = self._probability()
        sums = f"{self._accepts} of {self._requests} accepted in {self._settings.window_s:g} s"
        return {
            "state": "throttling" if probability > 0.0 else "open",
            "reason": sums,
            "refusal_ratio": round(probability, 4),
            "requests": self._requests,
            "accepts": self._accepts,
            "counts": {"sent": self._sent, "refused": self._refused},
        }

    def _probability(self) -> float:
        surplus = self._requests - self._settings.k * self._accepts
        return surplus / (self._requests + 1) if surplus > 0.0 else 0.0

    def _slice(self, now_s: float) -> _Slice:
        """Return the slice of this time, without what has become too old."""
        self._forget(now_s)
        slices = self._slices
        if not slices or now_s >= slices[-1].from_s + self._settings.window_s / SLICES:
            slices.append(_Slice(now_s))
        return slices[-1]

    def _forget(self, now_s: float) -> None:
        slices, oldest_s = self._slices, now_s - self._settings.window_s
        while slices and slices[0].from_s <= oldest_s:
            gone = slices.popleft()
            self._requests -= gone.requests
            self._accepts -= gone.accepts
