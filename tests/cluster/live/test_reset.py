"""Reset works from any state, and ends in the scenario as authored."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from lab.cluster import CommandError
from tests.cluster.kernel import is_alive
from tests.cluster.waiting import until
from tests.cluster.watched import Watched

WITHIN_S = 3.0

Mess = Callable[[Watched], Awaitable[object]]


async def everything(shop: Watched) -> None:
    await shop.do("set_service", service="back", replicas=4, capacity=3, queue=None)
    await shop.is_in("back-4", "up")
    await shop.do("set_service", service="till", health={"enabled": False})
    await shop.do("set_users", rate_per_s=200, patience_s=0.5)
    await shop.do("set_chain", dependency="front:back", chain=[{"pattern": "retry"}])
    for kind, target in (
        ("errors", "back"), ("toxic_latency", "front:back"), ("spike", "users"),
        ("partition", "front|till"), ("slow_start", "back"), ("hang", "back-3"),
        ("lose_zone", "b"), ("down", "front-1→back-1"), ("pauses", "front"),
    ):  # fmt: skip
        await shop.fault(kind, target)
    await shop.fault("crash", "back-1", after_s=1000.0, duration_s=5.0)


async def freeze_all_from_outside(shop: Watched) -> None:
    for name in shop.units():
        shop.stop(name)


async def kill_all_from_outside(shop: Watched) -> None:
    for name in shop.units():
        shop.kill(name)


async def give_up(shop: Watched) -> None:
    await shop.do("set_service", service="back", restart={"restart": False})
    await shop.fault("crash", "back")
    await until(lambda: "switched off" in shop.unit("back-2")["reason"], "giving up")


def one(kind: str, target: str, **fields: object) -> Mess:
    async def mess(shop: Watched) -> None:
        await shop.fault(kind, target, **fields)

    return mess


MESSES: dict[str, Mess] = {
    "nothing": lambda shop: shop.next_frames(1),
    "all frozen": one("hang", "a"),
    "the caller frozen": one("hang", "front"),
    "a lost zone": one("lose_zone", "b"),
    "a partition": one("partition", "a|b"),
    "pauses": one("pauses", "back", params={"every_s": 0.2, "length_s": 0.1}),
    "a slow start": one("slow_start", "back", params={"delay_s": 30.0}),
    "a hog": one("hog", "front", params={"share_ratio": 0.95}),
    "a drain": one("terminate", "front"),
    "a flood": one("spike", "users", params={"factor": 20.0}),
    "frozen from outside": freeze_all_from_outside,
    "killed from outside": kill_all_from_outside,
    "given up": give_up,
    "everything at once": everything,
}


def authored(shop: Watched) -> Any:
    """Return what must be as authored after a reset."""
    state = shop.lab.state()
    kept = ("status", "notice", "scenario", "zones", "services", "dependencies", "users", "faults")
    units = [(unit["name"], unit["restarts"]) for unit in (*state["instances"], *state["workers"])]
    links = [(link["name"], link["enabled"], link["toxics"]) for link in state["links"]]
    return {key: state[key] for key in kept}, sorted(units), sorted(links)


@pytest.mark.parametrize("name", MESSES)
async def test_it_works_from_any_state_and_everything_is_as_authored(
    name: str, shop: Watched
) -> None:
    await shop.do("reset")
    await shop.flows()
    before = authored(shop)
    pids = [unit["pid"] for unit in shop.units().values()]
    await MESSES[name](shop)
    pids += [unit["pid"] for unit in shop.units().values() if unit["pid"]]
    last, began_s = shop.last_event, time.monotonic()
    answer = await shop.do("reset")
    assert time.monotonic() - began_s < WITHIN_S
    assert answer == {"status": "running"}
    await shop.event("reset", "corner", last)
    assert not any(is_alive(pid) for pid in pids)
    await shop.flows()
    assert authored(shop) == before
    assert shop.lab.state()["ejected"] == {} or not any(
        out for views in shop.lab.state()["ejected"].values() for out in views.values()
    )


async def test_all_its_processes_are_new(shop: Watched) -> None:
    before = {unit["pid"] for unit in shop.units().values()}
    await shop.do("reset")
    await shop.flows()
    assert not before & {unit["pid"] for unit in shop.units().values()}


async def test_it_takes_its_turn_among_other_commands(shop: Watched) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(shop.do("reset")),
            group.create_task(shop.fault("errors", "back")),
            group.create_task(shop.do("set_users", rate_per_s=5)),
            group.create_task(shop.do("reset")),
            group.create_task(shop.do("set_service", service="back", capacity=3)),
        ]
    assert tasks[0].result() == tasks[3].result() == {"status": "running"}
    assert shop.faults() == []
    assert shop.lab.state()["users"]["rate_per_s"] == 60.0
    (back,) = [s for s in shop.lab.state()["services"] if s["name"] == "back"]
    assert back["capacity"] == 3


async def test_it_does_not_wait_long_behind_commands_that_nobody_obeys(shop: Watched) -> None:
    shop.stop("front-1")
    shop.stop("network")
    for name in ("front-1", "network"):
        await shop.is_in(name, "hung")
    async with asyncio.TaskGroup() as group:
        for kind, target in [("errors", "front"), ("down", "front:back")] * 10:
            group.create_task(_refused(shop.fault(kind, target)))
        await asyncio.sleep(0)  # they are before it
        began_s = time.monotonic()
        await shop.do("reset")
        assert time.monotonic() - began_s < WITHIN_S
    await shop.flows()


async def _refused(command: Awaitable[object]) -> None:
    with pytest.raises(CommandError):
        await command


async def test_while_it_runs_reads_are_answered(shop: Watched) -> None:
    async with asyncio.TaskGroup() as group:
        resetting = group.create_task(shop.do("reset"))
        await until(lambda: shop.lab.status == "resetting", "the reset")
        assert (await shop.do("state"))["status"] == "resetting"
        assert (await shop.do("log", instance="back-1"))["lines"]
    assert resetting.result() == {"status": "running"}


async def test_a_command_that_is_given_up_halfway_leaves_a_lab_that_can_be_reset(
    shop: Watched,
) -> None:
    """As when a browser goes away: the task of its command is cancelled at any moment."""
    loop = asyncio.get_running_loop()
    for turns in (1, 2, 3, 5, 8, 13, 21, 34):
        for command in (
            {"command": "reset"},
            {"command": "inject_fault", "kind": "hang", "target": "back"},
            {"command": "set_service", "service": "back", "replicas": 3},
        ):
            task = loop.create_task(shop.lab.command(command))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            try:
                await task
            except (asyncio.CancelledError, CommandError):
                continue
    assert await shop.do("reset") == {"status": "running"}
    await shop.flows()
    assert shop.faults() == []
    assert sorted(shop.units()) == ["back-1", "back-2", "front-1", "network", "till-1", "users"]
