"""Who gets the next attempt, and when the health checks are not believed."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.balance import Balancer, BalanceSettings
from lab.patterns.ewma import PeakEwma

ALL = ["a-1", "a-2", "a-3", "a-4"]
IDLE: dict[str, int] = {}
CHANCES = st.floats(0.0, 1.0, exclude_max=True)


def half() -> float:
    return 0.5


def picks(balancer: Balancer, healthy: list[str], count: int) -> list[str]:
    return [balancer.pick(ALL, healthy, IDLE, half).instance for _ in range(count)]


def test_round_robin_takes_them_in_turn() -> None:
    assert picks(Balancer(BalanceSettings()), ALL, 6) == [*ALL, "a-1", "a-2"]


def test_the_neighbour_of_a_sick_one_does_not_get_its_share_as_well() -> None:
    counted = Counter(picks(Balancer(BalanceSettings()), ["a-1", "a-3", "a-4"], 30))
    assert counted == {"a-1": 10, "a-3": 10, "a-4": 10}


def test_the_less_busy_of_two_is_taken() -> None:
    balancer = Balancer(BalanceSettings(kind="two_choices"))
    draws = iter([0.0, 0.99])  # the first and the last
    pick = balancer.pick(ALL, ALL, {"a-1": 7, "a-4": 2}, lambda: next(draws))
    assert (pick.instance, pick.reason) == ("a-4", "2 in flight, 7 at a-1")


def test_a_slow_instance_gets_less_and_an_idle_one_is_tried_again() -> None:
    """Pitfall 39: it looks at what is in flight now, so nothing is remembered too long."""
    balancer = Balancer(BalanceSettings(kind="two_choices"))
    busy = {"a-1": 50}
    chances = [n / 97 % 1.0 for n in range(0, 97 * 7, 13)]
    draws = iter(chances * 4)
    while_busy = {balancer.pick(ALL, ALL, busy, lambda: next(draws)).instance for _ in range(40)}
    assert while_busy == {"a-2", "a-3", "a-4"}
    while_idle = {balancer.pick(ALL, ALL, IDLE, lambda: next(draws)).instance for _ in range(40)}
    assert while_idle == set(ALL)


@given(st.integers(2, 9), CHANCES, CHANCES)
def test_two_choices_are_two_different_instances(size: int, one: float, other: float) -> None:
    """Pitfall 39: the busiest of all is never taken, so it was never drawn twice."""
    names = [f"b-{n}" for n in range(size)]
    balancer = Balancer(BalanceSettings(kind="two_choices"))
    for busiest in names:
        draws = iter([one, other]).__next__
        in_flight = dict.fromkeys(names, 0) | {busiest: 1}
        assert balancer.pick(names, names, in_flight, draws).instance != busiest


def test_two_choices_draw_every_pair_equally_often() -> None:
    """Pitfall 39: of 4 × 3 equally likely draws, each of the 4 is the first in 3."""
    balancer = Balancer(BalanceSettings(kind="two_choices"))
    counted: Counter[str] = Counter()
    for first in range(4):
        for second in range(3):
            draws = iter([(first + 0.5) / 4, (second + 0.5) / 3]).__next__
            counted[balancer.pick(ALL, ALL, IDLE, draws).instance] += 1
    assert set(counted.values()) == {3}


@pytest.mark.parametrize(
    ("healthy", "panic_ratio", "state"),
    [
        (["a-1", "a-2"], 0.5, "spread"),
        (["a-1"], 0.5, "panic"),
        (["a-1"], 0.25, "spread"),
        (["a-1", "a-2", "a-3"], 1.0, "panic"),
        (["a-1"], 0.0, "spread"),
        ([], 0.0, "panic"),
    ],
)
def test_it_fails_open_strictly_below_the_panic_ratio_and_when_none_is_healthy(
    healthy: list[str], panic_ratio: float, state: str
) -> None:
    """Pitfall 40: without it, all traffic goes to the last healthy one and kills it too."""
    balancer = Balancer(BalanceSettings(panic_ratio=panic_ratio))
    used = set(picks(balancer, healthy, 8))
    assert used == set(healthy if state == "spread" else ALL)
    assert balancer.snapshot()["state"] == state


def test_panic_is_said_in_words_and_ends_when_enough_are_back() -> None:
    balancer = Balancer(BalanceSettings())
    reason = balancer.pick(ALL, ["a-1"], IDLE, half).reason
    assert reason == "only 1 of 4 healthy, so all are used"
    picks(balancer, ["a-1", "a-2"], 1)
    shown = balancer.snapshot()
    assert (shown["state"], shown["reason"]) == (
        "spread",
        "the healthy instances share the traffic",
    )
    assert shown["counts"] == {"picks": 2, "picks_in_panic": 1, "picks_in_zone": 0}


@given(
    st.sampled_from(["round_robin", "two_choices"]),
    st.lists(st.sets(st.sampled_from([*ALL, "gone"])), max_size=20),
    st.floats(0.0, 1.0),
    CHANCES,
)
def test_it_never_picks_one_that_is_out_unless_in_panic(
    kind: str, rounds: list[set[str]], panic_ratio: float, chance: float
) -> None:
    balancer = Balancer(BalanceSettings(kind=kind, panic_ratio=panic_ratio))
    for healthy in rounds:
        pick = balancer.pick(ALL, healthy, IDLE, lambda: chance)
        assert pick.instance in ALL
        assert pick.instance in healthy or balancer.snapshot()["state"] == "panic"


def test_with_one_instance_there_is_no_choice() -> None:
    balancer = Balancer(BalanceSettings(kind="two_choices"))
    assert balancer.pick(["a-1"], ["a-1"], IDLE, half).reason == "the only one"
    with pytest.raises(ValueError, match="no instance"):
        balancer.pick([], [], IDLE, half)


def test_the_turn_stays_when_the_settings_change() -> None:
    balancer = Balancer(BalanceSettings())
    picks(balancer, ALL, 2)
    balancer.retune(BalanceSettings(panic_ratio=0.1))
    assert picks(balancer, ALL, 1) == ["a-3"]


def test_ewma_steers_around_a_slow_one_before_its_attempts_pile_up() -> None:
    balancer = Balancer(BalanceSettings(kind="ewma"))
    for number in range(20):
        balancer.learn("a-1", 1.0, number * 0.1)
        for fast in ALL[1:]:
            balancer.learn(fast, 0.01, number * 0.1)
    draws = random.Random(1).random
    taken = {balancer.pick(ALL, ALL, IDLE, draws, now_s=2.0).instance for _ in range(200)}
    assert taken == {"a-2", "a-3", "a-4"}


def test_ewma_forgets_by_time_not_by_calls() -> None:
    """Pitfall 39: an idle bad one is tried again, however few calls there were meanwhile."""
    cost = PeakEwma()
    cost.learn(10.0, 0.0)
    assert cost.cost_s(0.0) == 10.0
    assert cost.cost_s(60.0) < 0.001
    cost.learn(0.1, 0.001)
    assert cost.cost_s(0.001) > 9.0


def test_ewma_takes_a_peak_over_at_once() -> None:
    cost = PeakEwma()
    for number in range(100):
        cost.learn(0.01, number * 0.01)
    cost.learn(2.0, 1.0)
    assert cost.cost_s(1.0) == 2.0


def test_zone_first_stays_near_while_enough_are_healthy_there() -> None:
    balancer = Balancer(BalanceSettings(zone_first=True))
    near = ["a-1", "a-2"]

    def taken(healthy: list[str]) -> set[str]:
        picked = [balancer.pick(ALL, healthy, IDLE, half, near=near) for _ in range(8)]
        return {pick.instance for pick in picked}

    assert taken(ALL) == {"a-1", "a-2"}
    assert taken(["a-1", "a-3", "a-4"]) == {"a-1"}
    assert taken(["a-3", "a-4"]) == {"a-3", "a-4"}


def test_random_draws_among_all() -> None:
    balancer = Balancer(BalanceSettings(kind="random"))
    draws = random.Random(1).random
    counted = Counter(balancer.pick(ALL, ALL, IDLE, draws).instance for _ in range(400))
    assert set(counted) == set(ALL)
    assert min(counted.values()) > 70


def test_the_snapshot_says_what_ewma_weighs_and_nothing_of_it_otherwise() -> None:
    one = Balancer(BalanceSettings(kind="ewma"))
    one.learn("a-1", 0.2, 1.0)
    assert one.snapshot(1.0)["costs_s"] == {"a-1": 0.2}
    one.retune(BalanceSettings(kind="random"))
    assert one.snapshot(1.0)["costs_s"] == {}
