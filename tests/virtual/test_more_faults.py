"""Faults of requests, versions, zones, names and users: what is seen of each, and that it ends."""

import pytest

from lab.cluster import CommandError, Play
from tests.cluster.shops import shipped
from tests.virtual.played import events, played


def shares(play: Play, seconds: float) -> dict[str, float]:
    """Let time pass; return the users' outcomes of it, as shares."""
    before = [*play.lab.totals.users.outcomes]
    play.run_until(play.t + seconds)
    ended = [b - a for a, b in zip(before, play.lab.totals.users.outcomes, strict=True)]
    names = ("ok", "degraded", "failed", "timed_out", "refused", "shed", "short_circuited")
    return {name: count / max(1, sum(ended)) for name, count in zip(names, ended, strict=True)}


def inject(play: Play, kind: str, target: str, **more: object) -> str:
    fault = play.command(command="inject_fault", kind=kind, target=target, **more)
    return str(fault["id"])


def heal(play: Play, fault: str) -> None:
    play.command(command="heal_fault", fault=fault)


def test_poison_kills_and_a_retry_carries_it_to_the_next_instance() -> None:
    with played(shipped("toyshop")) as play:
        play.run_until(1.0)
        fault = inject(play, "poison", "catalog", params={"every": 200})
        play.run_until(20.0)
        exits = [event for event in events(play, "process_exit") if event["t"] > 1.0]
        assert {event["subject"] for event in exits} <= {"catalog-1", "catalog-2"}
        assert len(exits) > 2
        assert "exit status 1" in exits[0]["text"]
        heal(play, fault)
        play.run_until(30.0)
        assert shares(play, 10.0)["ok"] > 0.99


def test_a_leaking_pool_shrinks_until_it_is_healed() -> None:
    with played(shipped("pair")) as play:
        play.run_until(1.0)
        fault = inject(play, "leak", "callee-1", params={"ratio": 0.05})
        assert shares(play, 60.0)["ok"] < 0.9
        heal(play, fault)
        play.run_until(play.t + 2.0)
        assert shares(play, 20.0)["ok"] > 0.95


def test_a_bad_deploy_rolls_from_instance_to_instance_and_is_rolled_back() -> None:
    with played(shipped("toyshop")) as play:
        play.run_until(1.0)
        fault = inject(play, "bad_deploy", "catalog", params={"ratio": 0.5})
        play.run_until(4.0)
        starts = [event for event in events(play, "process_up") if event["t"] > 1.0]
        assert [event["subject"] for event in starts] == ["catalog-1", "catalog-2"]
        bad = shares(play, 10.0)
        assert bad["failed"] > 0.2
        heal(play, fault)
        play.run_until(play.t + 1.0)
        assert shares(play, 10.0)["failed"] < 0.01


def test_a_slow_zone_slows_what_crosses_or_enters_it() -> None:
    with played(shipped("toyshop")) as play:
        play.run_until(5.0)
        quick = play.lab.totals.plain()["p50_ms"]
        fault = inject(play, "slow_zone", "b", params={"latency_ms": 100})
        play.run_until(10.0)
        assert play.lab.totals.plain()["p95_ms"] > quick + 90.0
        heal(play, fault)
        assert all(not link["toxics"] for link in play.lab.state()["links"])


def test_a_lost_name_refuses_although_the_service_is_well() -> None:
    with played(shipped("pair")) as play:
        play.run_until(1.0)
        fault = inject(play, "lost_name", "caller:callee")
        lost = shares(play, 5.0)
        assert lost["failed"] > 0.6  # the others ask for nothing of the callee
        assert {one["state"] for one in play.lab.state()["instances"]} == {"up"}
        inject(play, "crash", "caller-1")
        play.run_until(play.t + 2.0)
        assert shares(play, 2.0)["failed"] > 0.5
        heal(play, fault)
        assert shares(play, 5.0)["ok"] > 0.9


def test_a_lost_name_is_that_of_a_dependency() -> None:
    with played(shipped("pair")) as play, pytest.raises(CommandError) as wrong:
        inject(play, "lost_name", "caller:callees")
    assert "caller:callee" in wrong.value.hint


def test_a_stampede_comes_at_once_and_then_fades() -> None:
    with played(shipped("pair")) as play:
        play.run_until(10.0)
        before = play.lab.totals.offered
        inject(play, "stampede", "users", params={"factor": 10.0, "over_s": 2.0})
        play.run_until(11.0)
        at_once = play.lab.totals.offered - before
        play.run_until(30.0)
        late = play.lab.totals.offered
        play.run_until(31.0)
        assert at_once > 5 * (play.lab.totals.offered - late)


def test_impatient_users_make_more_requests_of_a_slow_site() -> None:
    with played(shipped("pair")) as play:
        play.run_until(5.0)
        inject(play, "latency", "callee", params={"kind": "fixed", "mean_s": 0.5})
        play.run_until(10.0)
        before = play.lab.totals.offered
        play.run_until(20.0)
        patient = play.lab.totals.offered - before
        inject(play, "impatient", "users", params={"after_s": 0.2, "times": 3})
        play.run_until(30.0)
        assert play.lab.totals.offered - before - patient > 2 * patient
