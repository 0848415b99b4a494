"""A bucket that is never overdrawn, and never over-full."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.rate_limit import RateLimit, RateLimitSettings


def limit(rate_per_s: float = 10.0, burst: int = 5) -> RateLimit:
    return RateLimit(RateLimitSettings(rate_per_s=rate_per_s, burst=burst))


def test_the_burst_passes_at_once_and_then_the_rate() -> None:
    one = limit()
    assert [one.take(0.0) == 0.0 for _ in range(7)] == [True] * 5 + [False] * 2
    assert one.take(0.1) == 0.0
    assert one.take(0.15) == pytest.approx(0.05)


def test_a_long_rest_fills_the_bucket_once() -> None:
    """Pitfall 34: no credit beyond the burst after idle time."""
    one = limit()
    assert sum(one.take(1e6) == 0.0 for _ in range(50)) == 5


def test_a_refused_call_takes_nothing() -> None:
    """Pitfall 34: a refused reservation that still consumes."""
    one = limit(burst=1)
    one.take(0.0)
    for _ in range(100):
        one.take(0.05)
    assert one.take(0.1) == 0.0


def test_a_clock_that_goes_back_earns_nothing() -> None:
    one = limit(burst=1)
    one.take(10.0)
    assert one.take(9.0) > 0.0
    assert one.take(10.05) > 0.0


def test_retuned_to_less_it_holds_less() -> None:
    one = limit(burst=5)
    one.retune(RateLimitSettings(rate_per_s=10.0, burst=2))
    assert sum(one.take(0.0) == 0.0 for _ in range(5)) == 2


@given(
    rate=st.floats(0.5, 500.0),
    burst=st.integers(1, 50),
    gaps=st.lists(st.floats(0.0, 2.0), min_size=1, max_size=200),
)
def test_in_no_stretch_of_time_pass_more_than_burst_and_rate(
    rate: float, burst: int, gaps: list[float]
) -> None:
    one, now_s, passed = limit(rate, burst), 0.0, []
    for gap in gaps:
        now_s += gap
        wait_s = one.take(now_s)
        if wait_s == 0.0:
            passed.append(now_s)
        else:
            assert wait_s <= 1.0 / rate + 1e-9
    for start, from_s in enumerate(passed):
        for end in range(start, len(passed)):
            span_s = passed[end] - from_s
            assert end - start + 1 <= burst + rate * span_s + 1e-6


def test_it_says_when_to_come_back() -> None:
    one = limit(rate_per_s=2.0, burst=1)
    one.take(0.0)
    assert one.snapshot(0.1)["reason"] == "the next token comes in 0.40 s"
