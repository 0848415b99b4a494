"""Retries multiply from layer to layer; a budget caps them."""

from typing import Any

import pytest

from lab.cluster import Play
from tests.cluster.shops import shipped
from tests.virtual.played import messages, played

HOPS = ("edge:api", "api:orders", "orders:db")


def retry_on(play: Play, dependency: str, **more: Any) -> None:
    chain = next(d for d in play.lab.state()["dependencies"] if d["name"] == dependency)["chain"]
    changed = [
        entry | ({"enabled": True} | more if entry["pattern"] == "retry" else {}) for entry in chain
    ]
    play.command(command="set_chain", dependency=dependency, chain=changed)


def calls_per_request(play: Play, seconds: float) -> dict[str, float]:
    """Return the attempts per user request at each service over the last seconds, by the frames."""
    rows = [frame["row"] for frame in messages(play, "frame") if frame["row"]]
    recent = [row["layers"] for row in rows if row["t"] > play.t - seconds]
    return {name: sum(row[name] for row in recent) / len(recent) for name in recent[0]}


def test_three_attempts_at_three_hops_are_three_nine_and_twenty_seven() -> None:
    with played(shipped("chain")) as play:
        play.run_until(1.0)
        play.command(command="inject_fault", kind="errors", target="db", params={"ratio": 1.0})
        for dependency in HOPS:
            retry_on(play, dependency, attempts=3)
        play.run_until(31.0)
        layers = calls_per_request(play, 25.0)
    assert layers["api"] == pytest.approx(3.0, rel=0.02)
    assert layers["orders"] == pytest.approx(9.0, rel=0.02)
    assert layers["db"] == pytest.approx(27.0, rel=0.02)


@pytest.mark.parametrize("kind", ["tokens", "deposits", "concurrent"])
def test_with_a_budget_of_a_tenth_nobody_gets_more_than_one_and_a_tenth(kind: str) -> None:
    budget = {
        "budget": kind, "budget_ratio": 0.1, "budget_min_per_s": 0.0, "budget_min_retries": 0,
    }  # fmt: skip
    with played(shipped("chain")) as play:
        play.run_until(1.0)
        play.command(command="set_users", rate_per_s=50.0)
        play.command(command="inject_fault", kind="errors", target="db", params={"ratio": 0.5})
        retry_on(play, "orders:db", attempts=3, **budget)
        play.run_until(61.0)
        layers = calls_per_request(play, 50.0)
    assert 1.0 <= layers["db"] <= 1.1 + 0.01
