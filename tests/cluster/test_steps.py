"""The calls that a request makes of others: in turn or at once, required or optional."""

import asyncio
from typing import Any

import pytest

from lab.cluster.message import Request, Response
from lab.cluster.specs import RouteSpec
from lab.cluster.workers.service import Service
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.waiting import until
from tests.cluster.world import FAILED, OK, SHED, Callee, World, layer, step, work

TRACE = "0af7651916cd43dd8448eb211c80319c"


def get(deadline_s: float | None = None) -> Request:
    return Request("GET", "/", f"00-{TRACE}-b7ad6b7169203331-01", deadline_s)


def front(world: World, steps: list[Any], **callees: Callee) -> tuple[Service, dict[str, Callee]]:
    """Return a service whose route makes ``steps`` over one dependency for each of ``callees``."""
    callers = [
        world.caller(dependency=f"front:{name}", callees={f"{name}-1": callee})
        for name, callee in callees.items()
    ]
    route = RouteSpec(work(0.01), steps)
    return world.service("front", route, *callers, capacity=9), callees


@timeless
async def test_steps_are_made_one_after_the_other() -> None:
    world = World()
    service, _ = front(
        world, [[step("front:a")], [step("front:b")]], a=Callee(takes_s=0.2), b=Callee(takes_s=0.3)
    )
    assert (await service.handle(get())).outcome is Outcome.OK
    assert world.clock() == pytest.approx(0.51)


@timeless
async def test_the_calls_of_a_group_are_made_at_the_same_time() -> None:
    world = World()
    service, _ = front(
        world, [[step("front:a"), step("front:b")]], a=Callee(takes_s=0.2), b=Callee(takes_s=0.3)
    )
    assert (await service.handle(get())).outcome is Outcome.OK
    assert world.clock() == pytest.approx(0.31)


@timeless
async def test_a_required_call_that_fails_fails_the_request_and_ends_it() -> None:
    world = World()
    service, callees = front(
        world, [[step("front:a")], [step("front:b")]], a=Callee(FAILED), b=Callee()
    )
    response = await service.handle(get())
    assert (response.status, response.outcome) == (502, Outcome.FAILED)
    assert response.rule == "front:a failed: it broke"
    assert callees["b"].requests == []


@timeless
async def test_an_optional_call_that_fails_leaves_the_request_degraded() -> None:
    world = World()
    service, callees = front(
        world, [[step("front:a", optional=True)], [step("front:b")]], a=Callee(FAILED), b=Callee()
    )
    response = await service.handle(get())
    assert (response.status, response.outcome) == (200, Outcome.DEGRADED)
    assert response.rule == "front:a failed: it broke"
    assert len(callees["b"].requests) == 1


@timeless
async def test_a_required_call_decides_over_an_optional_one_of_its_group() -> None:
    world = World()
    steps = [[step("front:a", optional=True), step("front:b")]]
    service, _ = front(world, steps, a=Callee(FAILED), b=Callee(SHED))
    response = await service.handle(get())
    assert (response.outcome, response.rule) == (
        Outcome.FAILED,
        "front:b shed: the queue is full",
    )


@timeless
async def test_a_degraded_answer_degrades_the_request() -> None:
    degraded = Response(200, Outcome.DEGRADED, rule="left out")
    service, _ = front(World(), [[step("front:a")]], a=Callee(degraded))
    response = await service.handle(get())
    assert (response.outcome, response.rule) == (Outcome.DEGRADED, "front:a degraded: left out")


@timeless
async def test_the_remaining_time_is_handed_down_to_every_call() -> None:
    world = World()
    service, callees = front(
        world, [[step("front:a")], [step("front:b")]], a=Callee(takes_s=0.2), b=Callee()
    )
    await service.handle(get(1.0))
    assert callees["a"].requests[0].deadline_s == pytest.approx(0.99)
    assert callees["b"].requests[0].deadline_s == pytest.approx(0.79)


@timeless
async def test_a_request_whose_time_ends_in_a_call_timed_out() -> None:
    world = World()
    service, callees = front(world, [[step("front:a")]], a=Callee(takes_s=60.0))
    response = await service.handle(get(0.5))
    assert (response.status, response.outcome) == (504, Outcome.TIMED_OUT)
    assert world.clock() == pytest.approx(0.5)
    await until(lambda: callees["a"].inside == 0, "the end of the callee's work")


@timeless
async def test_a_call_that_times_out_by_its_own_limit_is_a_failure() -> None:
    world = World()
    caller = world.caller(
        layer("attempt_timeout", limit_s=0.1), callees={"back-1": Callee(takes_s=60.0)}
    )
    service = world.service("front", RouteSpec(work(0.0), [[step("front:back")]]), caller)
    response = await service.handle(get(5.0))
    assert (response.status, response.outcome) == (502, Outcome.FAILED)
    assert "attempt timeout of 0.1 s" in response.rule


@timeless
async def test_cancelling_a_request_cancels_its_calls_all_the_way_down() -> None:
    world = World()
    callees = {"a": Callee(takes_s=60.0), "b": Callee(takes_s=60.0)}
    service, _ = front(world, [[step("front:a"), step("front:b")]], **callees)
    task = asyncio.get_running_loop().create_task(service.handle(get()))
    await asyncio.sleep(1.0)
    assert [callee.inside for callee in callees.values()] == [1, 1]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await until(lambda: not any(c.inside for c in callees.values()), "the end of all work")
    assert service.gauges()["busy"] == 0


@timeless
async def test_a_worker_that_waits_for_a_call_is_busy() -> None:
    """Why a hang is worse than a crash: the callers' workers all wait."""
    world = World()
    hanging = world.caller(callees={"back-1": Callee(takes_s=60.0)})
    service = world.service(
        "front", RouteSpec(work(0.0), [[step("front:back")]]), hanging, capacity=3, queue=0
    )
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(service.handle(get())) for _ in range(3)]
    await asyncio.sleep(1.0)
    assert (await service.handle(get())).outcome is Outcome.SHED
    assert {(await task).outcome for task in tasks} == {Outcome.OK}


@timeless
async def test_calls_carry_the_trace_the_priority_and_their_own_method() -> None:
    world = World()
    callee = Callee(OK)
    caller = world.caller(callees={"back-1": callee})
    route = RouteSpec(work(0.0), [[step("front:back", method="POST")]])
    service = world.service("front", route, caller)
    request = get()
    request.priority = "critical"
    await service.handle(request)
    (sent,) = callee.requests
    assert (sent.method, sent.priority) == ("POST", "critical")
    assert sent.trace.split("-")[1] == TRACE
    (attempt,) = [span for span in world.spans(TRACE) if span[3] == "attempt"]
    assert sent.trace.split("-")[2] == attempt[1]
