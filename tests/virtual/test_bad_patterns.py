"""A wrong chain or guard is refused, in words that say what is allowed; nothing changes by it."""

from collections.abc import Iterator
from typing import Any

import pytest

from lab.cluster import CommandError, Play
from tests.cluster.shops import shipped
from tests.virtual.played import played

GOOD = [{"pattern": "retry", "attempts": 2}, {"pattern": "breaker", "wait_s": 2.0}]
Chain = list[Any]


@pytest.fixture(scope="module")
def lab() -> Iterator[Play]:
    with played(shipped("pair")) as play:
        play.run_until(1.0)
        play.command(command="set_chain", dependency=dependency(play), chain=GOOD)
        play.command(command="set_service", service=service(play), guards={"codel": TUNED})
        yield play


TUNED = {"enabled": True, "target_s": 0.05}


def dependency(play: Play) -> str:
    return next(iter(play.lab.crew.wanted.dependencies))


def service(play: Play) -> str:
    return dependency(play).partition(":")[2]


def running(play: Play) -> Any:
    """What is set, and what every process has of it, as its patterns tell."""
    told = play.lab.state()
    chains = {each["name"]: each["chain"] for each in told["dependencies"]}
    guards = {each["name"]: each["guards"] for each in told["services"]}
    play.run_until(play.t + 0.3)
    patterns = play.command(command="stats")["patterns"]
    kinds = {
        (name, caller): sorted(shown)
        for name, callers in patterns.items()
        for caller, shown in callers.items()
    }
    return chains, guards, kinds


@pytest.mark.parametrize(
    ("chain", "field", "says", "hint"),
    [
        ([{"pattern": "retry", "attempts": 0}], "chain[0].attempts", "from 1 to 10 attempts", ""),
        ([{"pattern": "retry", "attempts": 11}], "chain[0].attempts", "from 1 to 10", ""),
        ([{"pattern": "retry", "attempts": 2.5}], "chain[0].attempts", "a whole number", ""),
        ([{"pattern": "retry", "attempts": "3"}], "chain[0].attempts", "not '3'", ""),
        ([{"pattern": "retry", "attempts": True}], "chain[0].attempts", "not True", ""),
        ([{"pattern": "retry", "attempts": None}], "chain[0].attempts", "not None", ""),
        ([{"pattern": "retry", "base_s": float("nan")}], "chain[0].base_s", "not nan", ""),
        ([{"pattern": "timeout", "limit_s": 1e999}], "chain[0].limit_s", "not inf", ""),
        ([{"pattern": "retry", "jitter": "ful"}], "chain[0].jitter", "one of none", "full"),
        ([{"pattern": "retry", "on": ["ok"]}], "chain[0].on", "cannot contain 'ok'", "failed"),
        ([{"pattern": "retry", "base_s": 2.0}], "chain[0].cap_s", "at least base_s (2 s)", "cap"),
        ([{"pattern": "retry", "atempts": 3}], "chain[0].atempts", "no parameter", "attempts"),
        ([{"pattern": "brekaer"}], "chain[0].pattern", "named 'brekaer'", "breaker"),
        ([{"pattern": ["retry"]}], "chain[0].pattern", "named ['retry']", "retry"),
        ([{}], "chain[0].pattern", "named None", ""),
        ([*GOOD, {"pattern": "retry"}], "chain[2].pattern", "stands in the chain twice", "one pl"),
        ([{"pattern": "balance"}, *GOOD], "chain[0].pattern", "must be the last", "chooses"),
        ([{"pattern": "balance", "enabled": False}], "chain[0].enabled", "cannot be swi", "choose"),
        ([{"pattern": "hedge", "enabled": "yes"}], "chain[0].enabled", "true or false", ""),
        ([{"pattern": "hedge", "hedges": 5}], "chain[0].hedges", "from 1 to 4 hedges", ""),
        ([{"pattern": "cache", "entries": 0}], "chain[0].entries", "from 1 to 100000", ""),
        ([{"pattern": "rate_limit", "burst": 0}], "chain[0].burst", "from 1 to 10000", ""),
        ([{"pattern": "throttle", "k": 0.5}], "chain[0].k", "from 1 to 10 times", ""),
        ([{"pattern": "outlier", "most_ratio": 50}], "chain[0].most_ratio", "from 0 to 1", ""),
        ([{"pattern": "fallback", "kind": "none"}], "chain[0].kind", "one of static", "there are"),
        ([{"pattern": "codel"}], "chain[0].pattern", "no pattern of a chain", ""),
        (GOOD * 11, "chain", "at most 20", "got"),
    ],
)
def test_a_wrong_chain_is_refused_and_the_running_one_goes_on(
    lab: Play, chain: Chain, field: str, says: str, hint: str
) -> None:
    before = running(lab)
    with pytest.raises(CommandError) as refused:
        lab.command(command="set_chain", dependency=dependency(lab), chain=chain)
    assert refused.value.code == "invalid"
    assert refused.value.field == field
    assert says in refused.value.message
    assert hint in refused.value.hint
    assert running(lab) == before


@pytest.mark.parametrize("name", ["front:bakc", "users", "", "front", "a:b:c"])
def test_a_chain_for_a_dependency_that_does_not_exist_is_refused(lab: Play, name: str) -> None:
    before = running(lab)
    with pytest.raises(CommandError) as refused:
        lab.command(command="set_chain", dependency=name, chain=GOOD)
    assert refused.value.field == "dependency"
    assert refused.value.hint
    assert running(lab) == before


@pytest.mark.parametrize(
    ("guards", "field", "says", "hint"),
    [
        ({"codle": {}}, "guards.codle", "no guard of a service is named 'codle'", "codel"),
        ({"retry": {}}, "guards.retry", "no guard of a service", ""),
        ({"codel": True}, "guards.codel", "must be an object, not True", ""),
        ({"codel": {"enabled": 1}}, "guards.codel.enabled", "true or false, not 1", ""),
        ({"codel": {"target": 1}}, "guards.codel.target", "no parameter 'target'", "target_s"),
        ({"codel": {"target_s": 0}}, "guards.codel.target_s", "a number from", ""),
        ({"codel": {"target_s": "5ms"}}, "guards.codel.target_s", "not '5ms'", ""),
        ({"admission": {"kind": "vega"}}, "guards.admission.kind", "one of", "vegas"),
        ({"ledger": {"entries": 0}}, "guards.ledger.entries", "from 1 to", ""),
        ({"queue_order": {"order": "filo"}}, "guards.queue_order.order", "one of", "fifo"),
        ({"codel": {"enabled": False}, "x": {}}, "guards.x", "no guard", "there are"),
    ],
)
def test_a_wrong_guard_is_refused_and_the_running_ones_go_on(
    lab: Play, guards: dict[str, Any], field: str, says: str, hint: str
) -> None:
    before = running(lab)
    with pytest.raises(CommandError) as refused:
        lab.command(command="set_service", service=service(lab), guards=guards, replicas=2)
    assert (refused.value.code, refused.value.field) == ("invalid", field)
    assert says in refused.value.message
    assert hint in refused.value.hint
    assert running(lab) == before


def test_guards_of_a_service_that_does_not_exist_are_refused(lab: Play) -> None:
    with pytest.raises(CommandError) as refused:
        lab.command(command="set_service", service="nobody", guards={"codel": {}})
    assert (refused.value.code, refused.value.field) == ("unknown_service", "service")
    assert service(lab) in refused.value.hint
