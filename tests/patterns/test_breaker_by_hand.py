"""The breaker while somebody turns its knobs, and what it shows."""

from dataclasses import replace

import pytest

from lab.patterns.breaker import Rejection
from tests.patterns.one_breaker import SETTINGS, admitted, breaker, calls, opened, rejected, state


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
