"""Ejection by the calls themselves: one bad apple, never the whole basket."""

from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lab.patterns.outlier import Outliers, OutlierSettings


def outliers(number: int = 4, **more: Any) -> Outliers:
    one = Outliers(OutlierSettings(**more))
    for place in range(number):
        one.join(f"back-{place + 1}")
    return one


def fail(one: Outliers, instance: str, times: int, now_s: float = 0.0) -> list[str]:
    verdicts = [v for _ in range(times) for v in one.record(instance, good=False, now_s=now_s)]
    return [f"{v.instance} {'out' if v.ejected else 'in'}" for v in verdicts]


def test_failures_in_a_row_eject_and_a_success_between_begins_anew() -> None:
    one = outliers(consecutive=3)
    assert fail(one, "back-1", 2) == []
    one.record("back-1", good=True, now_s=0.0)
    assert fail(one, "back-1", 2) == []
    assert fail(one, "back-1", 1) == ["back-1 out"]
    assert one.out == ["back-1"]


def test_it_is_back_when_its_time_is_over_and_begins_anew() -> None:
    """Pitfall 38: counters that are not reset on return eject it again at its first failure."""
    one = outliers(consecutive=3, base_s=5.0)
    fail(one, "back-1", 3)
    assert [(v.instance, v.ejected) for v in one.poll(5.0)] == [("back-1", False)]
    assert fail(one, "back-1", 2, now_s=5.0) == []


def test_each_ejection_lasts_longer_up_to_the_cap() -> None:
    """Pitfall 38: constant ejection time."""
    one, now_s, lasted = outliers(consecutive=1, base_s=5.0, cap_s=12.0, interval_s=60.0), 0.0, []
    for _ in range(4):
        (verdict,) = one.record("back-1", good=False, now_s=now_s)
        lasted.append(verdict.reason.rpartition("out for ")[2])
        now_s += 20.0
        one.poll(now_s)
    assert lasted == ["5 s", "10 s", "12 s", "12 s"]


def test_good_behaviour_is_remembered_too() -> None:
    one = outliers(consecutive=1, base_s=5.0, interval_s=1.0)
    one.record("back-1", good=False, now_s=0.0)
    for second in range(1, 10):
        one.poll(float(second))
    (verdict,) = one.record("back-1", good=False, now_s=10.0)
    assert verdict.reason.endswith("out for 5 s")


def test_never_more_than_its_share_is_out() -> None:
    """Pitfall 38: when all are bad, ejecting all helps nobody."""
    one = outliers(4, consecutive=1, most_ratio=0.5)
    for place in range(1, 5):
        fail(one, f"back-{place}", 1)
    assert len(one.out) == 2


def test_a_single_instance_is_never_ejected() -> None:
    assert fail(outliers(1, consecutive=1), "back-1", 10) == []


def test_one_far_below_the_others_is_out_at_the_end_of_the_interval() -> None:
    one = outliers(6, consecutive=100, interval_s=2.0)
    one.poll(0.0)
    for place in range(1, 7):
        for number in range(20):
            one.record(f"back-{place}", good=place > 1 or number % 2 == 0, now_s=1.0)
    (verdict,) = one.poll(2.0)
    assert verdict.instance == "back-1"
    assert verdict.reason.startswith("50% succeed, 92% of all")


@pytest.mark.parametrize(("instances", "calls"), [(2, 50), (6, 5)])
def test_too_few_are_not_compared(instances: int, calls: int) -> None:
    """Pitfall 38."""
    one = outliers(instances, consecutive=100)
    one.poll(0.0)
    for place in range(1, instances + 1):
        for number in range(calls):
            one.record(f"back-{place}", good=place > 1 or number % 2 == 0, now_s=1.0)
    assert one.poll(10.0) == []


def test_an_answer_from_before_its_ejection_changes_nothing() -> None:
    one = outliers(consecutive=2)
    fail(one, "back-1", 2)
    assert fail(one, "back-1", 10, now_s=1.0) == []


class AnyTraffic(RuleBasedStateMachine):
    """Whatever happens, the bound on ejections holds and everybody comes back."""

    @initialize(number=st.integers(1, 8), ratio=st.floats(0.0, 1.0))
    def begin(self, number: int, ratio: float) -> None:
        self.number, self.ratio, self.now_s = number, ratio, 0.0
        self.one = outliers(number, consecutive=2, most_ratio=ratio, minimum_calls=2)

    @rule(place=st.integers(1, 8), good=st.booleans())
    def attempt(self, place: int, good: bool) -> None:
        self.one.record(f"back-{place}", good=good, now_s=self.now_s)

    @rule(seconds=st.floats(0.0, 5.0))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds
        self.one.poll(self.now_s)

    @invariant()
    def some_are_always_left(self) -> None:
        most = 0 if self.number == 1 else max(1, int(self.ratio * self.number))
        assert len(self.one.out) <= most

    def teardown(self) -> None:
        for later_s in (61.0, 122.0):  # the first may still compare what came before
            self.one.poll(self.now_s + later_s)
        assert not self.one.out


TestAnyTraffic = AnyTraffic.TestCase
TestAnyTraffic.settings = hypothesis_settings(max_examples=60, stateful_step_count=40)


def test_the_snapshot_says_who_is_near_and_how_much_of_a_time_is_left() -> None:
    one = outliers(consecutive=3, base_s=5.0)
    fail(one, "back-1", 3)
    fail(one, "back-2", 2)
    shown = one.snapshot(2.0)
    assert shown["out"] == {
        "back-1": {"left_s": 3.0, "lasts_s": 5.0, "reason": "3 failures in a row"}
    }
    assert shown["in_a_row"] == {"back-1": 3, "back-2": 2, "back-3": 0, "back-4": 0}
