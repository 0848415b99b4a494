"""Waits between attempts: their bounds, and what the previous wait has to do with them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.backoff import BACKOFFS, JITTERS, capped_s, wait_s
from lab.patterns.retry import RetrySettings

HALF = 0.5
ALMOST_ONE = 1.0 - 2.0**-53  # the largest number that chance() can return

CHANCES = st.floats(0.0, ALMOST_ONE)
SETTINGS = st.builds(
    RetrySettings,
    backoff=st.sampled_from(BACKOFFS),
    jitter=st.sampled_from(JITTERS),
    base_s=st.floats(0.001, 1.0),
    cap_s=st.floats(1.0, 300.0),
    multiplier=st.floats(1.0, 10.0),
)


def waits(count: int, chance: float = ALMOST_ONE, **changes: Any) -> Iterator[float]:
    """The waits of one call, each with the same chance."""
    previous_s = 0.0
    for number in range(1, count + 1):
        previous_s = wait_s(RetrySettings(**changes), number, previous_s, lambda: chance)
        yield previous_s


def test_without_jitter_waits_double_up_to_the_cap() -> None:
    expected = [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
    assert list(waits(6, base_s=0.1, cap_s=1.0, jitter="none")) == pytest.approx(expected)


def test_fixed_waits_stay_the_same_and_none_is_none() -> None:
    assert list(waits(3, backoff="fixed", base_s=0.2, jitter="none")) == [0.2, 0.2, 0.2]
    assert list(waits(3, backoff="none")) == [0.0, 0.0, 0.0]


def test_the_cap_comes_before_the_jitter() -> None:
    """Pitfall 21: after it, most of the waits of a long outage would be exactly the cap."""
    assert list(waits(9, HALF, base_s=0.1, cap_s=1.0, jitter="full"))[-1] == 0.5
    assert list(waits(9, HALF, base_s=0.1, cap_s=1.0, jitter="equal"))[-1] == 0.75


def test_full_jitter_begins_at_nothing_and_equal_jitter_at_half() -> None:
    assert list(waits(1, 0.0, base_s=0.1, jitter="full")) == [0.0]
    assert list(waits(1, 0.0, base_s=0.1, jitter="equal")) == [0.05]


def test_decorrelated_jitter_depends_on_the_previous_wait_not_on_the_number() -> None:
    """After AWS: min(cap, random between base and 3 × the previous wait)."""
    settings = RetrySettings(base_s=0.1, cap_s=2.0, jitter="decorrelated")
    for number in (1, 2, 50):
        assert wait_s(settings, number, 0.4, lambda: HALF) == pytest.approx(0.1 + (1.2 - 0.1) / 2)
    assert wait_s(settings, 1, 0.0, lambda: HALF) == pytest.approx(0.2)
    assert wait_s(settings, 9, 1.9, lambda: ALMOST_ONE) == 2.0


def test_two_calls_at_once_do_not_lengthen_each_others_waits() -> None:
    """Pitfall 22: a shared iterator gave two calls .01, .01, .02, .04, .08, .16."""
    settings = RetrySettings(base_s=0.01, cap_s=10.0, jitter="decorrelated")
    one = other = 0.0
    for number in range(1, 5):
        one = wait_s(settings, number, one, lambda: HALF)
        other = wait_s(settings, number, other, lambda: HALF)
        assert one == other


@given(SETTINGS, st.integers(1, 10_000), st.floats(0.0, 300.0), CHANCES)
def test_no_wait_is_negative_or_beyond_the_cap(
    settings: RetrySettings, number: int, previous_s: float, chance: float
) -> None:
    assert 0.0 <= wait_s(settings, number, previous_s, lambda: chance) <= settings.cap_s


@given(SETTINGS, st.floats(0.0, 300.0), CHANCES)
def test_decorrelated_waits_lie_between_base_and_three_times_the_previous(
    settings: RetrySettings, previous_s: float, chance: float
) -> None:
    if settings.jitter != "decorrelated" or settings.backoff == "none":
        return
    wait = wait_s(settings, 1, previous_s, lambda: chance)
    longest_s = 3 * max(previous_s, settings.base_s)
    assert settings.base_s <= wait <= min(longest_s * (1 + 1e-12), settings.cap_s)


@pytest.mark.parametrize("number", [1_000, 10_000, 10**9])
def test_even_the_ten_thousandth_wait_does_not_overflow(number: int) -> None:
    """Pitfall 21: 2.0 ** 10_000 raises OverflowError in Python."""
    assert capped_s(0.05, 2.0, 1.0, number) == 1.0
    assert capped_s(0.05, 1.0, 1.0, number) == 0.05
    assert capped_s(0.0, 10.0, 8.0, number) == 0.0


@given(st.floats(0.001, 1.0), st.floats(1.0, 10.0), st.floats(1.0, 300.0))
def test_waits_never_get_shorter(base_s: float, multiplier: float, cap_s: float) -> None:
    ceilings = [capped_s(base_s, multiplier, cap_s, number) for number in range(1, 400)]
    assert all(before <= after for before, after in pairwise(ceilings))
