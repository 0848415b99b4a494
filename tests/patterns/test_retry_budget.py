"""A budget belongs to all calls of a dependency together, and is never overdrawn."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lab.patterns.retry_budget import RetryBudget, budget_of
from lab.patterns.retry_settings import RetrySettings

KINDS = ("tokens", "deposits", "concurrent")


def budget(kind: str, ratio: float = 0.1, **more: Any) -> RetryBudget:
    made = budget_of(RetrySettings(budget=kind, budget_ratio=ratio, **more))
    assert made is not None
    return made


def test_there_is_none_unless_it_is_asked_for() -> None:
    assert budget_of(RetrySettings()) is None


def test_tokens_stop_retries_at_half_the_bucket_and_not_one_later() -> None:
    """gRPC A6: a retry only while tokens > max / 2, after the failure has been charged."""
    one = budget("tokens", budget_tokens=10)
    for _ in range(4):
        one.failed()
        assert one.take(0.0) == ""
    one.failed()
    assert "5 of 10 tokens" in one.take(0.0)


def test_ten_successes_earn_one_retry() -> None:
    one = budget("tokens", budget_tokens=10)
    for _ in range(5):
        one.failed()
    for _ in range(9):
        one.succeeded()
    one.failed()
    assert one.take(0.0)
    for _ in range(2):
        one.succeeded()
    assert one.take(0.0) == ""


@given(st.integers(1, 1000), st.floats(0.001, 1.0))
def test_tokens_do_not_drift(tokens: int, ratio: float) -> None:
    """Pitfall 25: a thousand thousandths are one, however often they are added."""
    one = budget("tokens", ratio, budget_tokens=tokens)
    for _ in range(tokens):
        one.failed()
    gains = 0
    while one.take(0.0):
        one.succeeded()
        gains += 1
    gain = round(ratio * 1000)
    if gain:
        assert gains == (tokens * 500) // gain + 1


@pytest.mark.parametrize("kind", KINDS)
def test_amplification_has_a_ceiling_when_everything_fails(kind: str) -> None:
    """At most one and a tenth attempts a call in the long run, and the start's grant."""
    one = budget(kind, 0.1, budget_min_per_s=0.0, budget_min_retries=0)
    attempts, calls = 0, 20_000
    for number in range(calls):
        now_s = number * 0.01
        one.began(now_s)
        attempts += 1
        one.failed()
        while not one.take(now_s):
            attempts += 1
            one.give_back()
            one.failed()
            if attempts > 2 * calls:
                pytest.fail("no ceiling")
        one.ended()
    assert attempts <= 1.1 * calls + 10


def test_deposits_are_good_for_a_while_only() -> None:
    one = budget("deposits", 0.5, budget_min_per_s=0.0, budget_life_s=5.0)
    one.began(0.0)
    one.began(0.0)
    assert one.snapshot(4.9)["left"] == 1.0
    assert one.take(5.0)


def test_each_second_grants_some_retries_without_any_deposit() -> None:
    one = budget("deposits", 0.1, budget_min_per_s=2.0, budget_life_s=5.0)
    granted = sum(not one.take(0.0) for _ in range(50))
    assert granted == 10
    assert one.take(4.9)
    assert one.take(5.5) == ""


def test_a_long_rest_earns_no_more_than_its_life_holds() -> None:
    """Pitfall 34's cousin: no credit without bound after an idle hour."""
    one = budget("deposits", 0.1, budget_min_per_s=2.0, budget_life_s=5.0)
    assert sum(not one.take(3600.0) for _ in range(50)) == 10


def test_retries_that_wait_count_as_under_way() -> None:
    """Pitfall 26 (Envoy issue 30205)."""
    one = budget("concurrent", 0.2, budget_min_retries=1)
    for _ in range(10):
        one.began(0.0)
    assert [one.take(0.0) == "" for _ in range(3)] == [True, True, False]
    one.give_back()
    assert one.take(0.0) == ""


def test_memory_is_bounded_at_any_rate() -> None:
    one = budget("deposits", 0.1, budget_life_s=5.0)
    for number in range(100_000):
        one.began(number * 1e-4)
    assert len(one._slices) <= 11  # type: ignore[attr-defined]


class SharedByAll(RuleBasedStateMachine):
    """Against a plain model: tokens by fractions, deposits as a list, retries as a count."""

    @initialize(kind=st.sampled_from(KINDS), ratio=st.sampled_from([0.1, 0.2, 0.5, 1.0]))
    def begin(self, kind: str, ratio: float) -> None:
        self.kind, self.ratio = kind, ratio
        self.now_s = 0.0
        self.one = budget(kind, ratio, budget_tokens=4, budget_min_per_s=0.0, budget_min_retries=1)
        self.tokens_milli = 4000
        self.calls = self.retries = 0

    @rule()
    def call(self) -> None:
        self.one.began(self.now_s)
        self.calls += 1

    @rule()
    def end(self) -> None:
        if self.calls:
            self.one.ended()
            self.calls -= 1

    @rule(good=st.booleans())
    def attempt(self, good: bool) -> None:
        if good:
            self.one.succeeded()
            self.tokens_milli = min(4000, self.tokens_milli + round(self.ratio * 1000))
        else:
            self.one.failed()
            self.tokens_milli = max(0, self.tokens_milli - 1000)

    @rule()
    def retry(self) -> None:
        granted = self.one.take(self.now_s) == ""
        if self.kind == "tokens":
            assert granted == (self.tokens_milli > 2000)
        if self.kind == "concurrent":
            assert granted == (self.retries < max(1, int(self.calls * self.ratio + 1e-9)))
        self.retries += granted

    @rule()
    def retry_ends(self) -> None:
        if self.retries:
            self.one.give_back()
            self.retries -= 1

    @rule(seconds=st.floats(0.0, 3.0))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds

    @invariant()
    def nothing_is_overdrawn(self) -> None:
        left = self.one.snapshot(self.now_s)["left"]
        assert isinstance(left, int | float)
        assert left >= 0.0


TestSharedByAll = SharedByAll.TestCase
TestSharedByAll.settings = hypothesis_settings(max_examples=60, stateful_step_count=40)
