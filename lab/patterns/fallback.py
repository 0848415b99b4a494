"""Fallback: when the dependency does not answer, give something less instead.

    standing_by ──a covered outcome──▶ covering
                ◀──an answer───────────

After Hystrix and Polly. What it gives is *degraded*, never ok: somebody should notice. It covers
the outcomes that it names and no others, and not writes: "your order is in" must not be invented.
``stale`` gives the last good answer to the same question, up to a bounded age: yesterday's price is
better than none, last week's stock is not.
"""

from collections import OrderedDict
from dataclasses import dataclass

from lab.patterns.parameters import parameter

MOST_KEYS = 1000
"""So many last good answers are remembered; the oldest goes."""

COVERABLE = ("failed", "timed_out", "refused", "shed", "short_circuited")


@dataclass(frozen=True, slots=True)
class FallbackSettings:
    """What is given instead, and after what."""

    kind: str = parameter(
        "static",
        choices=("static", "stale", "omit"),
        help="static gives a fixed answer prepared for this (the bestsellers); stale the last good "
        "one; omit leaves this part of the page out.",
        reference="Hystrix names both: stubbed, and fail silent",
    )
    max_age_s: float = parameter(
        60.0,
        unit="s",
        minimum=0.1,
        maximum=3600.0,
        help="For stale: an answer older than this is not given any more.",
        reference="Hystrix: as long as the cache keeps it",
    )
    on: tuple[str, ...] = parameter(
        COVERABLE,
        choices=COVERABLE,
        help="The outcomes that it covers. What is not named here reaches the caller as it is.",
        reference="Hystrix: every failure",
    )
    writes: bool = parameter(
        False,
        help="Cover writes too. Then an order that was lost looks like one that was taken.",
        reference="Polly leaves it to you",
    )


class Fallback:
    """Says whether it covers an outcome, and counts: a fallback is a load of its own."""

    def __init__(self, settings: FallbackSettings) -> None:
        self._settings = settings
        self._state = "standing_by"
        self._reason = "nothing has failed yet"
        self._covered: dict[str, int] = dict.fromkeys(COVERABLE, 0)
        self._good_at_s: OrderedDict[str, float] = OrderedDict()
        self._not_covered = 0

    def retune(self, settings: FallbackSettings) -> None:
        """Cover by other settings from now on; the counts stay."""
        self._settings = settings

    def covers(self, outcome: str, is_write: bool, key: str, now_s: float) -> str | None:
        """Return the reason why this outcome gets the fallback; None if it does not.

        ``key`` is what was asked for. Tell it of the good outcomes too, so that its state is true
        again after a failure, and that it knows how old the last good answer is.
        """
        if outcome in ("ok", "degraded"):
            self._state, self._reason = "standing_by", "the dependency answers"
            self._remember(key, outcome, now_s)
            return None
        settings = self._settings
        if outcome not in settings.on:
            self._leave(f"{outcome} is not covered")
            return None
        if is_write and not settings.writes:
            self._leave("a write is not covered: nobody may pretend that it was done")
            return None
        what = self._what(key, now_s)
        if not what:
            return None
        self._state, self._reason = "covering", f"{what} because the call was {_spoken(outcome)}"
        self._covered[outcome] += 1
        return self._reason

    def snapshot(self) -> dict[str, object]:
        """Return the state, its reason and the counts, as plain data."""
        counts = {"covered": sum(self._covered.values()), "not_covered": self._not_covered}
        by_outcome = {outcome: n for outcome, n in self._covered.items() if n}
        return {
            "state": self._state,
            "reason": self._reason,
            "counts": counts,
            "covered": by_outcome,
        }

    def _what(self, key: str, now_s: float) -> str:
        """Return what is given, in words; empty if the last good answer is too old or unknown."""
        match self._settings.kind:
            case "static":
                return "a fixed answer"
            case "omit":
                return "left out"
            case _:
                return self._stale(key, now_s)

    def _stale(self, key: str, now_s: float) -> str:
        good_at_s = self._good_at_s.get(key)
        if good_at_s is None:
            self._leave(f"no good answer to {key} is remembered")
            return ""
        age_s, most_s = now_s - good_at_s, self._settings.max_age_s
        if age_s > most_s:
            self._leave(f"the last good answer is {age_s:.0f} s old, more than {most_s:g} s")
            return ""
        return f"an answer {age_s:.1f} s old"

    def _remember(self, key: str, outcome: str, now_s: float) -> None:
        if outcome == "ok":
            self._good_at_s[key] = now_s
            self._good_at_s.move_to_end(key)
            if len(self._good_at_s) > MOST_KEYS:
                self._good_at_s.popitem(last=False)

    def _leave(self, reason: str) -> None:
        self._state, self._reason = "standing_by", reason
        self._not_covered += 1


def _spoken(outcome: str) -> str:
    return outcome.replace("_", " ")
