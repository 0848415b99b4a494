"""What one instance does with a request."""

import asyncio
from typing import Any

import pytest

from lab.cluster.message import Request, Response
from lab.cluster.service import Service
from lab.cluster.specs import FaultSpec, RouteSpec
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.waiting import until
from tests.cluster.world import FAILED, OK, SHED, Callee, World, layer, step, work

TRACE = "0af7651916cd43dd8448eb211c80319c"


def get(deadline_s: float | None = None, path: str = "/") -> Request:
    return Request("GET", path, f"00-{TRACE}-b7ad6b7169203331-01", deadline_s)


async def answers(service: Service, requests: int) -> list[Response]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(service.handle(get())) for _ in range(requests)]
    return [task.result() for task in tasks]


@timeless
async def test_it_works_as_long_as_its_route_takes() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(0.2)))
    response = await service.handle(get())
    assert (response.status, response.outcome) == (200, Outcome.OK)
    assert world.clock() == pytest.approx(0.2)


@timeless
async def test_more_than_its_capacity_waits_and_more_than_its_queue_is_shed() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(0.1)), capacity=2, queue=3)
    outcomes = [response.outcome for response in await answers(service, 8)]
    assert outcomes == [Outcome.OK] * 5 + [Outcome.SHED] * 3
    assert world.clock() == pytest.approx(0.3)


@timeless
async def test_a_shed_answer_is_cheap_and_says_when_to_come_back() -> None:
    service = World().service("back", RouteSpec(work(0.1)), queue=0)
    _, shed = await answers(service, 2)
    assert (shed.status, shed.retry_after_s) == (503, 1.0)
    assert shed.rule == "the queue is full (0 waiting)"


@timeless
async def test_it_answers_about_its_health_while_all_its_workers_are_stuck() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(0.1)), capacity=2)
    service.faults.begin(FaultSpec("f1", "stuck", {"workers": 2}))
    stuck = asyncio.get_running_loop().create_task(service.handle(get()))
    await asyncio.sleep(60.0)
    response = await service.handle(get(path="/health"))
    assert (response.status, world.clock(), stuck.done()) == (200, 60.0, False)
    assert service.gauges()["busy"] == 2
    service.faults.end("f1")
    assert (await stuck).outcome is Outcome.OK


@timeless
async def test_a_path_that_it_does_not_have_is_an_error_that_names_those_it_has() -> None:
    service = World().service("back", RouteSpec(work(0.1)), path="/items")
    response = await service.handle(get(path="/itmes"))
    assert (response.status, response.outcome) == (404, Outcome.FAILED)
    assert "/items" in response.rule


@timeless
async def test_a_query_is_no_part_of_the_route() -> None:
    service = World().service("back", RouteSpec(work(0.1)), path="/items")
    assert (await service.handle(get(path="/items?page=2"))).outcome is Outcome.OK


@timeless
async def test_who_arrives_after_its_deadline_is_not_worked_on() -> None:
    world = World()
    response = await world.service("back", RouteSpec(work(0.1))).handle(get(0.0))
    assert (response.status, response.outcome) == (504, Outcome.TIMED_OUT)
    assert world.clock() == 0.0


@timeless
async def test_work_ends_with_its_deadline() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(5.0)))
    response = await service.handle(get(0.3))
    assert response.rule == "its deadline passed during the work"
    assert world.clock() == pytest.approx(0.3)
    assert service.gauges()["busy"] == 0


@timeless
async def test_the_queue_is_left_with_the_deadline() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(5.0)))
    first = asyncio.get_running_loop().create_task(service.handle(get()))
    await asyncio.sleep(0)
    response = await service.handle(get(0.3))
    assert response.rule == "its deadline passed in the queue"
    assert world.clock() == pytest.approx(0.3)
    assert service.gauges()["queued"] == 0
    await first


@timeless
async def test_cancelled_work_frees_its_slot_for_the_next() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(60.0)))
    loop = asyncio.get_running_loop()
    first = loop.create_task(service.handle(get()))
    second = loop.create_task(service.handle(get()))
    await asyncio.sleep(1.0)
    assert service.gauges() == {"in_flight": 2, "busy": 1, "queued": 1, "capacity": 1}
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert service.gauges() == {"in_flight": 1, "busy": 1, "queued": 0, "capacity": 1}
    await second
    assert world.clock() == pytest.approx(61.0, abs=0.1)


@timeless
async def test_cancelled_requests_are_counted_as_failed_and_leave_nothing_in_flight() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(60.0)), capacity=2)
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(service.handle(get())) for _ in range(5)]
    await asyncio.sleep(1.0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert service.gauges() == {"in_flight": 0, "busy": 0, "queued": 0, "capacity": 2}
    assert world.tick("back-1").served["/"].outcomes == [0, 0, 5, 0, 0, 0, 0]


@timeless
async def test_capacity_and_queue_change_under_load() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(0.1)), capacity=1, queue=None)
    async with asyncio.TaskGroup() as group:
        for _ in range(9):
            group.create_task(service.handle(get()))
        await asyncio.sleep(0.05)
        service.resize(8, 0)
        assert service.gauges()["queued"] == 1
        assert service.gauges()["capacity"] == 8
        shed = group.create_task(service.handle(get()))
    assert shed.result().outcome is Outcome.SHED
    assert world.clock() == pytest.approx(0.2, abs=0.06)


@timeless
async def test_queue_time_and_work_are_spans_below_the_servers_own() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(0.1)))
    await answers(service, 2)
    spans = world.spans(TRACE)
    assert sorted(span[3] for span in spans) == ["queue", "server", "server", "work", "work"]
    (queued,) = [span for span in spans if span[3] == "queue"]
    assert (queued[5], queued[6]) == (0.0, pytest.approx(0.1))
    servers = {span[1] for span in spans if span[3] == "server"}
    assert {span[2] for span in spans if span[3] != "server"} == servers
    assert {span[2] for span in spans if span[3] == "server"} == {"b7ad6b7169203331"}


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
