"""A fallback covers what it names, says so, and is counted."""

import pytest

from lab.patterns.fallback import COVERABLE, Fallback, FallbackSettings


@pytest.mark.parametrize("outcome", COVERABLE)
def test_it_covers_every_way_not_to_be_answered(outcome: str) -> None:
    reason = Fallback(FallbackSettings()).covers(outcome, is_write=False, key="/", now_s=0.0)
    assert reason == f"a fixed answer because the call was {outcome.replace('_', ' ')}"


def test_it_leaves_good_answers_alone() -> None:
    fallback = Fallback(FallbackSettings())
    assert fallback.covers("ok", is_write=False, key="/", now_s=0.0) is None
    assert fallback.covers("degraded", is_write=False, key="/", now_s=0.0) is None
    assert fallback.snapshot()["counts"] == {"covered": 0, "not_covered": 0}


def test_what_it_does_not_name_passes_through() -> None:
    fallback = Fallback(FallbackSettings(kind="omit", on=("timed_out",)))
    assert fallback.covers("failed", is_write=False, key="/", now_s=0.0) is None
    assert fallback.snapshot()["reason"] == "failed is not covered"
    assert fallback.covers("timed_out", is_write=False, key="/", now_s=0.0) == (
        "left out because the call was timed out"
    )


def test_a_write_is_not_covered_unless_somebody_insists() -> None:
    fallback = Fallback(FallbackSettings())
    assert fallback.covers("failed", is_write=True, key="/", now_s=0.0) is None
    fallback.retune(FallbackSettings(writes=True))
    assert fallback.covers("failed", is_write=True, key="/", now_s=0.0) is not None


def test_it_is_counted_because_it_is_a_load_of_its_own() -> None:
    fallback = Fallback(FallbackSettings())
    for outcome in ("failed", "failed", "shed"):
        fallback.covers(outcome, is_write=False, key="/", now_s=0.0)
    fallback.covers("failed", is_write=True, key="/", now_s=0.0)
    shown = fallback.snapshot()
    assert shown["counts"] == {"covered": 3, "not_covered": 1}
    assert shown["covered"] == {"failed": 2, "shed": 1}


def test_its_state_is_true_again_when_answers_come() -> None:
    fallback = Fallback(FallbackSettings())
    states = [fallback.snapshot()["state"]]
    for outcome in ("failed", "ok"):
        fallback.covers(outcome, is_write=False, key="/", now_s=0.0)
        states.append(fallback.snapshot()["state"])
    assert states == ["standing_by", "covering", "standing_by"]


def test_the_last_good_answer_is_given_up_to_its_age() -> None:
    fallback = Fallback(FallbackSettings(kind="stale", max_age_s=10.0))

    def covers(outcome: str, now_s: float, key: str = "/price") -> str | None:
        return fallback.covers(outcome, is_write=False, key=key, now_s=now_s)

    assert covers("failed", 0.0) is None
    covers("ok", 1.0)
    covers("degraded", 9.0)
    assert covers("failed", 11.0) == "an answer 10.0 s old because the call was failed"
    assert covers("failed", 11.1) is None
    assert fallback.snapshot()["reason"] == "the last good answer is 10 s old, more than 10 s"
    assert covers("failed", 2.0, "/stock") is None


def test_what_is_remembered_is_bounded() -> None:
    fallback = Fallback(FallbackSettings(kind="stale"))
    for number in range(5000):
        fallback.covers("ok", is_write=False, key=f"/{number}", now_s=0.0)
    assert len(fallback._good_at_s) == 1000
