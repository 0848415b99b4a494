"""Retry: try again, if that is safe, soon enough, and not for ever.

    trying ──good answer──▶ done
     │  ▲ └──a rule says stop──▶ gave_up
     ▼  │ the wait is over
    waiting

After resilience4j's Retry (attempts include the first) and gRPC's proposal A6 (what is safe, and
the budget that all calls share: see retry_budget).
A request may be repeated if it is idempotent, or if it *certainly* was not executed (definite).
A timeout is indefinite: the work may have been done, so a payment is not tried again after it.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from lab.patterns.backoff import wait_s
from lab.patterns.retry_budget import RetryBudget, budget_of
from lab.patterns.retry_settings import RETRYABLE, RetrySettings

__all__ = ["Retry", "RetryDecision", "RetrySettings"]


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """Try again after ``wait_s`` seconds, or not at all (None), and why."""

    wait_s: float | None
    reason: str


DONE: Final = RetryDecision(None, "answered")

RECENT = 12
RECENT_S = 3.0
"""So many waits are told of, and so long after they began: enough to see how they are spread."""


@dataclass(slots=True)
class RetryCounts:
    """How many calls ended how, by resilience4j's four kinds, and how many retries they made."""

    ok_at_once: int = 0
    ok_after_retry: int = 0
    gave_up_at_once: int = 0
    gave_up_after_retry: int = 0
    retries: int = 0
    over_budget: int = 0

    def plain(self) -> dict[str, int]:
        """Return the counts by name; ``asdict`` takes twenty times as long."""
        return {name: getattr(self, name) for name in self.__slots__}


class Retry:
    """Decides after each attempt whether there is another. All of a call's memory is its caller's.

    ``snapshot()["state"]`` is where the call that was heard of last is in the diagram above.
    """

    def __init__(self, settings: RetrySettings) -> None:
        self.counts = RetryCounts()
        self._settings = settings
        self.budget = budget_of(settings)
        self._waits: deque[tuple[float, float, int]] = deque(maxlen=RECENT)
        self._state = "trying"
        self._reason = "no call has ended yet"

    def retune(self, settings: RetrySettings) -> None:
        """Decide by other settings from now on; counts stay, a changed budget is new."""
        if _of_budget(settings) != _of_budget(self._settings):
            self.budget = budget_of(settings)
        self._settings = settings

    def began(self, now_s: float) -> RetryBudget | None:
        """Return the budget that this call shares with the others; tell it when the call ends."""
        if self.budget is not None:
            self.budget.began(now_s)
        return self.budget

    def decide(  # noqa: PLR0913 - each is one fact that the decision rests on
        self,
        *,
        attempt: int,
        outcome: str,
        definite: bool,
        idempotent: bool,
        remaining_s: float | None,
        retry_after_s: float | None,
        previous_wait_s: float,
        chance: Callable[[], float],
        budget: RetryBudget | None = None,
        now_s: float = 0.0,
    ) -> RetryDecision:
        """Say what follows attempt number ``attempt`` (1 is the first).

        ``remaining_s`` is the time to the deadline, ``retry_after_s`` the wait that the callee
        asked for; each None if there is none. ``budget`` is what ``began`` returned; a retry that
        is granted has been taken from it, so give it back when the attempt has ended.
        """
        if outcome in ("ok", "degraded"):
            self.succeeded(attempt, budget)
            return DONE
        if budget is not None and outcome in self._settings.on:
            budget.failed()
        reason = self._stops(attempt, outcome, safe=definite or idempotent)
        if reason:
            return self._give_up(attempt, reason)
        wait = self._wait_s(attempt, retry_after_s, previous_wait_s, chance)
        if remaining_s is not None and wait >= remaining_s:
            left_s = max(0.0, remaining_s)
            reason = f"a wait of {wait:.2f} s would pass the deadline ({left_s:.2f} s left)"
            return self._give_up(attempt, reason)
        refused = "" if budget is None else budget.take(now_s)
        if refused:
            self.counts.over_budget += 1
            return self._give_up(attempt, refused)
        self.counts.retries += 1
        self._waits.append((now_s, wait, attempt))
        self._state = "waiting"
        asked = "" if retry_after_s is None else f", the callee asked for {retry_after_s:g} s"
        tried = f"attempt {attempt} of {self._settings.attempts} {_spoken(outcome)}"
        self._reason = f"{tried}: again in {wait:.2f} s{asked}"
        return RetryDecision(wait, self._reason)

    def succeeded(self, attempts: int, budget: RetryBudget | None = None) -> None:
        """Count a call that was answered at attempt number ``attempts``."""
        if budget is not None:
            budget.succeeded()
        self._state = "done"
        self._reason = "answered"
        if attempts == 1:
            self.counts.ok_at_once += 1
        else:
            self.counts.ok_after_retry += 1

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return the state, its reason, the counts and the budget, as plain data.

        ``waits`` are the latest of all calls: how long ago each began, how long it is, and after
        which attempt.
        """
        budget = None if self.budget is None else self.budget.snapshot(now_s)
        return {
            "state": self._state,
            "reason": self._reason,
            "counts": self.counts.plain(),
            "budget": budget,
            "waits": [
                [round(now_s - at_s, 3), round(wait_s, 3), attempt]
                for at_s, wait_s, attempt in self._waits
                if now_s - at_s < RECENT_S
            ],
        }

    def _stops(self, attempt: int, outcome: str, *, safe: bool) -> str:
        """Return why there is no other attempt, whatever the time left; empty if there may be."""
        settings = self._settings
        if outcome not in RETRYABLE:
            return f"{outcome} is never retried"
        if outcome not in settings.on:
            return f"{outcome} is not among what is retried"
        if attempt >= settings.attempts:
            return f"{attempt} of {settings.attempts} attempts used"
        if settings.only_safe and not safe:
            return f"not safe to repeat: {_spoken(outcome)} and not idempotent"
        return ""

    def _wait_s(
        self,
        attempt: int,
        retry_after_s: float | None,
        previous_wait_s: float,
        chance: Callable[[], float],
    ) -> float:
        """Return the backoff, or what the callee asked for if that is longer; at most the cap."""
        wait = wait_s(self._settings, attempt, previous_wait_s, chance)
        if retry_after_s is None:
            return wait
        return min(self._settings.cap_s, max(wait, retry_after_s))

    def _give_up(self, attempt: int, reason: str) -> RetryDecision:
        if attempt == 1:
            self.counts.gave_up_at_once += 1
        else:
            self.counts.gave_up_after_retry += 1
        self._state = "gave_up"
        self._reason = reason
        return RetryDecision(None, reason)


def _spoken(outcome: str) -> str:
    return outcome.replace("_", " ")


def _of_budget(settings: RetrySettings) -> list[object]:
    return [value for name, value in asdict(settings).items() if name.startswith("budget")]
