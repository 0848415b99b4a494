"""CoDel: judge a queue by how long requests waited in it, not by how many there are.

    passing ──above the target for an interval──▶ dropping ──one below the target──▶ passing

RFC 8289. A request is judged when it *leaves* the queue. A short wait is a burst and does no harm;
only when every wait has been above ``target_s`` for a whole ``interval_s`` is one dropped, and then
the next after ``interval_s / sqrt(count)``, sooner and sooner, until the waits are short again. If
dropping begins again soon after it ended, it goes on with the pace it had.
"""

from dataclasses import dataclass
from math import sqrt

from lab.patterns.parameters import ParameterError, parameter


@dataclass(frozen=True, slots=True)
class CodelSettings:
    """Which wait is short, and how long to look on."""

    enabled: bool = parameter(
        False,
        help="Judge the queue by how long requests waited in it.",
        reference="Facebook on, most servers off",
    )
    target_s: float = parameter(
        0.05,
        unit="s",
        minimum=0.001,
        maximum=10.0,
        help="A wait in the queue that is short enough. One such wait ends the dropping.",
        reference="RFC 8289 5 ms, for packets; Facebook 5 ms for requests",
    )
    interval_s: float = parameter(
        0.5,
        unit="s",
        minimum=0.02,
        maximum=60.0,
        help="How long every wait must have been above the target before a request is dropped.",
        reference="RFC 8289 100 ms",
    )

    def __post_init__(self) -> None:
        if self.target_s >= self.interval_s:
            message = f"must be less than interval_s ({self.interval_s:g} s), not {self.target_s:g}"
            raise ParameterError("target_s", message, "RFC 8289: 5 to 10 % of the interval")


class Codel:
    """Judges each request as it leaves the queue. Five numbers of memory."""

    def __init__(self, settings: CodelSettings) -> None:
        self._settings = settings
        self._above_from_s: float | None = None
        self._dropping = False
        self._next_drop_s = 0.0
        self._count = self._last_count = 0
        self._passed = self._dropped = 0
        self._sojourn_s = self._above_for_s = 0.0

    def retune(self, settings: CodelSettings) -> None:
        """Judge by other settings from now on."""
        self._settings = settings

    def judge(self, sojourn_s: float, now_s: float, *, left: int) -> str:
        """Return why a request that waited ``sojourn_s`` is dropped; empty if it goes on.

        ``left`` is how many wait behind it: behind the last one there is no queue to shorten.
        """
        self._sojourn_s = sojourn_s
        may_drop = self._is_above(sojourn_s, now_s, left)
        above_from_s = now_s if self._above_from_s is None else self._above_from_s
        self._above_for_s = now_s - above_from_s
        if self._dropping and not may_drop:
            self._dropping = False
        if self._dropping and now_s >= self._next_drop_s:
            self._count += 1
            self._next_drop_s += self._pace_s()
            return self._drop(sojourn_s)
        if may_drop and not self._dropping:
            self._begin(now_s)
            return self._drop(sojourn_s)
        self._passed += 1
        return ""

    def snapshot(self) -> dict[str, object]:
        """Return the state, its reason, the latest wait and the pace, as plain data.

        ``above_for_s``: how long, as of the latest, every wait has been above the target.
        """
        target_s = self._settings.target_s
        above = self._sojourn_s >= target_s
        reason = f"the latest waited {self._sojourn_s:.3f} s, {'not ' * above}below {target_s:g} s"
        return {
            "state": "dropping" if self._dropping else "passing",
            "reason": reason,
            "sojourn_s": round(self._sojourn_s, 6),
            "target_s": target_s,
            "above_for_s": round(self._above_for_s, 3),
            "interval_s": self._settings.interval_s,
            "pace_s": round(self._pace_s(), 6) if self._dropping else None,
            "counts": {"passed": self._passed, "dropped": self._dropped},
        }

    def _is_above(self, sojourn_s: float, now_s: float, left: int) -> bool:
        """Say whether every wait of the last interval was too long."""
        if sojourn_s < self._settings.target_s or not left:
            self._above_from_s = None
            return False
        if self._above_from_s is None:
            self._above_from_s = now_s
        return now_s >= self._above_from_s + self._settings.interval_s

    def _begin(self, now_s: float) -> None:
        """Start to drop, at the old pace if it was stopped not long ago (RFC 8289, 5.5)."""
        self._dropping = True
        grown = self._count - self._last_count
        soon = now_s - self._next_drop_s < 16.0 * self._settings.interval_s
        self._count = grown if grown > 1 and soon else 1
        self._next_drop_s = now_s + self._pace_s()
        self._last_count = self._count

    def _pace_s(self) -> float:
        return self._settings.interval_s / sqrt(max(1, self._count))

    def _drop(self, sojourn_s: float) -> str:
        self._dropped += 1
        target_s, interval_s = self._settings.target_s, self._settings.interval_s
        return (
            f"CoDel: waited {sojourn_s:.3f} s, and no wait was below {target_s:g} s "
            f"for {interval_s:g} s"
        )
