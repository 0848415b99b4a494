"""The breaker's rules, one story each. Times are seconds that the test hands in."""

from dataclasses import replace
from typing import Any

import pytest

from lab.patterns.breaker import Breaker, BreakerSettings, Permit, Rejection, Verdict

SETTINGS = BreakerSettings(window_calls=4, minimum_calls=4, permits=2, wait_s=5.0, slow_s=1.0)


def breaker(**changes: Any) -> Breaker:
    return Breaker(replace(SETTINGS, **changes))


def admitted(of: Breaker, now_s: float) -> Permit:
    permit = of.acquire(now_s)
    assert isinstance(permit, Permit)
    return permit


def rejected(of: Breaker, now_s: float) -> Rejection:
    rejection = of.acquire(now_s)
    assert isinstance(rejection, Rejection)
    return rejection


def calls(of: Breaker, marks: str, now_s: float = 0.0) -> None:
    """Make one call after the other: '.' ok, 'x' failed, 's' slow, 'X' slow and failed."""
    for mark in marks:
        verdict: Verdict = "failure" if mark in "xX" else "success"
        of.record(admitted(of, now_s), verdict, 1.5 if mark in "sX" else 0.5, now_s)


def state(of: Breaker, now_s: float = 0.0) -> str:
    return str(of.snapshot(now_s)["state"])


def opened(now_s: float = 0.0, **changes: Any) -> Breaker:
    of = breaker(**changes)
    calls(of, "xxxx", now_s)
    assert state(of, now_s) == "open"
    return of


# When it opens


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


# While it is open


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


# Half-open


def test_the_wait_ends_at_its_end_not_after_it() -> None:
    """Pitfall 5: elapsed ≥ wait. 0.3 + 5.0 is an awkward float on purpose."""
    of = opened(now_s=0.3)
    assert rejected(of, 5.2999).retry_in_s == pytest.approx(0.0001)
    admitted(of, 0.3 + 5.0)
    changes = [(each.to_state, each.reason) for each in of.take_transitions()]
    assert changes[1] == ("half_open", "5 s are over: 2 probes may pass")


def test_by_call_only_a_call_ends_the_wait() -> None:
    of = opened()
    of.poll(60.0)
    shown = of.snapshot(60.0)
    assert (shown["state"], shown["retry_in_s"]) == ("open", 0.0)
    admitted(of, 60.0)
    assert state(of, 60.0) == "half_open"


def test_by_timer_the_clock_ends_the_wait_and_a_call_does_not_wait_for_the_timer() -> None:
    of = opened(half_open_by="timer")
    of.poll(4.9)
    assert state(of, 4.9) == "open"
    of.poll(5.0)
    assert state(of, 5.0) == "half_open"
    other = opened(half_open_by="timer")
    admitted(other, 5.0)
    assert state(other, 5.0) == "half_open"


def test_of_twenty_callers_in_half_open_two_get_through() -> None:
    """Pitfall 1: all five Python breakers that were probed let 20 of 20 through."""
    of = opened()
    answers = [of.acquire(5.0) for _ in range(20)]
    assert sum(isinstance(answer, Permit) for answer in answers) == 2
    last = answers[-1]
    assert isinstance(last, Rejection)
    assert (last.reason, last.retry_in_s) == ("half-open, and all 2 probes are taken", None)


def test_permits_are_a_total_not_a_concurrency() -> None:
    """Pitfall 1: a probe that is back makes no room for a third."""
    of = opened(permits=3)
    of.record(admitted(of, 5.0), "success", 0.1, 5.1)
    of.record(admitted(of, 5.2), "success", 0.1, 5.3)
    of.acquire(5.4)
    rejected(of, 5.5)
    assert of.snapshot(5.5)["permits"] == {"total": 3, "used": 3, "returned": 2}


@pytest.mark.parametrize(
    ("marks", "expected", "reason"),
    [
        ("..", "closed", "0 of 2 probes failed, 0 were slow: below the thresholds"),
        ("x.", "open", "1 of 2 probes failed (threshold 50 %)"),
        ("ss", "open", "2 of 2 probes took longer than 1 s (threshold 100 %)"),
        (".s", "closed", "0 of 2 probes failed, 1 were slow: below the thresholds"),
    ],
)
def test_the_shares_over_all_probes_decide(marks: str, expected: str, reason: str) -> None:
    of = opened()
    calls(of, marks[0], now_s=5.0)
    assert state(of, 5.0) == "half_open"
    calls(of, marks[1], now_s=6.0)
    shown = of.snapshot(6.0)
    assert (shown["state"], shown["reason"], shown["since_s"]) == (expected, reason, 0.0)


def test_fewer_permits_than_the_minimum_of_calls_still_decide() -> None:
    """Pitfall 6: an unclamped minimum of 4 would never decide about 1 probe."""
    of = opened(permits=1)
    assert of.snapshot(0.0)["minimum_calls"] == 4
    calls(of, ".", now_s=5.0)
    assert state(of, 5.0) == "closed"


@pytest.mark.parametrize("verdict", ["cancelled", "ignored"])
def test_a_probe_that_says_nothing_gives_its_permit_back(verdict: Verdict) -> None:
    """Pitfalls 4 and 13: otherwise half-open runs out of permits and has no way out."""
    of = opened(permits=1)
    for _ in range(10):
        of.record(admitted(of, 5.0), verdict, 0.1, 5.0)
    assert of.snapshot(5.0)["permits"] == {"total": 1, "used": 0, "returned": 0}
    calls(of, ".", now_s=5.0)
    assert state(of, 5.0) == "closed"


def test_a_probe_that_hangs_opens_it_again() -> None:
    """Pitfall 4: Polly v8, and resilience4j #903 and #935, stayed half-open for ever."""
    of = opened(half_open_max_s=10.0)
    hung = admitted(of, 5.0)
    calls(of, ".", now_s=6.0)
    rejected(of, 14.9)
    of.poll(14.9)
    assert state(of, 14.9) == "half_open"
    of.poll(15.0)
    shown = of.snapshot(15.0)
    assert (shown["state"], shown["reason"]) == ("open", "1 of 2 probes hang: no answer for 10 s")
    of.record(hung, "success", 30.0, 35.0)
    assert state(of, 35.0) == "open"


def test_the_call_that_finds_a_hung_probe_opens_it_too() -> None:
    """Pitfall 4: nobody needs to poll."""
    of = opened()
    admitted(of, 5.0)
    admitted(of, 5.0)
    assert rejected(of, 15.0).retry_in_s == 5.0
    assert state(of, 15.0) == "open"


def test_half_open_without_a_probe_away_waits_for_traffic_as_long_as_it_takes() -> None:
    of = opened(half_open_by="timer")
    of.poll(5.0)
    of.poll(500.0)
    calls(of, ".", now_s=600.0)
    of.poll(700.0)
    calls(of, ".", now_s=700.0)
    assert state(of, 700.0) == "closed"


def test_closing_begins_with_an_empty_window() -> None:
    """Pitfall 8: neither the failures before it opened nor the probes' results are carried over."""
    of = opened()
    calls(of, "..", now_s=5.0)
    calls(of, "xxx", now_s=6.0)
    shown = of.snapshot(6.0)
    assert (shown["state"], shown["window"]) == ("closed", "xxx")


# By hand, and while it runs


def test_forced_open_lets_nothing_through_and_disabled_everything() -> None:
    of = breaker()
    of.poll(3.0)
    of.retune(replace(SETTINGS, mode="forced_open"))
    assert rejected(of, 99.0) == Rejection("the breaker is forced open by hand", None)
    of.retune(replace(SETTINGS, mode="disabled"))
    calls(of, "xxxxxxxx", now_s=100.0)
    assert state(of, 100.0) == "disabled"
    of.retune(SETTINGS)
    assert [(each.to_state, each.at_s, each.reason) for each in of.take_transitions()] == [
        ("forced_open", 3.0, "set to forced open by hand"),
        ("disabled", 99.0, "set to disabled by hand"),
        ("closed", 100.0, "set to auto by hand"),
    ]
    shown = of.snapshot(100.0)
    assert (shown["state"], shown["window"]) == ("closed", "")


def test_other_thresholds_keep_the_window_and_another_window_begins_empty() -> None:
    of = breaker()
    calls(of, ".x")
    of.retune(replace(SETTINGS, failure_ratio=0.9, window_s=33.0))
    assert of.snapshot(0.0)["window"] == ".x"
    of.retune(replace(SETTINGS, window_calls=20))
    assert of.snapshot(0.0)["window"] == ""


def test_other_permits_in_half_open_begin_new_probes() -> None:
    """Pitfall 4: with 3 → 1 permits and 2 results back, nothing would ever decide."""
    of = opened(permits=3)
    calls(of, ".x", now_s=5.0)
    of.retune(replace(SETTINGS, permits=1))
    assert of.snapshot(5.0)["permits"] == {"total": 1, "used": 0, "returned": 0}
    calls(of, ".", now_s=5.0)
    assert state(of, 5.0) == "closed"


def test_a_permit_is_recorded_once() -> None:
    of = breaker()
    permit = admitted(of, 0.0)
    of.record(permit, "success", 0.1, 0.0)
    with pytest.raises(ValueError, match="recorded already"):
        of.record(permit, "success", 0.1, 0.0)


def test_a_clock_that_goes_back_neither_opens_nor_crashes_it() -> None:
    """Pitfall 10: monotonic time is asked for; a wrong one must not make it worse."""
    of = breaker(window="time", window_s=10.0)
    calls(of, "..", now_s=100.0)
    calls(of, ".", now_s=1.0)
    assert of.snapshot(100.0)["calls"] == 3
    open_one = opened(now_s=100.0)
    assert rejected(open_one, 1.0).retry_in_s == 104.0


def test_time_since_is_counted_from_the_first_time_it_hears_of() -> None:
    of = breaker()
    of.poll(1000.0)
    assert of.snapshot(1007.0)["since_s"] == 7.0


def test_when_no_number_of_failures_would_open_it_none_is_named() -> None:
    of = breaker(window="time", failure_ratio=1.0)
    calls(of, "x.xx")
    assert "opens_in" not in of.snapshot(0.0)
    assert of.snapshot(11.0)["opens_in"] == 4


@pytest.mark.parametrize(
    ("marks", "opens_in"), [("", 4), ("xx", 2), ("...", 2), ("....", 2), ("x...", 2), ("..x.", 1)]
)
def test_it_says_how_many_more_failures_open_it(marks: str, opens_in: int) -> None:
    of = breaker()
    calls(of, marks)
    assert of.snapshot(0.0)["opens_in"] == opens_in
    calls(of, "x" * (opens_in - 1))
    assert state(of) == "closed"
    calls(of, "x")
    assert state(of) == "open"
