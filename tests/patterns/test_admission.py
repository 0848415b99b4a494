"""The limit finds what a server can do, by time and not by errors, and only when it is used."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.patterns.admission import Admission, AdmissionSettings
from lab.patterns.parameters import ParameterError

MOVING = ("aimd", "gradient2", "vegas")


def admission(kind: str, **more: Any) -> Admission:
    return Admission(AdmissionSettings(kind=kind, **more))


def load(one: Admission, servers: int, rounds: int, work_s: float = 0.1) -> None:
    """Offer more than enough to a server of so many workers: what is beyond them queues."""
    for _ in range(rounds):
        in_flight = one.limit
        seconds = work_s * max(1.0, in_flight / servers)
        one.ended(seconds, in_flight, dropped=seconds > 1.0)


@pytest.mark.parametrize("kind", MOVING)
def test_it_settles_near_what_the_server_can_do(kind: str) -> None:
    """A little above the workers, so that they are seldom idle; far below a drowning queue."""
    one = admission(kind, initial=10, slow_s=0.2)
    limits = []
    for _ in range(100):
        load(one, servers=20, rounds=100)
        limits.append(one.limit)
    assert 20 <= sum(limits[20:]) / len(limits[20:]) <= 50
    assert max(limits) <= 60


@pytest.mark.parametrize("kind", MOVING)
def test_it_grows_when_the_server_can_do_more(kind: str) -> None:
    one = admission(kind, initial=5, slow_s=0.2)
    load(one, servers=40, rounds=3000)
    assert one.limit >= 30


@pytest.mark.parametrize("kind", MOVING)
def test_it_does_not_grow_while_it_is_not_used(kind: str) -> None:
    """Pitfall 35."""
    one = admission(kind, initial=20)
    for _ in range(1000):
        one.ended(0.01, in_flight=3)
    assert one.limit <= 20


@pytest.mark.parametrize("kind", MOVING)
def test_what_failed_at_once_teaches_nothing(kind: str) -> None:
    """Pitfall 35: fast failures look like an idle server."""
    one = admission(kind)
    one.ended(0.0, in_flight=10)
    assert one.snapshot()["reason"] == "no request has ended yet"


def test_the_quickest_time_is_not_believed_for_ever() -> None:
    """Pitfall 35: the work itself became slower, with no queue at all."""
    one = admission("vegas", initial=20)
    load(one, servers=1000, rounds=50, work_s=0.01)
    for _ in range(20_000):
        one.ended(0.1, one.limit)
    assert one.limit > 50


def test_fixed_stays_where_it_is() -> None:
    one = admission("fixed", initial=7)
    load(one, servers=1, rounds=100)
    assert one.limit == 7


@given(
    st.sampled_from(MOVING),
    st.lists(st.tuples(st.floats(0.0, 5.0), st.integers(0, 300), st.booleans()), max_size=200),
)
def test_it_never_leaves_its_bounds(kind: str, ends: list[tuple[float, int, bool]]) -> None:
    one = admission(kind, least=3, initial=10, most=50)
    for seconds, in_flight, dropped in ends:
        one.ended(seconds, in_flight, dropped=dropped)
        assert 3 <= one.limit <= 50


def test_the_first_limit_is_within_the_bounds() -> None:
    with pytest.raises(ParameterError, match="initial"):
        AdmissionSettings(initial=5, least=6)
