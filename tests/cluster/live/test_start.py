"""The labs that we ship start, serve, and are what their scenario says."""

import asyncio

import pytest

from lab.cluster import Spawner
from tests.cluster.kernel import is_alive, process_state
from tests.cluster.shops import shipped
from tests.cluster.watched import curl, running


@pytest.mark.parametrize("name", ["pair", "chain", "toyshop"])
async def test_it_starts_and_users_are_served(name: str, spawner: Spawner) -> None:
    scenario = shipped(name)
    async with running(scenario, spawner) as lab:
        await lab.flows()
        state = lab.lab.state()
        assert state["status"] == "running"
        assert state["scenario"]["name"] == name
        assert [unit["name"] for unit in state["instances"]] == [
            instance.name for instance in scenario.instances()
        ]
        assert [unit["name"] for unit in state["workers"]] == ["users", "network"]
        assert [link["name"] for link in state["links"]] == [link.name for link in scenario.links()]
        assert state["faults"] == []


async def test_each_instance_is_a_process_of_its_own_with_a_port_that_answers(
    spawner: Spawner,
) -> None:
    async with running(shipped("pair"), spawner) as lab:
        await lab.flows()
        units = lab.units()
        pids = {unit["pid"] for unit in units.values()}
        assert len(pids) == 4
        assert all(process_state(pid) in "RSD" for pid in pids)
        for name in ("caller-1", "callee-1"):
            assert (await curl(units[name]["port"]))[0] == 200
        assert (await curl(units["callee-1"]["port"], "/answer"))[0] == 200


async def test_links_answer_as_their_callee_does(spawner: Spawner) -> None:
    async with running(shipped("pair"), spawner) as lab:
        await lab.flows()
        link = lab.link("caller-1→callee-1")
        assert link["port"] != lab.unit("callee-1")["port"]
        assert (await curl(link["port"], "/answer"))[0] == 200


async def test_many_labs_share_a_fork_server_and_do_not_know_each_other(spawner: Spawner) -> None:
    async with (
        running(shipped("pair"), spawner) as one,
        running(shipped("pair"), spawner) as other,
    ):
        await asyncio.gather(one.flows(), other.flows())
        mine = {unit["pid"] for unit in one.units().values()}
        theirs = {unit["pid"] for unit in other.units().values()}
        assert not mine & theirs
        await one.fault("crash", "callee")
        await one.is_in("callee-1", "down")
        assert all(is_alive(pid) for pid in theirs)
        assert [event for event in other.events if event["kind"] == "process_exit"] == []


async def test_the_state_comes_whole_and_its_version_grows(spawner: Spawner) -> None:
    async with running(shipped("pair"), spawner) as lab:
        await lab.flows()
        await lab.do("set_users", rate_per_s=5)
        await lab.next_frames(2)
        versions = [state["version"] for state in lab.states]
        assert versions == sorted(set(versions))
        assert lab.states[-1].keys() == lab.lab.state().keys()
        assert lab.states[-1]["users"]["rate_per_s"] == 5.0
