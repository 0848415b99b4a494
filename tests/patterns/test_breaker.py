"""When the breaker opens, and what it does while it is open. Times are handed in, in seconds."""

import pytest

from lab.patterns.breaker import Verdict
from tests.patterns.one_breaker import admitted, breaker, calls, opened, rejected, state


@pytest.mark.parametrize(
    ("marks", "expected"),
    [("..xx", "open"), ("...x", "closed"), ("xxx", "closed"), ("xx..", "open"), ("ssss", "open")],
)
def test_it_opens_at_the_threshold_and_not_below_the_minimum_of_calls(
    marks: str, expected: str
) -> None:
    """Pitfall 5: the threshold is inclusive. Pitfall 6: a success is judged too ("xx..")."""
    of = breaker()
    calls(of, marks)
    assert state(of) == expected


def test_a_success_can_be_the_call_that_opens_it() -> None:
    """Pitfall 6: judging only after failures would let "xx.." pass."""
    of = breaker()
    calls(of, "xx.")
    transition = of.record(admitted(of, 0.0), "success", 0.1, 7.0)
    assert transition is not None
    assert (transition.from_state, transition.to_state, transition.at_s) == ("closed", "open", 7.0)
    assert transition.reason == "2 of 4 calls failed (threshold 50 %)"
    assert of.take_transitions() == [transition]
    assert of.take_transitions() == []


def test_a_minimum_above_the_count_window_means_a_full_window() -> None:
    """Pitfall 6: with minimum 100 and a window of 4, an unclamped breaker never opens."""
    of = breaker(minimum_calls=100)
    assert of.snapshot(0.0)["minimum_calls"] == 4
    calls(of, "xxxx")
    assert state(of) == "open"


def test_a_minimum_above_the_count_window_does_not_touch_a_time_window() -> None:
    of = breaker(window="time", minimum_calls=6)
    calls(of, "xxxxx")
    assert state(of) == "closed"
    calls(of, "x")
    assert state(of) == "open"


def test_shares_are_compared_exactly() -> None:
    """Pitfall 7: 49 of 99 is 49.49 %, which a rounding breaker takes for half."""
    of = breaker(window_calls=99, minimum_calls=99, failure_ratio=0.495)
    calls(of, "." * 50 + "x" * 49)
    assert state(of) == "closed"
    exact = breaker(window_calls=10, minimum_calls=10, failure_ratio=0.3)
    calls(exact, ".......xxx")
    assert state(exact) == "open"


def test_slow_is_strictly_longer_than_the_limit() -> None:
    """Pitfall 5: each comparison has its own rule."""
    of = breaker()
    for _ in range(4):
        of.record(admitted(of, 0.0), "success", 1.0, 0.0)
    assert of.snapshot(0.0)["slow"] == 0
    of = breaker()
    for _ in range(4):
        of.record(admitted(of, 0.0), "success", 1.0001, 0.0)
    assert of.snapshot(0.0)["reason"] == "4 of 4 calls took longer than 1 s (threshold 100 %)"


def test_a_slow_failure_counts_in_both_shares() -> None:
    of = breaker(failure_ratio=1.0, slow_ratio=0.5)
    calls(of, "..sX")
    shown = of.snapshot(0.0)
    assert (shown["window"], shown["failures"], shown["slow"]) == ("..sX", 1, 2)
    assert shown["state"] == "open"


def test_ignored_and_cancelled_calls_count_neither_way() -> None:
    """Pitfalls 13 and 15: neither a failure nor a success of the dependency."""
    of = breaker()
    calls(of, "xxx")
    of.record(admitted(of, 0.0), "ignored", 9.0, 0.0)
    of.record(admitted(of, 0.0), "cancelled", 9.0, 0.0)
    shown = of.snapshot(0.0)
    assert (shown["state"], shown["calls"], shown["window"]) == ("closed", 3, "xxx")
    calls(of, "x")
    assert state(of) == "open"


def test_an_open_breaker_says_why_and_when_to_come_back() -> None:
    of = opened(now_s=10.0)
    rejection = rejected(of, 12.0)
    assert rejection.reason == "the breaker is open: 4 of 4 calls failed (threshold 50 %)"
    assert rejection.retry_in_s == 3.0
    shown = of.snapshot(12.0)
    assert (shown["since_s"], shown["retry_in_s"], shown["window"]) == (2.0, 3.0, "xxxx")
    assert "opens_in" not in shown


def test_not_permitted_calls_are_counted_apart() -> None:
    """Pitfall 15: our own rejections are no failures of the dependency."""
    of = opened()
    rejected(of, 1.0)
    rejected(of, 2.0)
    counts = of.snapshot(2.0)["counts"]
    assert counts == {
        "ok": 0,
        "failed": 4,
        "slow": 0,
        "not_permitted": 2,
        "late": 0,
        "ignored": 0,
        "cancelled": 0,
    }


@pytest.mark.parametrize("verdict", ["success", "failure", "ignored", "cancelled"])
def test_a_late_result_neither_closes_an_open_breaker_nor_keeps_it_open(verdict: Verdict) -> None:
    """Pitfalls 2 and 3: a call that began before the transition has no vote after it."""
    of = breaker()
    late = [admitted(of, 0.0) for _ in range(3)]
    calls(of, "xxxx", now_s=1.0)
    for permit in late:
        assert of.record(permit, verdict, 0.5, 3.0) is None
    shown = of.snapshot(3.0)
    assert (shown["state"], shown["retry_in_s"], shown["window"]) == ("open", 3.0, "xxxx")
    assert isinstance(shown["counts"], dict)
    assert shown["counts"]["late"] == 3


def test_a_late_result_does_not_vote_in_half_open_or_closed() -> None:
    """Pitfall 2: four late failures during the probes, and one of a probe after closing."""
    of = breaker()
    late = [admitted(of, 0.0) for _ in range(4)]
    calls(of, "xxxx")
    probes = [admitted(of, 5.0), admitted(of, 5.0)]
    for permit in late:
        of.record(permit, "failure", 0.5, 5.0)
    assert state(of, 5.0) == "half_open"
    for probe in probes:
        of.record(probe, "success", 0.5, 5.5)
    shown = of.snapshot(5.5)
    assert (shown["state"], shown["calls"]) == ("closed", 0)
