"""The dimmer gives up what is optional as far as it must, and gives it back."""

import random

import pytest

from lab.patterns.brownout import Brownout, BrownoutSettings


def serve(one: Brownout, seconds: int, per_s: int, capacity_s: float, from_s: int = 0) -> float:
    """Serve with a server whose answers slow down with its load; return the last dimmer."""
    dice, load = random.Random(1), 0.0
    for number in range(seconds * per_s):
        now_s = from_s + number / per_s
        work = 0.25 if one.dims(now_s, dice.random) else 1.0
        load += (work * per_s / capacity_s - load) * 0.02
        one.answered(0.1 / max(0.02, 1.0 - load), now_s)
    dimmer = one.snapshot(from_s + seconds)["dimmer_ratio"]
    assert isinstance(dimmer, float)
    return dimmer


def test_with_room_to_spare_every_answer_is_whole() -> None:
    assert serve(Brownout(BrownoutSettings()), 20, 50, capacity_s=200.0) == 1.0


def test_it_dims_as_far_as_it_must_and_no_further() -> None:
    """Sized experiment 3.6: 150 a second where 100 whole ones can be had: about half are dimmed."""
    one = Brownout(BrownoutSettings())
    serve(one, 60, 150, capacity_s=100.0)
    counts = one.snapshot(60.0)["counts"]
    assert isinstance(counts, dict)
    assert counts["dimmed"] / (counts["dimmed"] + counts["whole"]) == pytest.approx(0.67, abs=0.15)


def test_it_brightens_when_the_load_is_gone() -> None:
    one = Brownout(BrownoutSettings())
    assert serve(one, 30, 150, capacity_s=100.0) < 0.7
    assert serve(one, 60, 50, capacity_s=100.0, from_s=30) == 1.0


def test_it_falls_faster_than_it_rises() -> None:
    one = Brownout(BrownoutSettings(period_s=1.0, target_s=0.2, gain_ratio=0.4))
    one.dims(0.0, lambda: 0.0)
    one.answered(0.4, 0.5)
    assert one.snapshot(1.0)["dimmer_ratio"] == pytest.approx(0.6)
    one.answered(0.0, 1.5)
    assert one.snapshot(2.0)["dimmer_ratio"] == pytest.approx(0.7)


def test_without_any_answer_it_stays() -> None:
    one = Brownout(BrownoutSettings())
    assert one.snapshot(100.0)["dimmer_ratio"] == 1.0


def test_the_snapshot_says_how_slow_the_slowest_twentieth_was() -> None:
    one = Brownout(BrownoutSettings(enabled=True, target_s=0.3, period_s=0.5))
    one.answered(0.45, 0.0)
    shown = one.snapshot(1.0)
    assert (shown["slow_s"], shown["target_s"]) == (0.45, 0.3)
