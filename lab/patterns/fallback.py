"""Fallback: when the dependency does not answer, give something less instead.

    standing_by ──a covered outcome──▶ covering
                ◀──an answer───────────

After Hystrix and Polly. What it gives is *degraded*, never ok: somebody should notice. It covers
the outcomes that it names and no others, and not writes: "your order is in" must not be invented.
"""

from dataclasses import dataclass

from lab.patterns.parameters import parameter

COVERABLE = ("failed", "timed_out", "refused", "shed", "short_circuited")


@dataclass(frozen=True, slots=True)
class FallbackSettings:
    """What is given instead, and after what."""

    kind: str = parameter(
        "static",
        choices=("static", "omit"),
        help="static gives a fixed answer prepared for this (the bestsellers); omit leaves this "
        "part of the page out.",
        reference="Hystrix names both: stubbed, and fail silent",
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
        self._not_covered = 0

    def retune(self, settings: FallbackSettings) -> None:
        """Cover by other settings from now on; the counts stay."""
        self._settings = settings

    def covers(self, outcome: str, is_write: bool) -> str | None:
        """Return the reason why this outcome gets the fallback; None if it does not.

        Tell it of the good outcomes too, so that its state is true again after a failure.
        """
        if outcome in ("ok", "degraded"):
            self._state, self._reason = "standing_by", "the dependency answers"
            return None
        settings = self._settings
        if outcome not in settings.on:
            self._leave(f"{outcome} is not covered")
            return None
        if is_write and not settings.writes:
            self._leave("a write is not covered: nobody may pretend that it was done")
            return None
        what = "a fixed answer" if settings.kind == "static" else "left out"
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

    def _leave(self, reason: str) -> None:
        self._state, self._reason = "standing_by", reason
        self._not_covered += 1


def _spoken(outcome: str) -> str:
    return outcome.replace("_", " ")
