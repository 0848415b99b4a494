"""What ends is started again, ever more slowly, until that is hopeless."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.supervision import Supervision, SupervisionSettings

SETTINGS = SupervisionSettings(
    base_s=1.0, cap_s=4.0, stable_s=10.0, crash_limit=5, crash_window_s=30.0
)


def crash(supervision: Supervision, started_s: float, lived_s: float) -> float | None:
    supervision.started(started_s)
    return supervision.exited(started_s + lived_s).wait_s


def test_the_waits_double_up_to_the_cap() -> None:
    supervision = Supervision(SETTINGS)
    waits = [crash(supervision, started_s, 0.5) for started_s in (0.0, 10.0, 20.0, 30.0, 40.0)]
    assert waits == [1.0, 2.0, 4.0, 4.0, 4.0]


def test_a_process_that_never_gets_ready_backs_off_too() -> None:
    supervision = Supervision(SETTINGS)
    assert [supervision.exited(at_s).wait_s for at_s in (0.0, 1.0, 3.0)] == [1.0, 2.0, 4.0]


def test_after_a_stable_while_the_waits_begin_anew() -> None:
    supervision = Supervision(SETTINGS)
    crash(supervision, 0.0, 1.0)
    assert crash(supervision, 2.0, 9.99) == 2.0
    assert crash(supervision, 20.0, 10.0) == 1.0


def test_one_crash_more_than_the_limit_within_the_window_is_a_crash_loop() -> None:
    """OTP: more than MaxR restarts within MaxT seconds, both ends included."""
    supervision = Supervision(replace(SETTINGS, crash_limit=2))
    assert crash(supervision, 0.0, 0.0) is not None
    assert crash(supervision, 10.0, 0.0) is not None
    supervision.started(30.0)
    restart = supervision.exited(30.0)
    assert restart.wait_s is None
    assert restart.reason == "crash loop: 3 crashes within 30 s (limit 2)"
    assert supervision.snapshot()["state"] == "given_up"


def test_crashes_that_are_long_ago_do_not_count() -> None:
    supervision = Supervision(replace(SETTINGS, crash_limit=2))
    waits = [crash(supervision, started_s, 0.0) for started_s in (0.0, 20.0, 30.1, 50.2)]
    assert None not in waits


def test_starting_by_hand_after_giving_up_is_a_clean_slate() -> None:
    supervision = Supervision(replace(SETTINGS, crash_limit=1))
    crash(supervision, 0.0, 0.0)
    assert crash(supervision, 1.0, 0.0) is None
    assert crash(supervision, 2.0, 0.0) == 1.0


def test_without_restarts_it_stays_down() -> None:
    supervision = Supervision(replace(SETTINGS, restart=False))
    supervision.started(0.0)
    restart = supervision.exited(1.0)
    assert (restart.wait_s, restart.reason) == (None, "restarts are switched off")
    supervision.retune(SETTINGS)
    assert crash(supervision, 2.0, 0.0) == 1.0


def test_it_shows_where_it_is_and_why() -> None:
    supervision = Supervision(SETTINGS)
    shown = [supervision.snapshot()]
    supervision.started(0.0)
    supervision.exited(1.0)
    shown.append(supervision.snapshot())
    supervision.started(2.0)
    shown.append(supervision.snapshot())
    assert [(each["state"], each["reason"]) for each in shown] == [
        ("running", "it has not ended yet"),
        ("waiting", "restart 1 in a row in 1 s"),
        ("running", "started again"),
    ]
    assert shown[-1]["counts"] == {"restarts": 1}


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 15)), max_size=40), st.integers(1, 6))
def test_it_gives_up_exactly_when_a_plain_count_says_so(
    lives: list[tuple[int, int]], crash_limit: int
) -> None:
    """Whole seconds between the end and the next start, and lived."""
    settings = replace(SETTINGS, crash_limit=crash_limit)
    supervision, now_s, ends_s = Supervision(settings), 0.0, list[float]()
    for down_s, lived_s in lives:
        now_s += down_s
        supervision.started(now_s)
        now_s += lived_s
        ends_s.append(now_s)
        restart = supervision.exited(now_s)
        recent = [end_s for end_s in ends_s if end_s >= now_s - settings.crash_window_s]
        assert (restart.wait_s is None) == (len(recent) > crash_limit)
        assert restart.wait_s is None or settings.base_s <= restart.wait_s <= settings.cap_s
        if restart.wait_s is None:
            ends_s.clear()


def test_a_crash_loop_of_any_length_takes_no_memory() -> None:
    supervision = Supervision(replace(SETTINGS, restart=False, crash_limit=3))
    for _ in range(10_000):
        supervision.exited(0.0)
    assert supervision.snapshot()["crashes"] == 4
