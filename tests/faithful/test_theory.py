"""The closed forms themselves, against figures that others have printed."""

import pytest

from tests.bench.faithful import theory
from tests.bench.faithful.claim import student


def test_erlang_s_formulas_give_the_figures_of_the_printed_tables() -> None:
    assert theory.erlang_b(10, 10.0) == pytest.approx(0.2146, abs=5e-5)
    assert theory.erlang_b(20, 12.0) == pytest.approx(0.0098, abs=5e-5)
    assert theory.erlang_c(1, 0.8) == pytest.approx(0.8)
    assert theory.erlang_c(4, 3.2) == pytest.approx(0.5964, abs=5e-5)


def test_one_worker_s_quantiles_are_those_of_an_exponential() -> None:
    assert theory.mmc_quantile_s(1, 40.0, 0.02, 0.5) == pytest.approx(0.0693, abs=1e-4)
    assert theory.mmc_quantile_s(1, 40.0, 0.02, 0.95) == pytest.approx(0.2996, abs=1e-4)


def test_the_curriculum_s_figures_are_those_of_its_formulas() -> None:
    assert [theory.at_least(n // 2 + 1, n, 0.75) for n in (1, 3, 5)] == pytest.approx(
        [0.75, 0.844, 0.896], abs=5e-4
    )
    assert theory.amplified(1.0, 4, 3) == 64.0
    assert theory.amplified(0.9, 4, 3) == pytest.approx(9.99, abs=0.005)
    assert theory.any_of(100, 0.01) == pytest.approx(0.634, abs=5e-4)
    assert theory.catch_up_s(10.0, 0.9) == pytest.approx(90.0)


def test_student_s_quantiles_are_those_of_the_printed_table() -> None:
    assert [student(n) for n in (7, 11, 23)] == pytest.approx([3.499, 3.106, 2.807], abs=0.01)
