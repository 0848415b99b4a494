"""Hedge: when an answer is late, ask a second instance, and take whichever is good first.

    waiting ──the delay has passed, or the attempt failed──▶ hedging ──a good answer──▶ done
       └───────────────a good answer in time────────────────────────────────────────────▶┘

After *The Tail at Scale* (Dean, Barroso 2013) and gRPC's proposal A6. The delay is fixed, or a
percentile of the recent answers, so that only the slowest few per cent are asked twice. An attempt
that fails does not wait for the delay: the next one starts at once. Only what is idempotent is
hedged, never past the deadline and never beyond the retry budget: a hedge is an early retry.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from lab.patterns.parameters import parameter

SAMPLES = 200
ENOUGH = 20
"""Below so many answers a percentile means little, and the fixed delay is used."""
LATER = 1.01
"""An answer that takes just as long as the percentile is not late."""


@dataclass(frozen=True, slots=True)
class HedgeSettings:
    """When another instance is asked, and how often."""

    delay: str = parameter(
        "percentile",
        choices=("fixed", "percentile"),
        help="What counts as late: a fixed time, or slower than most answers of late.",
        reference="The Tail at Scale: the 95th percentile; gRPC fixed",
    )
    delay_s: float = parameter(
        0.1,
        unit="s",
        minimum=0.001,
        maximum=10.0,
        help="How long to wait before the next instance is asked, if the delay is fixed, or as "
        "long as too few answers are known.",
        reference="gRPC as configured",
    )
    percentile_ratio: float = parameter(
        0.95,
        unit="ratio",
        minimum=0.5,
        maximum=0.999,
        help="The share of answers that come before the delay: 0.95 hedges about one in twenty.",
        reference="The Tail at Scale 0.95",
    )
    hedges: int = parameter(
        1,
        unit="hedges",
        minimum=1,
        maximum=4,
        help="How many further instances are asked at most.",
        reference="gRPC at most 4 (maxAttempts 5)",
    )


@dataclass(slots=True)
class HedgeCounts:
    """Calls by what came of them, and the hedges that were sent or could not be."""

    calls: int = 0
    hedges: int = 0
    won_by_hedge: int = 0
    over_budget: int = 0


class Hedge:
    """Knows how late is late, and who won. What it learns comes from first attempts only."""

    def __init__(self, settings: HedgeSettings) -> None:
        self.counts = HedgeCounts()
        self.settings = settings
        self._recent: deque[float] = deque()
        self._sorted: list[float] = []
        self._race: dict[str, object] | None = None
        self._state, self._reason = "waiting", "no call has come yet"
        self._winner, self._asked = 0, 1

    def retune(self, settings: HedgeSettings) -> None:
        """Hedge by other settings from now on; what was learnt stays."""
        self.settings = settings

    def delay_s(self) -> float:
        """Return how long to wait for an answer before the next instance is asked."""
        if self.settings.delay == "fixed" or len(self._sorted) < ENOUGH:
            return self.settings.delay_s
        place = int(self.settings.percentile_ratio * len(self._sorted))
        return self._sorted[min(place, len(self._sorted) - 1)] * LATER

    def may(self, asked: int, *, idempotent: bool, remaining_s: float | None) -> str:
        """Return why no further instance is asked after ``asked`` ones; empty if one is."""
        if not idempotent:
            return "not idempotent, so asked once"
        if asked > self.settings.hedges:
            return f"{asked} instances asked"
        if remaining_s is not None and remaining_s <= 0.0:
            return "no time left"
        return ""

    def learn(self, seconds: float) -> None:
        """Take how long the first attempt of a call took to its good answer."""
        if len(self._recent) == SAMPLES:
            del self._sorted[bisect_left(self._sorted, self._recent.popleft())]
        self._recent.append(seconds)
        insort(self._sorted, seconds)

    def began(self) -> None:
        """Count a call."""
        self.counts.calls += 1
        self._state = "waiting"

    def hedged(self, why: str) -> None:
        """Count a further instance that is asked."""
        self.counts.hedges += 1
        self._state, self._reason = "hedging", why

    def refused(self, why: str) -> None:
        """Count one that the budget did not grant."""
        self.counts.over_budget += 1
        self._reason = why

    def ended(self, winner: int, asked_s: Sequence[float], took_s: float) -> None:
        """Count who gave the answer: 0 is the first that was asked.

        ``asked_s`` says when each was asked, ``took_s`` when the answer came, both since the call
        began.
        """
        self._state, self._winner, self._asked = "done", winner, len(asked_s)
        if self._asked > 1:
            self._race = {
                "asked_s": [round(at_s, 6) for at_s in asked_s],
                "took_s": round(took_s, 6),
                "winner": winner,
            }
        self.counts.won_by_hedge += winner > 0

    def snapshot(self) -> dict[str, object]:
        """Return the state, its reason, the present delay, the latest race and the counts."""
        counts = self.counts
        return {
            "state": self._state,
            "reason": self._why(),
            "delay_s": round(self.delay_s(), 6),
            "learnt_from": len(self._sorted),
            "race": self._race,
            "counts": {
                "calls": counts.calls,
                "hedges": counts.hedges,
                "won_by_hedge": counts.won_by_hedge,
                "over_budget": counts.over_budget,
            },
        }

    def _why(self) -> str:
        """Return the reason of the state; most calls pass without anybody looking."""
        if self._state == "done":
            who = "the first" if self._winner == 0 else f"hedge {self._winner}"
            return f"{who} of {self._asked} asked gave the answer"
        if self._state == "waiting" and self.counts.calls:
            return f"another is asked after {self.delay_s():.3f} s"
        return self._reason
