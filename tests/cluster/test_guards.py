"""The guards of a service at work: who is turned away, dropped, served first, or dimmed."""

import asyncio
from typing import Any

from lab.cluster.message import Request, Response
from lab.cluster.specs import CallSpec, RouteSpec, ServiceSpec
from lab.cluster.workers.service import Service
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import Callee, World, work


def guarded(world: World, *, capacity: int = 1, queue: int | None = 100, **guards: Any) -> Service:
    """Return a service whose route takes 0.1 s, with these guards on."""
    settings = {name: {"enabled": True, **more} for name, more in guards.items()}
    if "queue_order" in settings:
        del settings["queue_order"]["enabled"]
    route = RouteSpec(work(0.1))
    spec = ServiceSpec("back", capacity, queue, {"/": route}, settings)
    return Service(spec, {}, world.site("back-1"))


async def all_at_once(one: Service, *requests: Request) -> list[Response]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.handle(request)) for request in requests]
    return [task.result() for task in tasks]


def get(priority: str = "default", deadline_s: float | None = None) -> Request:
    return Request("GET", "/", priority=priority, deadline_s=deadline_s)


def outcomes(responses: list[Response]) -> list[str]:
    return [response.outcome.value for response in responses]


@timeless
async def test_admission_turns_away_what_is_beyond_its_limit() -> None:
    world = World()
    one = guarded(world, admission={"kind": "fixed", "initial": 3, "least": 1})
    responses = await all_at_once(one, *[get() for _ in range(5)])
    assert outcomes(responses) == ["ok"] * 3 + ["shed"] * 2
    assert responses[4].rule == "admission: 3 are at work or wait already"
    assert responses[4].retry_after_s is not None


@timeless
async def test_the_less_important_are_shed_when_the_queue_fills() -> None:
    world = World()
    one = guarded(world, queue=10, shedding={"default_ratio": 0.5, "sheddable_ratio": 0.2})
    crowd = [get() for _ in range(7)]
    mixed = [get("sheddable"), get("default"), get("critical")]
    responses = await all_at_once(one, *crowd, *mixed)
    assert outcomes(responses)[-3:] == ["shed", "shed", "ok"]


@timeless
async def test_lifo_serves_the_newest_while_the_oldest_wait() -> None:
    world, order = World(), list[int]()
    one = guarded(world, queue_order={"order": "lifo"})

    async def ask(number: int) -> None:
        await one.handle(get())
        order.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(4):
            group.create_task(ask(number))
    assert order == [0, 3, 2, 1]


@timeless
async def test_what_cannot_finish_in_time_is_not_begun() -> None:
    """Sized experiment 3.3: under twice the load nearly all that is begun is done in time."""
    world = World()

    async def goodput(**guards: Any) -> int:
        one, good = guarded(world, queue=None, **guards), 0

        async def ask() -> None:
            nonlocal good
            began_s = world.clock()
            response = await one.handle(get(deadline_s=0.5))
            good += response.outcome is Outcome.OK and world.clock() - began_s <= 0.5

        async with asyncio.TaskGroup() as group:
            for _ in range(400):
                group.create_task(ask())
                await asyncio.sleep(0.049)
        return good

    assert await goodput() < 100
    assert await goodput(deadline_drop={"margin_s": 0.01}) > 180


@timeless
async def test_codel_keeps_waits_short_under_lasting_overload() -> None:
    world, waits = World(), list[float]()
    one = guarded(world, queue=None, codel={"target_s": 0.2, "interval_s": 1.0})

    async def ask() -> None:
        began_s = world.clock()
        if (await one.handle(get())).outcome is Outcome.OK:
            waits.append(world.clock() - began_s)

    async with asyncio.TaskGroup() as group:
        for _ in range(3000):
            group.create_task(ask())
            await asyncio.sleep(0.08)
    late = waits[len(waits) // 2 :]
    assert sum(late) / len(late) < 1.0
    assert one.guards.snapshot(world.clock())["codel"]["counts"]["dropped"] > 300  # type: ignore[index]


@timeless
async def test_a_brownout_leaves_out_optional_calls_and_extra_work() -> None:
    world, asked = World(), Callee()
    caller = world.caller(me="back-1", dependency="back:extras", callees={"extras-1": asked})
    step = [CallSpec("back:extras", "/", optional=True)]
    route = RouteSpec(work(0.1), [step], extra=work(0.3))
    brownout = {"enabled": True, "target_s": 0.2, "period_s": 0.5, "gain_ratio": 1.0}
    spec = ServiceSpec("back", 50, 50, {"/": route}, {"brownout": brownout})
    one = Service(spec, {"back:extras": caller}, world.site("back-1"))
    seen = []
    for _ in range(20):
        began_s = world.clock()
        response = await one.handle(get())
        seen.append((response.outcome.value, round(world.clock() - began_s, 3)))
    assert seen[0] == ("ok", 0.4)
    assert ("degraded", 0.1) in seen
    assert len(asked.requests) == sum(outcome == "ok" for outcome, _ in seen)


@timeless
async def test_guards_are_switched_and_retuned_while_requests_wait() -> None:
    world = World()
    one = guarded(world)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.handle(get())) for _ in range(5)]
        await asyncio.sleep(0.05)
        one.guard({"admission": {"enabled": True, "kind": "fixed", "initial": 2}})
        assert (await one.handle(get())).outcome is Outcome.SHED
        one.guard({})
        assert (await one.handle(get())).outcome is Outcome.OK
    assert {task.result().outcome for task in tasks} == {Outcome.OK}


@timeless
async def test_a_deep_check_is_unwell_when_a_dependency_is() -> None:
    """Curriculum: with deep checks an optional dependency takes every instance down."""
    world = World()
    caller = world.caller(me="back-1", dependency="back:extras", callees={"extras-1": Callee()})
    spec = ServiceSpec("back", 1, 1, {"/": RouteSpec(work(0.1))}, {}, is_deep=True)
    one = Service(spec, {"back:extras": caller}, world.site("back-1"))
    probe = Request("GET", "/health")
    assert (await one.handle(probe)).status == 200
    caller.attempts.healthy.clear()
    assert ((await one.handle(probe)).status, (await one.handle(probe)).rule) == (
        503, "no healthy instance of back:extras",
    )  # fmt: skip
    spec.is_deep = False
    assert (await one.handle(probe)).status == 200
