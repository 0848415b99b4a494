"""The fork server is killed or frozen: its labs lose every process, and come back."""

import asyncio
import os
import signal

import pytest

from lab.cluster import Cluster, CommandError, Spawner
from tests.cluster.kernel import is_alive
from tests.cluster.shops import corner
from tests.cluster.waiting import until
from tests.cluster.watched import Watched, running


def pid_of(spawner: Spawner) -> int:
    assert spawner.pid is not None
    return spawner.pid


async def back_again(lab: Watched, before: list[int], last: int) -> None:
    """Wait until a lab is well, with new processes only; it must have told of every end."""
    await until(lambda: not any(is_alive(pid) for pid in before), "the end of all processes")
    await lab.event("process_exit", "front-1", last)
    await lab.flows()
    assert not {*before} & {unit["pid"] for unit in lab.units().values()}
    told = {e["subject"] for e in lab.events if e["id"] > last and e["kind"] == "process_exit"}
    assert told == {*lab.units()}


async def test_killed_it_is_started_again_and_all_labs_come_back(spawner: Spawner) -> None:
    async with running(corner(), spawner) as one, running(corner(), spawner) as other:
        await asyncio.gather(one.flows(), other.flows())
        labs = [
            (lab, [unit["pid"] for unit in lab.units().values()], lab.last_event)
            for lab in (one, other)
        ]
        old = pid_of(spawner)
        os.kill(old, signal.SIGKILL)
        for lab, before, last in labs:
            await back_again(lab, before, last)
        assert pid_of(spawner) != old
        assert await one.do("reset") == {"status": "running"}
        await one.flows()


async def test_killed_while_commands_are_on_their_way_it_breaks_no_lab(spawner: Spawner) -> None:
    async with running(corner(), spawner) as lab:
        for _ in range(3):
            await lab.flows()
            last = lab.last_event
            commands = [
                lab.fault("hang", "back"),
                lab.fault("crash", "front"),
                lab.fault("pauses", "till", params={"every_s": 0.2, "length_s": 0.05}),
                lab.do("act", target="back", action="restart"),
                lab.do("set_service", service="back", replicas=3),
                lab.do("reset"),
            ]
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(_refused(command)) for command in commands]
                await asyncio.sleep(0)
                os.kill(pid_of(spawner), signal.SIGKILL)
            assert [task.result() for task in tasks].count(None) >= 1
            await lab.event("process_exit", "front-1", last)
            assert await lab.do("reset") == {"status": "running"}
        await lab.flows()


async def _refused(command: object) -> str | None:
    try:
        await command  # type: ignore[misc]
    except CommandError as error:
        return error.code
    return None


async def test_killed_again_and_again_the_labs_still_come_back(spawner: Spawner) -> None:
    async with running(corner(), spawner) as lab:
        for _ in range(2):
            await until(lambda: spawner.pid is not None, "a fork server")
            os.kill(pid_of(spawner), signal.SIGKILL)
            await until(lambda: lab.unit("front-1")["state"] == "down", "the end of the front")
            await until(lambda: lab.unit("front-1")["pid"] is not None, "its next process")
        assert await lab.do("reset") == {"status": "running"}
        await lab.flows()


async def test_frozen_it_is_given_up_and_replaced(
    spawner: Spawner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.cluster.processes.spawner.ANSWER_WITHIN_S", 1.0)
    async with running(corner(), spawner) as lab:
        await lab.flows()
        before, last = [unit["pid"] for unit in lab.units().values()], lab.last_event
        old = pid_of(spawner)
        os.kill(old, signal.SIGSTOP)
        with pytest.raises(CommandError) as refused:
            await lab.fault("hang", "back")
        assert refused.value.code == "not_obeyed"
        await back_again(lab, before, last)
        assert not is_alive(old)


async def test_stopped_for_good_it_leaves_no_worker() -> None:
    own = Spawner()
    await own.start()
    lab = Watched(Cluster(corner(), own))
    await lab.lab.start()
    pids = [unit["pid"] for unit in lab.units().values()] + [pid_of(own)]
    await lab.lab.stop()
    await own.stop()
    assert not any(is_alive(pid) for pid in pids)
    assert own.pid is None
