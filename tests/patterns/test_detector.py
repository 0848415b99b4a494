"""No detector is both quick and right; phi at least says how sure it is."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.detector import HISTORY, MOST_PHI, Detector, DetectorSettings


def detector(kind: str, **more: float) -> Detector:
    return Detector(DetectorSettings(kind=kind, **more), 0.0)


def beaten(one: Detector, beats: int, every_s: float = 0.2, spread_s: float = 0.0) -> float:
    """Let heartbeats come; return the time of the last."""
    dice, now_s = random.Random(1), 0.0
    for _ in range(beats):
        now_s += max(0.001, dice.gauss(every_s, spread_s))
        one.beat(now_s)
    return now_s


def test_fixed_suspects_at_its_timeout_and_not_before() -> None:
    one = detector("fixed", timeout_s=1.0)
    assert [one.look(t) for t in (0.99, 1.0, 1.5)] == [False, True, False]


def test_a_heartbeat_after_a_suspicion_shows_that_it_was_a_mistake() -> None:
    one = detector("fixed", timeout_s=1.0)
    one.look(2.0)
    assert one.beat(2.1)
    assert not one.is_suspected
    assert one.snapshot(2.2)["counts"] == {"suspicions": 1, "mistakes": 1}


def test_phi_suspects_a_regular_sender_sooner_than_an_irregular_one() -> None:
    def silence_until_suspected(spread_s: float) -> float:
        one = detector("phi")
        last_s = beaten(one, 100, spread_s=spread_s)
        return next(t / 100 for t in range(1, 1000) if one.look(last_s + t / 100))

    assert silence_until_suspected(0.0) < silence_until_suspected(0.1) < 2.0


def test_phi_is_the_power_of_ten_of_being_wrong() -> None:
    one = detector("phi", deviation_s=0.1)
    last_s = beaten(one, 100)
    for sigmas in (1.0, 2.0, 3.0, 4.0):
        exact = -math.log10(0.5 * math.erfc(sigmas / math.sqrt(2.0)))
        assert one.suspicion(last_s + 0.2 + sigmas * 0.1) == pytest.approx(exact, rel=1e-6)


def test_a_perfectly_regular_sender_is_not_suspected_for_a_hair() -> None:
    """Pitfall 41: no floor under the deviation."""
    one = detector("phi", deviation_s=0.05)
    last_s = beaten(one, 100)
    assert not one.look(last_s + 0.25)


def test_the_silence_of_a_suspected_sender_is_not_learnt() -> None:
    """Pitfall 41: recording the gap after a suspicion makes the detector blind."""
    one = detector("phi")
    last_s = beaten(one, 100)
    before = one.suspicion(last_s + 0.5)
    one.look(last_s + 3600.0)
    one.beat(last_s + 3600.0)
    assert one.suspicion(last_s + 3600.5) == pytest.approx(before)


@given(st.floats(0.0, 1e9))
def test_phi_never_overflows_and_is_never_infinite(silence_s: float) -> None:
    """Pitfalls 21 and 41."""
    one = detector("phi")
    last_s = beaten(one, 10)
    assert 0.0 <= one.suspicion(last_s + silence_s) <= MOST_PHI


@given(st.lists(st.floats(0.0, 10.0), min_size=2, max_size=30))
def test_phi_grows_with_the_silence(silences: list[float]) -> None:
    one = detector("phi")
    last_s = beaten(one, 50, spread_s=0.05)
    values = [one.suspicion(last_s + silence) for silence in sorted(silences)]
    assert values == sorted(values)


def test_history_is_bounded_and_the_sums_do_not_drift() -> None:
    one = detector("phi")
    beaten(one, 50 * HISTORY, spread_s=0.05)
    assert len(one._silences) == HISTORY
    assert one._sum == pytest.approx(sum(one._silences))


def test_a_forgiven_pause_comes_on_top() -> None:
    strict, kind = detector("phi"), detector("phi", pause_s=2.0)
    last_s = beaten(strict, 50)
    beaten(kind, 50)
    assert strict.look(last_s + 1.0)
    assert not kind.look(last_s + 2.0)
    assert kind.look(last_s + 3.0)
