"""Retry budget: only so many retries for all calls of a dependency together.

Without one, retries multiply the load just when the callee can take it least. Three kinds:

tokens      gRPC's proposal A6. A bucket of ``budget_tokens``; each failed attempt takes one token,
            each success gives back ``budget_ratio`` of one. Retries only while more than half of
            the bucket is left. When everything fails they stop altogether.
deposits    Finagle's RetryBudget. Each call deposits ``budget_ratio`` of a retry, each second
            ``budget_min_per_s`` of them, good for ``budget_life_s`` seconds; a retry takes one.
concurrent  Envoy's retry_budget. Retries under way, those that wait in backoff included, may be at
            most ``budget_ratio`` of the calls under way, but always ``budget_min_retries``.

Tokens are whole thousandths, so that a million of them add up to what they should.
"""

from collections import deque
from typing import Protocol

from lab.patterns.retry_settings import RetrySettings

THOUSANDTHS = 1000
SLICES = 10


class RetryBudget(Protocol):
    """What all calls of one dependency share. ``take`` is one step: what it grants is spent."""

    def began(self, now_s: float) -> None:
        """A call begins; its first attempt is never charged."""

    def ended(self) -> None:
        """A call has ended, with whatever it had taken."""

    def succeeded(self) -> None:
        """An attempt was good."""

    def failed(self) -> None:
        """An attempt failed in a way that may be retried, whether or not it will be."""

    def take(self, now_s: float) -> str:
        """Take a retry; return why there is none, empty if there is."""

    def give_back(self) -> None:
        """The attempt of a retry that was taken has ended."""

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return kind, ``left`` and ``full`` (of what ``unit`` says), and the refusals."""


class Tokens:
    """gRPC A6: a bucket that failures empty and successes fill."""

    def __init__(self, settings: RetrySettings) -> None:
        self._full = settings.budget_tokens * THOUSANDTHS
        self._gain = round(settings.budget_ratio * THOUSANDTHS)
        self._left = self._full
        self._refused = 0

    def began(self, now_s: float) -> None:
        """Calls alone earn nothing."""

    def ended(self) -> None:
        """Nothing is held."""

    def succeeded(self) -> None:
        """Earn ``budget_ratio`` of a token."""
        self._left = min(self._full, self._left + self._gain)

    def failed(self) -> None:
        """Lose a token."""
        self._left = max(0, self._left - THOUSANDTHS)

    def take(self, now_s: float) -> str:
        """Grant a retry while more than half of the bucket is left; the failure has paid for it."""
        if 2 * self._left > self._full:
            return ""
        self._refused += 1
        left, full = self._left / THOUSANDTHS, self._full // THOUSANDTHS
        return f"the retry budget is low: {left:g} of {full} tokens, more than half are needed"

    def give_back(self) -> None:
        """Tokens come back by successes only."""

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return the level of the bucket."""
        left, full = self._left / THOUSANDTHS, self._full / THOUSANDTHS
        return {
            "kind": "tokens", "left": left, "full": full, "floor": full / 2, "unit": "tokens",
            "refused": self._refused,
        }  # fmt: skip


class Deposits:
    """Finagle: each call deposits a share of a retry, which is good for a while.

    Deposits are summed in ``SLICES`` slices of their life, so that memory does not grow with the
    rate; a retry takes from the oldest.
    """

    def __init__(self, settings: RetrySettings) -> None:
        self._gain = round(settings.budget_ratio * THOUSANDTHS)
        self._always = round(settings.budget_min_per_s * settings.budget_life_s * THOUSANDTHS)
        self._life_s = settings.budget_life_s
        self._slices: deque[list[float]] = deque()
        self._always_taken: deque[list[float]] = deque()
        self._refused = 0

    def began(self, now_s: float) -> None:
        """Deposit a share of a retry."""
        self._forget(now_s)
        _add(self._slices, now_s, self._gain, self._life_s / SLICES)

    def ended(self) -> None:
        """Nothing is held."""

    def succeeded(self) -> None:
        """Only calls deposit."""

    def failed(self) -> None:
        """Only retries take."""

    def take(self, now_s: float) -> str:
        """Take a whole retry: from the deposits first, else from what each second grants."""
        self._forget(now_s)
        if _sum(self._slices) >= THOUSANDTHS:
            _draw(self._slices, THOUSANDTHS)
            return ""
        if self._always - _sum(self._always_taken) >= THOUSANDTHS:
            _add(self._always_taken, now_s, THOUSANDTHS, self._life_s / SLICES)
            return ""
        self._refused += 1
        return f"the retry budget is spent: {self._left() / THOUSANDTHS:.1f} retries deposited"

    def give_back(self) -> None:
        """What was taken is spent."""

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return how many retries could be made at once."""
        self._forget(now_s)
        return {
            "kind": "deposits", "left": self._left() / THOUSANDTHS, "full": None, "floor": 1.0,
            "unit": "retries", "refused": self._refused,
        }  # fmt: skip

    def _left(self) -> float:
        return _sum(self._slices) + self._always - _sum(self._always_taken)

    def _forget(self, now_s: float) -> None:
        for slices in (self._slices, self._always_taken):
            while slices and slices[0][0] <= now_s - self._life_s:
                slices.popleft()


class Concurrent:
    """Envoy: retries under way are a share of the calls under way."""

    def __init__(self, settings: RetrySettings) -> None:
        self._ratio = round(settings.budget_ratio * THOUSANDTHS)
        self._least = settings.budget_min_retries
        self._calls = 0
        self._retries = 0
        self._refused = 0

    def began(self, now_s: float) -> None:
        """Count a call under way."""
        self._calls += 1

    def ended(self) -> None:
        """Count it no more."""
        self._calls = max(0, self._calls - 1)

    def succeeded(self) -> None:
        """Only what is under way counts."""

    def failed(self) -> None:
        """Only what is under way counts."""

    def take(self, now_s: float) -> str:
        """Take a retry, from now on: it counts while it waits in backoff too."""
        if self._retries < self._most():
            self._retries += 1
            return ""
        self._refused += 1
        return f"the retry budget is spent: {self._retries} retries for {self._calls} calls"

    def give_back(self) -> None:
        """The retry has ended, or was never made."""
        self._retries = max(0, self._retries - 1)

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return how many more retries could be under way."""
        most = self._most()
        return {
            "kind": "concurrent", "left": max(0, most - self._retries), "full": most, "floor": 1,
            "unit": "retries", "refused": self._refused,
        }  # fmt: skip

    def _most(self) -> int:
        return max(self._least, self._calls * self._ratio // THOUSANDTHS)


def budget_of(settings: RetrySettings) -> RetryBudget | None:
    """Return a fresh budget as the settings say; None without one."""
    if not settings.budget_ratio:
        return None
    match settings.budget:
        case "tokens":
            return Tokens(settings)
        case "deposits":
            return Deposits(settings)
        case _:
            return Concurrent(settings)


def _add(slices: deque[list[float]], now_s: float, amount: int, width_s: float) -> None:
    if slices and now_s < slices[-1][0] + width_s:
        slices[-1][1] += amount
    else:
        slices.append([now_s, amount])


def _sum(slices: deque[list[float]]) -> float:
    return sum(amount for _, amount in slices)


def _draw(slices: deque[list[float]], amount: float) -> None:
    while amount > 0:
        part = min(amount, slices[0][1])
        slices[0][1] -= part
        amount -= part
        if not slices[0][1]:
            slices.popleft()
