"""Several probes in a row change a mind; one does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.health import HealthSettings, HealthTracker


def beliefs(tracker: HealthTracker, probes: str) -> str:
    """Record '+' and '-' probes; return 'h' or 'u' after each."""
    shown = ""
    for at_s, probe in enumerate(probes):
        tracker.record(probe == "+", float(at_s))
        shown += "h" if tracker.healthy else "u"
    return shown


def test_it_starts_as_healthy() -> None:
    assert HealthTracker(HealthSettings(), 0.0).snapshot(0.0) == {
        "state": "healthy",
        "reason": "no probe has said otherwise",
        "against": 0,
        "needed": 2,
        "counts": {"good": 0, "bad": 0},
    }


@pytest.mark.parametrize(
    ("probes", "expected"),
    [
        ("-+--+---", "hhhhhhhu"),
        ("---+++", "hhuuuh"),
        ("---+-++-+++", "hhuuuuuuuuh"),
    ],
)
def test_it_falls_after_three_bad_ones_in_a_row_and_rises_after_three_good_ones(
    probes: str, expected: str
) -> None:
    assert beliefs(HealthTracker(HealthSettings(rise=3, fall=3), 0.0), probes) == expected


def test_a_change_says_when_and_why() -> None:
    tracker = HealthTracker(HealthSettings(fall=2, rise=1), 0.0)
    assert tracker.record(False, 1.0, "timed out") is None
    change = tracker.record(False, 2.0, "timed out")
    assert change is not None
    assert (change.healthy, change.at_s) == (False, 2.0)
    assert change.reason == "2 probes in a row failed: timed out"
    back = tracker.record(True, 3.0, "status 200")
    assert back is not None
    assert (back.healthy, back.reason) == (True, "1 probe answered well: status 200")
    assert tracker.snapshot(0.0)["reason"] == back.reason


@given(st.text("+-"), st.integers(1, 5), st.integers(1, 5))
def test_it_agrees_with_a_count_of_the_latest_probes(probes: str, rise: int, fall: int) -> None:
    tracker, healthy = HealthTracker(HealthSettings(rise=rise, fall=fall), 0.0), True
    since = ""
    for at_s, probe in enumerate(probes):
        change = tracker.record(probe == "+", float(at_s))
        since += probe
        turn = "-" * fall if healthy else "+" * rise
        if since.endswith(turn):
            healthy, since = not healthy, ""
            assert change is not None
        else:
            assert change is None
        assert tracker.healthy == healthy


@given(st.floats(0.05, 60.0), st.floats(0.0, 0.5), st.floats(0.0, 1.0, exclude_max=True))
def test_waits_are_spread_around_the_interval(
    interval_s: float, jitter_ratio: float, chance: float
) -> None:
    tracker = HealthTracker(HealthSettings(interval_s=interval_s, jitter_ratio=jitter_ratio), 0.0)
    off_s = abs(tracker.next_wait_s(lambda: chance) - interval_s)
    assert off_s <= interval_s * jitter_ratio * (1 + 1e-9) + 1e-12
    assert tracker.next_wait_s(lambda: 0.5) == interval_s


def test_other_settings_keep_what_it_believes() -> None:
    tracker = HealthTracker(HealthSettings(fall=3), 0.0)
    beliefs(tracker, "--")
    tracker.retune(HealthSettings(fall=4))
    assert beliefs(tracker, "--") == "hu"


def test_switched_off_and_on_it_begins_as_healthy() -> None:
    tracker = HealthTracker(HealthSettings(), 0.0)
    beliefs(tracker, "--")
    tracker.retune(HealthSettings(enabled=False))
    assert tracker.healthy
    assert tracker.snapshot(0.0)["reason"] == "health checks were switched off"
    tracker.retune(HealthSettings(enabled=True))
    assert beliefs(tracker, "--") == "hu"


def heard(tracker: HealthTracker, beats: int, every_s: float = 0.5) -> float:
    """Let good answers come; return the time of the last."""
    for number in range(1, beats + 1):
        tracker.record(True, number * every_s)
    return beats * every_s


def test_a_silence_alone_takes_it_out_and_one_answer_brings_it_back() -> None:
    tracker = HealthTracker(HealthSettings(detector="fixed", silence_s=1.5), 0.0)
    last_s = heard(tracker, 10)
    assert tracker.record(False, last_s + 1.0) is None
    change = tracker.poll(last_s + 1.5)
    assert change is not None
    assert (change.healthy, change.reason) == (False, "silent for 1.50 s")
    back = tracker.record(True, last_s + 2.0)
    assert back is not None
    assert back.healthy
    assert tracker.snapshot(last_s + 2.0)["counts"] == {"good": 11, "bad": 1, "mistakes": 1}


def test_phi_shows_its_suspicion_as_it_grows() -> None:
    tracker = HealthTracker(HealthSettings(detector="phi", phi=8.0), 0.0)
    last_s = heard(tracker, 50)
    suspicions = [tracker.snapshot(last_s + s)["suspicion"] for s in (0.4, 0.6, 0.7, 0.9)]
    assert suspicions == sorted(suspicions, key=float)  # type: ignore[arg-type]
    assert tracker.poll(last_s + 0.6) is None
    assert tracker.poll(last_s + 0.9) is not None
