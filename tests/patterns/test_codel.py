"""CoDel against the pseudocode of RFC 8289, and by what it is for."""

from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.codel import Codel, CodelSettings
from lab.patterns.parameters import ParameterError

TARGET_S, INTERVAL_S = 0.05, 0.5


def codel() -> Codel:
    return Codel(CodelSettings(target_s=TARGET_S, interval_s=INTERVAL_S))


class Rfc:
    """RFC 8289, 5.5 and 5.6, line by line, over a queue that is given as a list."""

    def __init__(self) -> None:
        self.first_above = self.drop_next = 0.0
        self.count = self.lastcount = 0
        self.dropping = False

    def dodequeue(self, queue: list[float], now: float) -> tuple[float | None, bool]:
        if not queue:
            self.first_above = 0.0
            return None, False
        sojourn = queue.pop(0)
        if sojourn < TARGET_S or not queue:
            self.first_above = 0.0
            return sojourn, False
        if self.first_above == 0.0:
            self.first_above = now + INTERVAL_S
            return sojourn, False
        return sojourn, now >= self.first_above

    def dequeue(self, queue: list[float], now: float) -> tuple[float | None, int]:
        """Return what is delivered and how many were dropped before it."""
        dropped = 0
        r, ok = self.dodequeue(queue, now)
        if self.dropping:
            if not ok:
                self.dropping = False
            while now >= self.drop_next and self.dropping:
                dropped += 1
                self.count += 1
                r, ok = self.dodequeue(queue, now)
                if not ok:
                    self.dropping = False
                else:
                    self.drop_next += INTERVAL_S / sqrt(self.count)
        elif ok:
            dropped += 1
            r, ok = self.dodequeue(queue, now)
            self.dropping = True
            delta = self.count - self.lastcount
            self.count = delta if delta > 1 and now - self.drop_next < 16 * INTERVAL_S else 1
            self.drop_next = now + INTERVAL_S / sqrt(self.count)
            self.lastcount = self.count
        return r, dropped


STEPS = st.lists(
    st.tuples(
        st.floats(0.001, 0.4),
        st.lists(st.sampled_from([0.0, 0.04, 0.06, 0.3, 1.0]), min_size=1, max_size=6),
    ),
    max_size=60,
)


@given(STEPS)
def test_it_drops_what_the_rfc_drops(steps: list[tuple[float, list[float]]]) -> None:
    ours, theirs, now = codel(), Rfc(), 1.0
    for gap, waits in steps:
        now += gap
        queue, expected = [*waits], [*waits]
        _, dropped_by_rfc = theirs.dequeue(expected, now)
        dropped = 0
        while queue:
            sojourn = queue.pop(0)
            if not ours.judge(sojourn, now, left=len(queue)):
                break
            dropped += 1
        assert dropped == dropped_by_rfc
        assert queue == expected


def test_a_burst_that_is_over_within_the_interval_loses_nothing() -> None:
    one = codel()
    assert [one.judge(0.3, 0.1 * n, left=9) for n in range(5)] == [""] * 5
    assert one.judge(0.01, 0.55, left=9) == ""
    assert one.judge(0.3, 0.6, left=9) == ""


def test_it_drops_sooner_and_sooner_while_waits_stay_long() -> None:
    """Pitfall 37: at dequeue, by the control law."""
    one = codel()
    dropped = [n / 1000 for n in range(4000) if one.judge(0.3, n / 1000, left=9)]
    gaps = [later - sooner for sooner, later in pairwise(dropped)]
    assert dropped[0] == pytest.approx(INTERVAL_S)
    assert gaps[:4] == pytest.approx([INTERVAL_S / sqrt(n) for n in (1, 2, 3, 4)], abs=0.002)


def test_the_last_in_the_queue_is_never_dropped() -> None:
    one = codel()
    assert all(one.judge(5.0, float(n), left=0) == "" for n in range(20))


def test_the_target_is_below_the_interval() -> None:
    with pytest.raises(ParameterError, match="target_s"):
        CodelSettings(target_s=0.5, interval_s=0.5)


def test_the_snapshot_says_for_how_long_no_wait_was_short() -> None:
    one = codel()
    for now_s, wait_s in ((1.0, 0.01), (1.1, 0.2), (1.4, 0.2)):
        one.judge(wait_s, now_s, left=5)
    assert one.snapshot()["above_for_s"] == pytest.approx(0.3)
    one.judge(0.01, 1.5, left=5)
    assert one.snapshot()["above_for_s"] == 0.0
