"""The SRE book's client throttle: how much reaches a callee that refuses."""

import random

import pytest

from lab.patterns.throttle import Throttle, ThrottleSettings


def flood(one: Throttle, per_s: int, capacity_per_s: int, seconds: int, from_s: int = 0) -> int:
    """Offer calls to a callee that accepts so many a second; return what reached it, late half."""
    dice, reached = random.Random(1), 0
    for second in range(from_s, from_s + seconds):
        accepted = 0
        for number in range(per_s):
            now_s = second + number / per_s
            if not one.refuses(now_s, dice.random):
                reached += second >= from_s + seconds // 2
                if accepted < capacity_per_s:
                    accepted += 1
                    one.accepted(now_s)
    return reached


def test_a_callee_that_accepts_all_is_never_throttled() -> None:
    one = Throttle(ThrottleSettings())
    assert flood(one, 100, 1000, 20) == 1000
    assert one.snapshot(20.0)["state"] == "open"


def test_about_k_times_what_it_takes_reaches_it() -> None:
    """Sized experiment 3.6: 400/s at a backend of 100/s become about 2 x 100/s."""
    one = Throttle(ThrottleSettings(k=2.0))
    assert flood(one, 400, 100, 60) / 30 == pytest.approx(200, rel=0.05)


def test_when_nothing_is_accepted_a_few_still_get_through() -> None:
    """Pitfall 36: at p near 1 some traffic must pass, or nobody would notice the recovery."""
    one = Throttle(ThrottleSettings())
    flood(one, 100, 0, 20)
    assert 1 <= flood(one, 100, 0, 200, from_s=20) < 50
    flood(one, 100, 1000, 120, from_s=220)
    assert flood(one, 100, 1000, 20, from_s=340) == 1000


def test_calls_count_from_their_start_refused_ones_too() -> None:
    """Pitfall 36 (go-zero 5011): with requests counted at completion nothing would be refused."""
    one = Throttle(ThrottleSettings())
    for _ in range(10):
        one.refuses(0.0, lambda: 1.0)
    assert one.snapshot(0.0)["requests"] == 10
    assert one.refuses(0.0, lambda: 0.0).startswith("refused with a chance of 91%")
    assert one.snapshot(0.0)["requests"] == 11


def test_the_past_is_forgotten_and_memory_is_bounded() -> None:
    one = Throttle(ThrottleSettings(window_s=10.0))
    flood(one, 1000, 0, 30)
    assert len(one._slices) <= 21
    assert one.snapshot(100.0)["requests"] == 0
