"""The storm that stays: what brings it about, what ends it, and where its edge is."""

from collections.abc import Callable
from typing import Any

import pytest

from lab.cluster import Play
from tests.cluster.shops import shipped
from tests.virtual.played import played

DEPENDENCY = "gateway:orders"


def chained(pattern: str, **changes: Any) -> Callable[[Play], None]:
    """Return a change of one pattern of the chain."""

    def change(play: Play) -> None:
        dependencies = play.lab.state()["dependencies"]
        (chain,) = [each["chain"] for each in dependencies if each["name"] == DEPENDENCY]
        changed = [e | (changes if e["pattern"] == pattern else {}) for e in chain]
        play.command(command="set_chain", dependency=DEPENDENCY, chain=changed)

    return change


def serviced(**changes: Any) -> Callable[[Play], None]:
    """Return a change of the orders service."""
    return lambda play: _command(play, "set_service", service="orders", **changes)


def _command(play: Play, command: str, **fields: Any) -> None:
    play.command(command=command, **fields)


CURES = {
    "a retry budget": chained("retry", budget_ratio=0.1),
    "no retries": chained("retry", enabled=False),
    "a breaker": chained("breaker", enabled=True),
    "a short queue": serviced(queue=20),
    "cancellation": serviced(guards={"cancellation": {"enabled": True}}),
    "half the users": lambda play: _command(play, "set_users", rate_per_s=60.0),
}


def goodput_after_the_pause(change: Callable[[Play], None]) -> float:
    """Return answered by offered, from 10 to 16 s after orders went on."""
    with played(shipped("storm")) as play:
        change(play)
        play.run_until(5.0)
        pause = {"kind": "hang", "target": "orders-1", "duration_s": 3.0}
        play.command(command="inject_fault", **pause)
        play.run_until(18.0)
        ok, offered = play.lab.totals.users.outcomes[0], play.lab.totals.offered
        play.run_until(24.0)
        totals = play.lab.totals
        return (totals.users.outcomes[0] - ok) / (totals.offered - offered)


def test_the_cause_is_gone_and_the_storm_is_not() -> None:
    assert goodput_after_the_pause(lambda _: None) < 0.05


def test_jitter_does_not_end_it() -> None:
    jitter = chained("retry", backoff="exponential", jitter="full")
    assert goodput_after_the_pause(jitter) < 0.05


@pytest.mark.parametrize("cure", CURES)
def test_a_cure_lets_it_pass(cure: str) -> None:
    assert goodput_after_the_pause(CURES[cure]) > 0.95
