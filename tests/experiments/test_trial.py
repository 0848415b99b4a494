"""A trial gives the same numbers again, and numbers that agree with what is known."""

from typing import Any

import pytest

from lab.cluster import plan_of
from lab.cluster.experiments.playing import play
from lab.cluster.experiments.trial import Order, Trial
from tests.experiments.asking import CHAIN, FREEZE, asked


def order(**more: Any) -> Order:
    (only,) = plan_of(asked(**more)).orders()
    return only


def played(**more: Any) -> Trial:
    return play(order(**more))


def test_a_trial_is_the_same_again_and_another_seed_gives_another() -> None:
    first, again, other = played(set={"faults": FREEZE}), played(set={"faults": FREEZE}), played()
    assert first == again
    assert first.digest != other.digest
    assert played(seed=2).digest != played(seed=3).digest


def test_how_the_time_is_cut_changes_nothing() -> None:
    assert played(warm_up_s=1.0).digest == played(warm_up_s=2.345).digest


def test_a_lab_without_faults_answers_all_that_is_offered() -> None:
    numbers = played(for_s=31.0, set={"users.rate_per_s": 100}).numbers
    assert numbers["success_ratio"] == numbers["ok_ratio"] == 1.0
    assert numbers["offered_per_s"] == pytest.approx(100.0, rel=0.1)
    assert numbers["goodput_per_s"] == pytest.approx(numbers["offered_per_s"], rel=0.02)
    assert numbers["recovered"] is None
    assert numbers["failure_after_s"] is None


def test_the_shares_of_the_outcomes_are_a_whole() -> None:
    numbers = played(set={"faults": FREEZE}).numbers
    shares = [value for name, value in numbers.items() if name.endswith("_ratio")]
    assert sum(
        value or 0.0
        for name, value in numbers.items()
        if name.endswith("_ratio") and name not in ("success_ratio", "dropped_ratio")
    ) == pytest.approx(1.0, abs=1e-5)
    assert None not in shares


def test_a_freeze_is_marked_and_its_recovery_measured_from_its_beginning() -> None:
    trial = played(for_s=12.0, set={"faults": FREEZE})
    (mark,) = trial.marks
    assert mark.text == "freeze callee-1"
    assert mark.to_t == pytest.approx(mark.from_t + 2.0)
    numbers = trial.numbers
    assert numbers["recovered"] == 1.0
    assert numbers["failure_after_s"] is not None
    assert numbers["recovery_after_s"] is not None
    assert numbers["failure_after_s"] <= 1.0
    assert 1.0 <= numbers["recovery_after_s"] <= 4.0


def test_a_fault_without_an_end_is_not_recovered_from() -> None:
    endless = [{"kind": "hang", "target": "callee-1", "at_s": 3.0}]
    trial = played(set={"faults": endless})
    assert trial.marks[0].to_t is None
    assert trial.numbers["recovered"] == 0.0
    assert trial.numbers["recovery_after_s"] is None


def test_retries_show_in_the_attempts_of_their_dependency_and_the_calls_of_its_layer() -> None:
    broken = [{"kind": "errors", "target": "callee", "params": {"ratio": 1.0}, "at_s": 0.5}]
    settings = {"faults": broken, f"{CHAIN}.retry.enabled": True, f"{CHAIN}.retry.base_s": 0.01}
    numbers = played(for_s=20.0, set=settings).numbers
    assert numbers["attempts_per_call:caller:callee"] == pytest.approx(3.0, abs=0.05)
    assert numbers["calls_per_request:callee"] == pytest.approx(3.0 * 0.7, rel=0.15)
    assert numbers["calls_per_request:caller"] == pytest.approx(1.0, abs=0.02)


def test_breaker_openings_are_counted() -> None:
    settings = {"faults": FREEZE, f"{CHAIN}.breaker.enabled": True}
    settings |= {f"{CHAIN}.attempt_timeout.enabled": True}
    numbers = played(set=settings).numbers
    assert numbers["breaker_openings"] is not None
    assert numbers["breaker_openings"] >= 1.0


def test_the_curves_are_a_value_for_each_second() -> None:
    trial = played()
    assert trial.curves is not None
    assert {len(column) for column in trial.curves.outcomes.values()} == {8}
    assert {len(column) for column in trial.curves.latencies.values()} == {8}
    assert sum(trial.curves.outcomes["ok"][1:]) == pytest.approx(7 * 30, rel=0.3)


def test_a_trial_that_meets_its_bounds_says_so_and_keeps_what_it_has() -> None:
    long = order(for_s=3000.0)
    long.wall_s = 0.3
    trial = play(long)
    assert "it took longer than 0.3 s" in trial.ended
    assert trial.numbers["success_ratio"] == 1.0


def test_a_trial_that_breaks_is_told_like_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.cluster.virtual.loop.MOST_AT_ONCE", 10)
    trial = played()
    assert "more than" in trial.ended
    assert trial.numbers["success_ratio"] is None
