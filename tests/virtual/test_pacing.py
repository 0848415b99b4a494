"""How far a lab's time should have got, by a wall clock that the test turns."""

import math

import pytest

from lab.cluster.virtual.pacing import LATE_S, Pacer


class Wall:
    """A clock."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def pacer(wall: Wall) -> Pacer:
    return Pacer(wall)


@pytest.mark.parametrize("speed", [0.25, 1.0, 10.0])
def test_time_passes_at_its_speed(wall: Wall, pacer: Pacer, speed: float) -> None:
    pacer.speed = speed
    t = 0.0
    for _ in range(50):
        wall.s += 0.1
        t = pacer.due_t(t)
    assert t == pytest.approx(5.0 * speed)


def test_paused_it_stands_and_without_a_speed_it_has_no_bound(pacer: Pacer) -> None:
    pacer.paused = True
    assert pacer.due_t(3.0) == 3.0
    pacer.paused, pacer.speed = False, None
    assert pacer.due_t(3.0) == math.inf
    assert pacer.wait_s(3.0) == 0.0


def test_who_is_late_goes_on_from_where_it_is(wall: Wall, pacer: Pacer) -> None:
    wall.s += 10.0
    assert pacer.due_t(1.0) == 1.0
    wall.s += 0.1
    assert pacer.due_t(1.0) == pytest.approx(1.1)


def test_who_is_ahead_need_not_wait_long(wall: Wall, pacer: Pacer) -> None:
    assert pacer.due_t(50.0) == 50.0
    wall.s += LATE_S / 2
    assert pacer.due_t(50.0) == pytest.approx(50.0 + LATE_S / 2)


@pytest.mark.parametrize(
    ("speed", "paused", "is_slow"),
    [(1.0, False, False), (0.25, False, True), (None, False, False), (None, True, True)],
)
def test_it_is_slow_below_real_time(
    pacer: Pacer, speed: float | None, paused: bool, is_slow: bool
) -> None:
    pacer.speed, pacer.paused = speed, paused
    assert pacer.is_slow is is_slow


def test_it_waits_for_the_next_frame_but_never_long(pacer: Pacer) -> None:
    assert pacer.wait_s(0.02) == pytest.approx(0.1)
    assert pacer.wait_s(0.06) == pytest.approx(0.06)
    pacer.speed = 0.25
    assert pacer.wait_s(0.02) == 0.1
    pacer.speed = 100.0
    assert pacer.wait_s(0.02) == 0.05


def test_how_fast_it_passes_is_measured_once_a_second(wall: Wall, pacer: Pacer) -> None:
    assert not pacer.measure(0.0)
    wall.s += 2.0
    assert pacer.measure(61.0)
    assert pacer.reached_per_s == 30.5
    assert not pacer.measure(61.0)
