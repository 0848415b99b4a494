"""A timeout only ever brings the deadline forward."""

from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.timeout import AttemptTimeoutSettings, TimeoutSettings, deadline

TIMES = st.floats(0.0, 1e6)


def test_without_an_outer_deadline_it_sets_one() -> None:
    assert deadline(100.0, 0.3, None) == 100.3


def test_the_earlier_deadline_holds() -> None:
    """Pitfall 29: a limit longer than what is left must not give the callee more time."""
    assert deadline(100.0, 5.0, 101.0) == 101.0
    assert deadline(100.0, 0.5, 101.0) == 100.5


def test_an_attempt_leaves_time_for_another_within_the_call() -> None:
    """Pitfall 27: one limit is the attempt's, the other the whole call's."""
    attempt_s, call_s = AttemptTimeoutSettings().limit_s, TimeoutSettings().limit_s
    call = deadline(0.0, call_s, None)
    ends_s = [deadline(began_s, attempt_s, call) for began_s in (0.0, 0.4, 0.8)]
    assert ends_s == [0.3, 0.7, 1.0]


@given(TIMES, st.floats(0.01, 60.0), st.none() | TIMES)
def test_no_deadline_is_later_than_the_limit_or_the_outer_one(
    now_s: float, limit_s: float, outer_s: float | None
) -> None:
    made_s = deadline(now_s, limit_s, outer_s)
    assert made_s <= now_s + limit_s
    assert outer_s is None or made_s <= outer_s
    assert made_s in (now_s + limit_s, outer_s)
