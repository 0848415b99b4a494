"""A lab that is stopped leaves nothing behind: no process, port, descriptor or task."""

import asyncio
import os

import pytest

from lab.cluster import Cluster, CommandError, Spawner
from tests.cluster.kernel import PROC, descriptors_of, is_alive, is_free
from tests.cluster.shops import corner, shipped
from tests.cluster.waiting import until
from tests.cluster.watched import Watched


def ports(lab: Watched) -> list[int]:
    state = lab.lab.state()
    return [each["port"] for each in (*state["instances"], *state["links"])]


async def nothing_left(pids: list[int], ports: list[int]) -> None:
    assert not any(is_alive(pid) for pid in pids)
    await until(lambda: all(is_free(port) for port in ports), "all ports free")


async def test_it_leaves_no_process_port_descriptor_or_task(spawner: Spawner) -> None:
    tasks, descriptors = asyncio.all_tasks(), _descriptors()
    lab = Watched(Cluster(shipped("toyshop"), spawner))
    await lab.lab.start()
    await lab.flows()
    pids, taken = [unit["pid"] for unit in lab.units().values()], ports(lab)
    await lab.lab.stop()
    await nothing_left(pids, taken)
    assert lab.lab.state()["status"] == "stopped"
    assert asyncio.all_tasks() == tasks
    await until(lambda: _descriptors() <= descriptors, "all descriptors closed")


def _descriptors() -> int:
    return descriptors_of(os.getpid()) if PROC.is_dir() else 0


async def test_all_drain_and_end_by_themselves(spawner: Spawner) -> None:
    lab = Watched(Cluster(corner(), spawner))
    await lab.lab.start()
    await lab.flows()
    await lab.lab.stop()
    ends = [event["text"] for event in lab.events if event["kind"] == "process_exit"]
    assert sorted(ends) == [f"{name} ended by itself" for name in sorted(lab.units())]


async def test_after_it_commands_are_refused_and_stopping_again_is_nothing(
    spawner: Spawner,
) -> None:
    lab = Watched(Cluster(corner(), spawner))
    await lab.lab.start()
    await lab.lab.stop()
    await lab.lab.stop()
    with pytest.raises(CommandError) as refused:
        await lab.do("reset")
    assert refused.value.code == "not_running"
    assert refused.value.message == "the lab is stopped"


async def test_stopped_before_it_was_started_it_never_was(spawner: Spawner) -> None:
    await Cluster(corner(), spawner).stop()


@pytest.mark.parametrize("turns", [0, 1, 3, 10, 30, 100])
async def test_stopped_while_it_starts_it_leaves_nothing(turns: int, spawner: Spawner) -> None:
    """At any moment of its start; and the next lab on the same fork server is well."""
    tasks = asyncio.all_tasks()
    lab = Watched(Cluster(corner(), spawner))
    starting = asyncio.get_running_loop().create_task(lab.lab.start())
    for _ in range(turns):
        await asyncio.sleep(0)
    taken = ports(lab)
    await lab.lab.stop()
    await asyncio.wait({starting})
    started = [e for e in lab.events if e["kind"] == "process_start"]
    pids = [int(event["text"].split()[2]) for event in started]
    await until(lambda: not any(is_alive(pid) for pid in pids), "the end of all processes")
    await nothing_left(pids, taken)
    assert asyncio.all_tasks() == tasks
    again = Watched(Cluster(corner(), spawner))
    await again.lab.start()
    await again.flows()
    await again.lab.stop()


@pytest.mark.parametrize(
    ("kind", "target"),
    [("hang", "front"), ("hang", "back"), ("lose_zone", "a"), ("partition", "a|b"),
     ("hog", "front"), ("stuck", "till"), ("pauses", "back"), ("slow_start", "back")],
)  # fmt: skip
async def test_stopped_in_the_middle_of_a_fault_it_leaves_nothing(
    kind: str, target: str, spawner: Spawner
) -> None:
    tasks = asyncio.all_tasks()
    lab = Watched(Cluster(corner(), spawner))
    await lab.lab.start()
    pids = [unit["pid"] for unit in lab.units().values()]
    await lab.fault(kind, target)
    pids += [unit["pid"] for unit in lab.units().values() if unit["pid"]]
    taken = ports(lab)
    await lab.lab.stop()
    await nothing_left(pids, taken)
    assert asyncio.all_tasks() == tasks


async def test_all_workers_frozen_from_outside_it_stops_all_the_same(spawner: Spawner) -> None:
    lab = Watched(Cluster(corner(), spawner))
    await lab.lab.start()
    for name in lab.units():
        lab.stop(name)
    pids, taken = [unit["pid"] for unit in lab.units().values()], ports(lab)
    async with asyncio.timeout(3.0):
        await lab.lab.stop()
    await nothing_left(pids, taken)


async def test_a_lab_without_room_for_descriptors_says_so(
    spawner: Spawner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> tuple[int, int]:
        raise OSError(24, "Too many open files")

    tasks = asyncio.all_tasks()
    lab = Watched(Cluster(corner(), spawner))
    monkeypatch.setattr("os.pipe", full)
    starting = asyncio.get_running_loop().create_task(lab.lab.start())
    await until(
        lambda: any("no descriptors left" in unit["reason"] for unit in lab.units().values()),
        "the reason",
    )
    monkeypatch.undo()
    await starting
    await lab.flows()
    await lab.lab.stop()
    assert asyncio.all_tasks() == tasks
