import math

from hypothesis import example, given
from hypothesis import strategies as st

from lab.telemetry.histogram import BOUNDS_S, Histogram, bucket, percentile_ms, percentile_s

seconds = st.floats(min_value=1e-4, max_value=3600.0)


def exact(values: list[float], q: float) -> float:
    """The nearest-rank quantile, from the definition."""
    return sorted(values)[max(1, math.ceil(q * len(values))) - 1]


@given(st.lists(seconds, min_size=1, max_size=200), st.sampled_from([0.0, 0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_at_most_ten_per_cent_off(values: list[float], q: float) -> None:
    histogram = Histogram()
    for value in values:
        histogram.add(value)

    read = histogram.percentile(q)

    assert read is not None
    assert abs(read - exact(values, q)) / exact(values, q) <= 0.1


@given(seconds)
@example(1e-4)
@example(BOUNDS_S[7])
def test_a_duration_lies_within_the_bounds_of_its_bucket(value: float) -> None:
    index = bucket(value)

    assert value <= BOUNDS_S[index]
    assert index == 0 or BOUNDS_S[index - 1] < value


@given(st.lists(st.lists(seconds, max_size=20), max_size=5), st.randoms())
def test_merging_conserves_counts_in_any_order(parts: list[list[float]], chance: object) -> None:
    whole, merged = Histogram(), Histogram()
    for value in (value for part in parts for value in part):
        whole.add(value)
    chance.shuffle(parts)  # type: ignore[attr-defined]

    for part in parts:
        other = Histogram()
        for value in part:
            other.add(value)
        merged.merge(other)

    assert merged.counts == whole.counts
    assert merged.count == sum(len(part) for part in parts)


def test_what_no_clock_should_say_is_still_counted() -> None:
    histogram = Histogram()

    for odd in (-0.001, 0.0, math.nan, math.inf, 1e9):
        histogram.add(odd)

    assert histogram.count == 5
    assert histogram.percentile(1.0) == BOUNDS_S[-1]


def test_an_empty_histogram_has_no_percentile() -> None:
    assert Histogram().percentile(0.5) is None
    assert percentile_s({}, 0.99) is None
    assert percentile_ms({}, 0.99) is None


def test_people_read_milliseconds() -> None:
    assert percentile_ms({0: 3}, 0.5) == 0.1
    assert percentile_ms({bucket(0.25): 3}, 0.5) == 259.95
