"""How the breaker finds out whether it may close again."""

import pytest

from lab.patterns.breaker import Permit, Rejection, Verdict
from tests.patterns.one_breaker import admitted, calls, opened, rejected, state


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
    second = admitted(of, 700.0)
    of.poll(701.0)
    assert state(of, 701.0) == "half_open"
    of.record(second, "success", 0.5, 702.0)
    assert state(of, 702.0) == "closed"


def test_closing_begins_with_an_empty_window() -> None:
    """Pitfall 8: neither the failures before it opened nor the probes' results are carried over."""
    of = opened()
    calls(of, "..", now_s=5.0)
    calls(of, "xxx", now_s=6.0)
    shown = of.snapshot(6.0)
    assert (shown["state"], shown["window"]) == ("closed", "xxx")
