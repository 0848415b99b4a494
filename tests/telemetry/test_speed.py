"""The recorder is on the path of every hop: at most 1 µs, and room here for a busy machine."""

import math
import timeit
from collections.abc import Callable
from random import Random

import pytest

from lab.telemetry.histogram import FIRST_BOUND_S, GROWTH, Histogram, bucket
from lab.telemetry.outcome import Outcome
from lab.telemetry.recorder import Recorder

BOUND_US = 1.0
BUSY_FACTOR = 3.0

RECORDER = Recorder("a-1")
HISTOGRAM = Histogram()
SECONDS = [Random(7).lognormvariate(-5.0, 1.5) for _ in range(500)]


def best_us(act: Callable[[float], object]) -> float:
    """The least time of one call, in µs, the loop included."""
    rounds = timeit.repeat(lambda: [act(value) for value in SECONDS], number=10, repeat=20)
    return min(rounds) / 10 / len(SECONDS) * 1e6


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda s: RECORDER.attempt("a-1→b-1", Outcome.OK, s), id="attempt"),
        pytest.param(lambda s: RECORDER.call("a:b", Outcome.OK, s, 1), id="call"),
        pytest.param(lambda s: RECORDER.served("/a", Outcome.OK, s), id="served"),
        pytest.param(lambda s: RECORDER.user("/a", Outcome.OK, s), id="user"),
        pytest.param(lambda _: RECORDER.offered(), id="offered"),
        pytest.param(HISTOGRAM.add, id="histogram"),
    ],
)
def test_recording_costs_less_than_a_microsecond(act: Callable[[float], object]) -> None:
    assert best_us(act) < BOUND_US * BUSY_FACTOR


def test_bisection_is_no_slower_than_a_logarithm() -> None:
    def by_logarithm(seconds: float) -> int:
        return math.ceil(math.log(seconds / FIRST_BOUND_S) / math.log(GROWTH))

    assert best_us(bucket) < best_us(by_logarithm)
