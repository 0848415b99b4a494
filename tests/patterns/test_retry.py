"""After each attempt, retry says whether there is another, when, and why."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.retry import Retry, RetryDecision, RetrySettings

PLAIN = RetrySettings(base_s=0.1, cap_s=1.0, jitter="none")


def decide(retry: Retry, **changes: Any) -> RetryDecision:
    facts: dict[str, Any] = {
        "attempt": 1,
        "outcome": "failed",
        "definite": False,
        "idempotent": True,
        "remaining_s": None,
        "retry_after_s": None,
        "previous_wait_s": 0.0,
        "chance": lambda: 0.5,
    }
    return retry.decide(**(facts | changes))


def counts(retry: Retry) -> object:
    return retry.snapshot(0.0)["counts"]


def attempts_of_a_call(retry: Retry, outcomes: Iterable[str]) -> list[float | None]:
    """Play a call whose attempts end like this; return the waits, the last one None."""
    waits: list[float | None] = []
    for attempt, outcome in enumerate(outcomes, start=1):
        decision = decide(retry, attempt=attempt, outcome=outcome)
        waits.append(decision.wait_s)
        if decision.wait_s is None:
            break
    return waits


def test_three_attempts_are_three_calls_not_four() -> None:
    """Pitfall 19: the first one counts. Pitfall 20: there is no wait after the last."""
    assert attempts_of_a_call(Retry(PLAIN), ["failed"] * 9) == [0.1, 0.2, None]
    last = decide(Retry(PLAIN), attempt=3)
    assert last == RetryDecision(None, "3 of 3 attempts used")


def test_one_attempt_means_no_retry() -> None:
    """Pitfall 19."""
    assert attempts_of_a_call(Retry(RetrySettings(attempts=1)), ["failed"] * 9) == [None]


def test_it_stops_at_the_first_answer() -> None:
    assert attempts_of_a_call(Retry(PLAIN), ["timed_out", "ok", "failed"]) == [0.1, None]
    assert attempts_of_a_call(Retry(PLAIN), ["degraded", "failed"]) == [None]


def test_a_decision_says_in_words_what_follows() -> None:
    decision = decide(Retry(PLAIN), attempt=2, outcome="timed_out")
    assert decision == RetryDecision(0.2, "attempt 2 of 3 timed out: again in 0.20 s")


@pytest.mark.parametrize(
    ("outcome", "definite", "idempotent", "again"),
    [
        ("timed_out", False, True, True),
        ("timed_out", False, False, False),
        ("failed", False, False, False),
        ("refused", True, False, True),
        ("shed", True, False, True),
    ],
)
def test_only_what_is_safe_is_repeated(
    outcome: str, definite: bool, idempotent: bool, again: bool
) -> None:
    """Pitfall 23: a request whose first attempt may have been executed is not repeated."""
    decision = decide(Retry(PLAIN), outcome=outcome, definite=definite, idempotent=idempotent)
    assert (decision.wait_s is not None) == again
    if not again:
        words = outcome.replace("_", " ")
        assert decision.reason == f"not safe to repeat: {words} and not idempotent"


def test_a_learner_may_repeat_what_is_not_safe() -> None:
    careless = Retry(RetrySettings(only_safe=False))
    assert decide(careless, outcome="timed_out", idempotent=False).wait_s is not None


def test_what_the_breaker_stopped_is_never_retried() -> None:
    """Pitfall 23."""
    decision = decide(Retry(PLAIN), outcome="short_circuited", definite=True)
    assert decision == RetryDecision(None, "short_circuited is never retried")


def test_outcomes_that_are_not_named_are_not_retried() -> None:
    retry = Retry(RetrySettings(on=("refused",)))
    assert decide(retry, outcome="failed").reason == "failed is not among what is retried"
    assert decide(retry, outcome="refused").wait_s is not None


# The deadline


def test_a_wait_that_would_pass_the_deadline_is_not_begun() -> None:
    """Pitfall 20: tenacity's stop_after_delay overshoots."""
    decision = decide(Retry(PLAIN), attempt=2, remaining_s=0.08)
    assert decision == RetryDecision(None, "a wait of 0.20 s would pass the deadline (0.08 s left)")


def test_no_attempt_begins_at_the_deadline_or_after_it() -> None:
    """Pitfall 20: a wait that ends exactly at the deadline leaves no time for an answer."""
    assert decide(Retry(PLAIN), remaining_s=0.1).wait_s is None
    assert decide(Retry(PLAIN), remaining_s=0.1001).wait_s == 0.1
    immediate = Retry(RetrySettings(backoff="none"))
    assert decide(immediate, remaining_s=0.0).wait_s is None
    assert decide(immediate, remaining_s=-3.0).reason.endswith("(0.00 s left)")


# What the callee asks for


def test_it_waits_as_long_as_the_callee_asks() -> None:
    decision = decide(Retry(PLAIN), outcome="shed", retry_after_s=0.7)
    assert decision.wait_s == 0.7
    assert decision.reason.endswith("again in 0.70 s, the callee asked for 0.7 s")


def test_it_never_comes_back_sooner_than_by_its_own_backoff() -> None:
    assert decide(Retry(PLAIN), attempt=2, retry_after_s=0.0).wait_s == 0.2


def test_the_cap_holds_for_the_callees_wish_too() -> None:
    """Pitfall 21: a header must not put a caller to sleep for an hour."""
    assert decide(Retry(PLAIN), retry_after_s=3600.0).wait_s == 1.0


def test_a_callees_wish_beyond_the_deadline_ends_the_call() -> None:
    """Pitfall 20."""
    assert decide(Retry(PLAIN), retry_after_s=0.5, remaining_s=0.4).wait_s is None


# All of it at once


@given(
    attempt=st.integers(1, 12),
    attempts=st.integers(1, 10),
    outcome=st.sampled_from(
        ["ok", "degraded", "failed", "timed_out", "refused", "shed", "short_circuited"]
    ),
    definite=st.booleans(),
    idempotent=st.booleans(),
    remaining_s=st.none() | st.floats(-1.0, 5.0),
    retry_after_s=st.none() | st.floats(0.0, 100.0),
    chance=st.floats(0.0, 1.0, exclude_max=True),
)
def test_another_attempt_is_always_wanted_safe_and_in_time(
    attempt: int, attempts: int, chance: float, **facts: Any
) -> None:
    settings = RetrySettings(attempts=attempts)
    decision = decide(Retry(settings), attempt=attempt, chance=lambda: chance, **facts)
    assert decision.reason
    if decision.wait_s is not None:
        assert attempt < attempts
        assert facts["outcome"] in settings.on
        assert facts["definite"] or facts["idempotent"]
        assert 0.0 <= decision.wait_s <= settings.cap_s
        assert facts["remaining_s"] is None or decision.wait_s < facts["remaining_s"]


def test_calls_share_nothing_but_the_counts() -> None:
    """Pitfall 22: two calls, attempt by attempt in turn, wait as each would alone."""
    retry = Retry(PLAIN)
    waits = [decide(retry, attempt=attempt).wait_s for attempt in (1, 1, 2, 2)]
    assert waits == [0.1, 0.1, 0.2, 0.2]


def test_it_counts_how_calls_end() -> None:
    retry = Retry(PLAIN)
    attempts_of_a_call(retry, ["ok"])
    retry.succeeded(1)
    attempts_of_a_call(retry, ["failed", "ok"])
    attempts_of_a_call(retry, ["failed"] * 3)
    decide(retry, outcome="short_circuited")
    assert counts(retry) == {
        "ok_at_once": 2,
        "ok_after_retry": 1,
        "gave_up_at_once": 1,
        "gave_up_after_retry": 1,
        "retries": 3,
        "over_budget": 0,
    }


def test_its_state_is_where_the_latest_call_stands() -> None:
    retry = Retry(PLAIN)
    states = [retry.snapshot(0.0)["state"]]
    for attempt, outcome in [(1, "failed"), (3, "failed"), (1, "ok")]:
        decide(retry, attempt=attempt, outcome=outcome)
        states.append(retry.snapshot(0.0)["state"])
    assert states == ["trying", "waiting", "gave_up", "done"]


def test_it_can_be_retuned_while_it_runs() -> None:
    retry = Retry(PLAIN)
    decide(retry)
    retry.retune(RetrySettings(attempts=1))
    assert decide(retry).wait_s is None
    assert counts(retry) == {
        "ok_at_once": 0,
        "ok_after_retry": 0,
        "gave_up_at_once": 1,
        "gave_up_after_retry": 0,
        "retries": 1,
        "over_budget": 0,
    }


def test_the_latest_waits_are_told_of_as_long_as_they_are_news() -> None:
    retry = Retry(PLAIN)
    for second, attempt in ((1.0, 1), (1.5, 2)):
        decide(retry, attempt=attempt, now_s=second)
    assert retry.snapshot(1.75)["waits"] == [[0.75, 0.1, 1], [0.25, 0.2, 2]]
    assert retry.snapshot(4.25)["waits"] == [[2.75, 0.2, 2]]
    for _ in range(100):
        decide(retry, now_s=5.0)
    assert len(retry.snapshot(5.0)["waits"]) == 12  # type: ignore[arg-type]
