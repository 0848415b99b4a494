"""Faults with a delay and a duration, by hand and by the scenario."""

import asyncio

import pytest

from lab.cluster import CommandError, Spawner
from tests.cluster.kernel import is_stopped
from tests.cluster.shops import corner
from tests.cluster.waiting import until
from tests.cluster.watched import Watched, curl, running


async def test_a_fault_waits_for_its_time_and_ends_after_its_duration(shop: Watched) -> None:
    last, pid = shop.last_event, shop.unit("back-1")["pid"]
    fault = await shop.fault("hang", "back-1", after_s=0.4, duration_s=0.6)
    assert (fault["state"], fault["started_t"], fault["acknowledged_by"]) == ("scheduled", None, [])
    assert not is_stopped(pid)
    on = await shop.event("fault_on", "back-1", last)
    await until(lambda: is_stopped(pid), "the freeze")
    await until(lambda: shop.lab.state()["faults"][0]["acknowledged_by"], "the acknowledgement")
    (active,) = shop.lab.state()["faults"]
    assert (active["state"], active["acknowledged_by"]) == ("active", ["back-1"])
    assert active["ends_t"] == pytest.approx(on["t"] + 0.6)
    off = await shop.event("fault_off", "back-1", last)
    await until(lambda: not is_stopped(pid), "the end of the freeze")
    assert 0.0 <= on["t"] - fault["starts_t"] < 1.0
    assert 0.6 <= off["t"] - on["t"] < 2.0
    assert off["text"] == "freeze back-1: its time is over"
    assert shop.faults() == []


async def test_a_scheduled_fault_that_is_healed_never_begins(shop: Watched) -> None:
    last = shop.last_event
    fault = await shop.fault("errors", "back-1", after_s=0.3)
    await shop.heal(fault)
    await shop.next_frames(6)
    assert [e for e in shop.events if e["id"] > last and e["kind"] == "fault_on"] == []


async def test_a_timed_fault_may_be_healed_before_its_end(shop: Watched) -> None:
    fault = await shop.fault("errors", "back-1", params={"ratio": 1.0}, duration_s=60.0)
    await shop.heal(fault)
    assert shop.faults() == []
    assert (await curl(shop.unit("back-1")["port"], "/item"))[0] == 200


async def test_healing_what_is_over_is_an_error_that_says_so(shop: Watched) -> None:
    fault = await shop.fault("errors", "back-1", duration_s=0.2)
    await until(lambda: not shop.faults(), "its end")
    with pytest.raises(CommandError) as refused:
        await shop.heal(fault)
    assert (refused.value.code, refused.value.field) == ("unknown_fault", "fault")


async def test_a_scheduled_fault_that_cannot_begin_is_told_and_forgotten(shop: Watched) -> None:
    last = shop.last_event
    await shop.fault("crash", "back-1", duration_s=30.0)
    late = await shop.fault("errors", "back-1", after_s=0.2)
    failed = await shop.event("fault_failed", "back-1", last)
    assert "back-1 is down" in failed["text"]
    assert late["id"] not in shop.faults()


async def test_timed_faults_of_one_target_end_each_at_its_time(shop: Watched) -> None:
    port = shop.unit("back-1")["port"]
    short = await shop.fault("errors", "back-1", params={"ratio": 1.0}, duration_s=0.5)
    long = await shop.fault("latency", "back-1", params={"mean_s": 0.2}, duration_s=60.0)
    await until(lambda: short["id"] not in shop.faults(), "the end of the first")
    assert shop.faults() == [long["id"]]
    assert (await curl(port, "/item"))[0] == 200


async def test_a_scenario_begins_with_its_faults_and_has_others_at_their_times(
    spawner: Spawner,
) -> None:
    faults = (
        "[{kind: errors, target: till, params: {ratio: 1.0}},"
        " {kind: hang, target: back-1, at_s: 0.3, duration_s: 0.3},"
        " {kind: spike, target: users, at_s: 3600}]"
    )
    scenario = corner(seed=f"7\nfaults: {faults}")
    async with running(scenario, spawner) as lab:
        await lab.event("fault_on", "till")
        assert (await curl(lab.unit("till-1")["port"], "/pay"))[0] == 500
        on = await lab.event("fault_on", "back-1")
        off = await lab.event("fault_off", "back-1")
        assert 0.3 <= off["t"] - on["t"] < 2.0
        kinds = [(fault["kind"], fault["state"]) for fault in lab.lab.state()["faults"]]
        assert kinds == [("errors", "active"), ("spike", "scheduled")]
        await lab.do("reset")
        await until(lambda: len(lab.faults()) == 3, "the same faults again")
        assert (await curl(lab.unit("till-1")["port"], "/pay"))[0] == 500


async def test_no_more_than_fifty_faults_at_once(shop: Watched) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(50):
            group.create_task(shop.fault("errors", "back-1", after_s=3000.0))
    with pytest.raises(CommandError) as refused:
        await shop.fault("errors", "back-1")
    assert refused.value.code == "too_many"
