"""What one instance does with a request."""

import asyncio

import pytest

from lab.cluster.message import Request, Response
from lab.cluster.specs import FaultSpec, RouteSpec
from lab.cluster.workers.service import Service
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import World, work

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
