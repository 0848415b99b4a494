"""The windows: constant work, exact sums, and nothing stale."""

from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.breaker_window import MARKS, CountWindow, TimeWindow

RESULTS = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60)


def test_a_full_count_window_forgets_the_oldest() -> None:
    window = CountWindow(3)
    for failed, slow in [(True, True), (False, True), (True, False), (False, False)]:
        window.add(failed, slow, 0.0)
    assert window.picture() == "sx."
    assert (window.calls, window.failures, window.slow) == (3, 1, 1)


@given(RESULTS, st.integers(1, 20))
def test_a_count_window_holds_the_latest_results(
    results: list[tuple[bool, bool]], size: int
) -> None:
    window = CountWindow(size)
    for failed, slow in results:
        window.add(failed, slow, 0.0)
    latest = results[-size:]
    assert window.picture() == "".join(MARKS[failed + 2 * slow] for failed, slow in latest)
    assert window.calls == len(latest)
    assert window.failures == sum(failed for failed, _ in latest)
    assert window.slow == sum(slow for _, slow in latest)


@given(RESULTS, st.integers(1, 12), st.integers(1, 12), st.sampled_from([0.1, 0.5, 0.7, 1.0]))
def test_opens_in_is_what_that_many_failures_do(
    results: list[tuple[bool, bool]], size: int, needed: int, ratio: float
) -> None:
    needed = min(needed, size)
    window, again = CountWindow(size), CountWindow(size)
    for failed, slow in results:
        window.add(failed, slow, 0.0)
        again.add(failed, slow, 0.0)
    count = 0
    while count == 0 or again.calls < needed or again.failures / again.calls < ratio:
        again.add(True, False, 0.0)
        count += 1
    assert window.opens_in(needed, ratio) == count


def test_a_time_window_forgets_bucket_by_bucket() -> None:
    window = TimeWindow(10.0)
    window.add(True, False, 0.5)
    window.add(False, True, 1.5)
    window.age(9.9)
    assert (window.calls, window.failures, window.slow) == (2, 1, 1)
    window.age(10.0)
    assert (window.calls, window.failures, window.slow) == (1, 0, 1)
    assert window.picture() == [[1, 0, 1]] + [[0, 0, 0]] * 9


def test_after_a_long_gap_every_stale_bucket_is_cleared() -> None:
    """Pitfall 9: clearing only the next bucket brings old failures back after an idle gap."""
    for gap_s in (10.0, 15.0, 95.0, 1e6):
        window = TimeWindow(10.0)
        for second in range(10):
            window.add(True, True, float(second))
        window.add(False, False, 9.0 + gap_s)
        assert (window.calls, window.failures, window.slow) == (1, 0, 0), gap_s
        assert window.picture() == [[0, 0, 0]] * 9 + [[1, 0, 0]]


def test_a_time_window_does_not_grow() -> None:
    """Pitfall 9: per-entry ages in a list grow with the load."""
    window = TimeWindow(1.0)
    for n in range(10_000):
        window.add(False, False, n / 10_000)
    assert len(window.picture()) == 10
    assert window.calls == 10_000


@given(
    st.lists(st.tuples(st.integers(0, 400), st.booleans(), st.booleans()), min_size=1, max_size=60)
)
def test_a_time_window_is_the_results_of_its_latest_ten_buckets(
    steps: list[tuple[int, bool, bool]],
) -> None:
    window, now, past = TimeWindow(10.0), 0, []
    for step, failed, slow in steps:
        now += step  # in sixteenths of a second, which floats hold exactly
        window.add(failed, slow, now / 16)
        past.append((now // 16, failed, slow))
    kept = [result for result in past if result[0] > now // 16 - 10]
    assert window.calls == len(kept)
    assert window.failures == sum(failed for _, failed, _ in kept)
    assert window.slow == sum(slow for *_, slow in kept)
    shown = window.picture()
    assert sum(ok + failed for ok, failed, _ in shown) == len(kept)


def test_a_time_window_says_how_many_more_failures_open_it() -> None:
    window = TimeWindow(10.0)
    assert window.opens_in(5, 0.5) == 5
    for _ in range(6):
        window.add(False, False, 0.0)
    assert window.opens_in(5, 0.5) == 6
    assert window.opens_in(5, 0.99) == 594
    assert window.opens_in(5, 1.0) is None


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 60), st.integers(1, 99))
def test_opens_in_of_a_time_window_is_the_least_that_does(
    good: int, failed: int, needed: int, percent: int
) -> None:
    window = TimeWindow(10.0)
    for each in range(good + failed):
        window.add(each < failed, False, 0.0)
    more = window.opens_in(needed, percent / 100)
    assert more is not None

    def opens(after: int) -> bool:
        calls = good + failed + after
        return calls >= needed and (failed + after) / calls >= percent / 100

    assert opens(more)
    assert more == 1 or not opens(more - 1)
