"""No decision becomes dearer with the window, the rate or the callers; no memory grows with them.

Each pattern is used for a while at a low and at a high rate (or with few and with many), and then
decides once more under the eyes of a counter. Reading a clock would tell less: it is the steps that
must not grow. Where sorted samples are searched, the search is C's and takes no step of ours; how
many there are is bounded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lab.patterns.breaker import Breaker, BreakerSettings, Permit
from lab.patterns.bulkhead import Bulkhead, BulkheadSettings
from lab.patterns.cache import Cache, CacheSettings
from lab.patterns.detector import HISTORY, Detector, DetectorSettings
from lab.patterns.hedge import SAMPLES, Hedge, HedgeSettings
from lab.patterns.idempotency import Ledger, LedgerSettings
from lab.patterns.outlier import Outliers, OutlierSettings
from lab.patterns.rate_limit import RateLimit, RateLimitSettings
from lab.patterns.retry import Retry, RetrySettings
from lab.patterns.retry_budget import RetryBudget
from lab.patterns.throttle import Throttle, ThrottleSettings
from tests.patterns.effort import kept, steps

FEW, MANY = 300, 30_000
SECONDS = 60.0


@dataclass
class Used:
    """A pattern after some use, its next decision, and what it is."""

    pattern: object
    once: Callable[[float], object]


def breaker(window: str, **more: Any) -> Used:
    one = Breaker(BreakerSettings(window=window, window_s=30.0, failure_ratio=1.0, **more))
    calls = iter(range(10**9))

    def once(now_s: float) -> None:
        permit = one.acquire(now_s)
        assert isinstance(permit, Permit)
        one.record(permit, "failure" if next(calls) % 3 == 0 else "success", 0.1, now_s)

    return Used(one, once)


def retry(budget: str) -> Used:
    one = Retry(RetrySettings(budget_ratio=0.5, budget=budget, budget_life_s=30.0, backoff="fixed"))
    calls = iter(range(10**9))

    def once(now_s: float) -> None:
        shared = one.began(now_s)
        assert shared is not None
        if next(calls) % 10 == 0:
            again(shared, now_s)
        one.succeeded(2, shared)
        shared.ended()

    def again(shared: RetryBudget, now_s: float) -> None:
        decision = one.decide(
            attempt=1, outcome="failed", definite=False, idempotent=True, remaining_s=None,
            retry_after_s=None, previous_wait_s=0.0, chance=lambda: 0.5, budget=shared, now_s=now_s,
        )  # fmt: skip
        if decision.wait_s is not None:
            shared.give_back()

    return Used(one, once)


def throttle() -> Used:
    one = Throttle(ThrottleSettings(window_s=30.0))

    def once(now_s: float) -> None:
        if not one.refuses(now_s, lambda: 1.0):
            one.accepted(now_s)

    return Used(one, once)


def outliers() -> Used:
    one, places = Outliers(OutlierSettings(interval_s=60.0)), iter(range(10**9))
    for place in range(10):
        one.join(f"back-{place}")

    def once(now_s: float) -> None:
        one.record(f"back-{next(places) % 10}", good=True, now_s=now_s)

    return Used(one, once)


def detector() -> Used:
    one = Detector(DetectorSettings(kind="phi"), 0.0)

    def once(now_s: float) -> None:
        one.look(now_s)
        one.beat(now_s)

    return Used(one, once)


def hedge() -> Used:
    one, places = Hedge(HedgeSettings()), iter(range(10**9))

    def once(now_s: float) -> None:
        one.began()
        one.delay_s()
        one.learn(0.1 + next(places) % 997 / 1e4)
        one.ended(0, [0.0], 0.1)

    return Used(one, once)


def cache() -> Used:
    one: Cache[int] = Cache(CacheSettings(entries=100, ttl_s=1.0))
    places = iter(range(10**9))

    def once(now_s: float) -> None:
        key = f"/{next(places)}"
        one.look(key, now_s)
        if one.takes_off(key):
            one.store(key, 1, now_s)
            one.lands(key)

    return Used(one, once)


def ledger() -> Used:
    one: Ledger[int] = Ledger(LedgerSettings(enabled=True, entries=100))
    places = iter(range(10**9))

    def once(now_s: float) -> None:
        key = f"{next(places)}"
        one.begin(key, "POST /", now_s)
        one.answered(key, 1)

    return Used(one, once)


def rate_limit() -> Used:
    one = RateLimit(RateLimitSettings())
    return Used(one, one.take)


MAKERS: dict[str, Callable[[], Used]] = {
    "breaker, the latest calls": lambda: breaker("count"),
    "breaker, the latest seconds": lambda: breaker("time"),
    "retry budget, tokens": lambda: retry("tokens"),
    "retry budget, deposits": lambda: retry("deposits"),
    "retry budget, concurrent": lambda: retry("concurrent"),
    "throttle": throttle,
    "outlier": outliers,
    "detector": detector,
    "hedge": hedge,
    "cache": cache,
    "ledger": ledger,
    "rate limit": rate_limit,
}


def used(make: Callable[[], Used], times: int) -> Used:
    one = make()
    for number in range(times):
        one.once(SECONDS * number / times)
    return one


def dearest(one: Used) -> int:
    """The dearest of a hundred decisions in a second: no slice of time is over at each."""
    return max(
        steps(lambda at_s=SECONDS + n / 100: one.once(at_s))  # type: ignore[misc]
        for n in range(100)
    )


@pytest.mark.parametrize("name", MAKERS)
def test_a_hundred_times_the_rate_makes_no_decision_dearer(name: str) -> None:
    few, many = used(MAKERS[name], FEW), used(MAKERS[name], MANY)
    assert 0 < dearest(many) <= dearest(few) * 1.1


@pytest.mark.parametrize("name", MAKERS)
def test_a_hundred_times_the_rate_keeps_no_more(name: str) -> None:
    """Pitfalls 9, 36 and 41: what keeps an entry for each call grows with the rate."""
    few, many = used(MAKERS[name], FEW), used(MAKERS[name], MANY)
    assert kept(many.pattern) <= kept(few.pattern) * 1.1 + 20
    assert kept(many.pattern) < 3_000


def test_a_larger_window_makes_no_decision_dearer() -> None:
    """A mistaken one sums up its window at each call: twenty times the steps."""
    small = used(lambda: breaker("count", window_calls=10), MANY)
    large = used(lambda: breaker("count", window_calls=200), MANY)
    assert dearest(large) <= dearest(small) * 1.1


def test_more_instances_make_no_verdict_dearer() -> None:
    """A mistaken one looks at all of them at the end of each call."""
    costs = []
    for number in (10, 1000):
        one = Outliers(OutlierSettings(interval_s=60.0))
        for place in range(number):
            one.join(f"back-{place}")
        one.poll(0.0)
        costs.append(steps(lambda one=one: one.record("back-7", good=False, now_s=1.0)))  # type: ignore[misc]
    assert costs[0] == costs[1]


def test_more_callers_who_wait_make_no_decision_of_a_bulkhead_dearer() -> None:
    """A mistaken one searches its queue for who gives up."""
    costs = []
    for waiting in (10, 1000):
        one = Bulkhead(BulkheadSettings(permits=1, queue=1000))
        for ticket in range(waiting):
            one.enter(ticket)
        costs.append(steps(lambda one=one, last=waiting - 1: one.abandon(last)))  # type: ignore[misc]
        costs.append(steps(one.leave))
    assert costs[:2] == costs[2:]


def test_what_is_learnt_from_is_bounded_however_long_it_runs() -> None:
    """Pitfall 41: an unbounded history."""
    one, beats = Hedge(HedgeSettings()), Detector(DetectorSettings(kind="phi"), 0.0)
    for number in range(5 * SAMPLES):
        one.learn(float(number))
        beats.beat(float(number))
    assert one.snapshot()["learnt_from"] == SAMPLES
    assert len(beats._silences) == HISTORY
