"""Every distribution of work has the mean that it is given."""

import math
from random import Random
from statistics import fmean, pstdev

import pytest

from lab.cluster.specs import WorkSpec
from lab.cluster.workers.work import draw_s

KINDS = ("fixed", "exponential", "normal", "lognormal", "heavy_tail")


def draws(kind: str, number: int, mean_s: float = 0.05, deviation_s: float = 0.01) -> list[float]:
    random = Random(f"{kind}/{mean_s}/{deviation_s}")
    return [draw_s(WorkSpec(kind, mean_s, deviation_s), random) for _ in range(number)]


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_the_mean_is_the_one_asked_for(kind: str) -> None:
    assert fmean(draws(kind, 50_000)) == pytest.approx(0.05, rel=0.015)


@pytest.mark.parametrize("kind", ["normal", "lognormal"])
def test_so_is_the_deviation(kind: str) -> None:
    assert pstdev(draws(kind, 50_000)) == pytest.approx(0.01, rel=0.02)


def test_exponential_work_deviates_by_its_mean() -> None:
    assert pstdev(draws("exponential", 50_000)) == pytest.approx(0.05, rel=0.02)


def test_a_heavy_tail_is_paretos() -> None:
    """Its variance is infinite, so not its mean is checked but its shares beyond multiples of it.

    P(X > x) = (scale / x)^1.5, with the scale at a third of the mean.
    """
    times_s = draws("heavy_tail", 50_000)
    assert min(times_s) >= 0.05 / 3
    for multiple in (1, 3, 10):
        share = sum(time_s > multiple * 0.05 for time_s in times_s) / len(times_s)
        assert share == pytest.approx((1 / (3 * multiple)) ** 1.5, rel=0.15)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("mean_s", "deviation_s"), [(0.0, 0.0), (0.001, 1.0), (5.0, 0.0)])
def test_no_time_is_negative_or_endless(kind: str, mean_s: float, deviation_s: float) -> None:
    times_s = draws(kind, 2_000, mean_s, deviation_s)
    assert all(0.0 <= time_s < math.inf for time_s in times_s)


@pytest.mark.parametrize("kind", KINDS)
def test_no_time_at_all_is_possible(kind: str) -> None:
    assert set(draws(kind, 100, 0.0, 0.0)) == {0.0}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_draws_the_same(kind: str) -> None:
    assert draws(kind, 100) == draws(kind, 100)
