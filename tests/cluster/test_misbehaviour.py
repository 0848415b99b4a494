"""Service faults as an instance acts them out: they add up, and each ends alone."""

import asyncio
from random import Random
from statistics import fmean

import pytest

from lab.cluster.message import Request, Response
from lab.cluster.specs import FaultSpec, RouteSpec
from lab.cluster.workers.misbehaviour import Misbehaviour
from lab.cluster.workers.service import Service
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import World, step, work


def misbehaviour() -> tuple[Misbehaviour, list[int]]:
    stuck: list[int] = []
    return Misbehaviour(Random(1), stuck.append), stuck


def errors(fault: str, ratio: float, status: int = 500) -> FaultSpec:
    return FaultSpec(fault, "errors", {"ratio": ratio, "status": status})


def test_without_a_fault_nothing_is_wrong() -> None:
    faults, _ = misbehaviour()
    assert faults.failure("") is None
    assert faults.delay_s() == 0.0


@pytest.mark.parametrize("ratio", [0.1, 0.5, 1.0])
def test_errors_hit_their_share(ratio: float) -> None:
    faults, _ = misbehaviour()
    faults.begin(errors("f1", ratio))
    failed = sum(faults.failure("") is not None for _ in range(5_000))
    assert failed / 5_000 == pytest.approx(ratio, abs=0.02)


def test_the_first_errors_are_exactly_so_many() -> None:
    faults, _ = misbehaviour()
    faults.begin(FaultSpec("f1", "first_errors", {"count": 7}))
    assert [faults.failure("") is not None for _ in range(20)] == [True] * 7 + [False] * 13


def test_two_shares_of_errors_add_up_and_end_apart() -> None:
    faults, _ = misbehaviour()
    faults.begin(errors("f1", 0.5))
    faults.begin(errors("f2", 0.5))
    both = sum(faults.failure("") is not None for _ in range(5_000)) / 5_000
    faults.end("f1")
    one = sum(faults.failure("") is not None for _ in range(5_000)) / 5_000
    faults.end("f2")
    assert [both, one] == pytest.approx([0.75, 0.5], abs=0.03)
    assert faults.failure("") is None


def test_latencies_add_up_and_end_apart() -> None:
    faults, _ = misbehaviour()
    faults.begin(FaultSpec("f1", "latency", {"kind": "fixed", "mean_s": 0.2, "deviation_s": 0.0}))
    faults.begin(FaultSpec("f2", "latency", {"kind": "fixed", "mean_s": 0.3, "deviation_s": 0.0}))
    assert faults.delay_s() == pytest.approx(0.5)
    faults.end("f1")
    assert faults.delay_s() == pytest.approx(0.3)
    faults.end("f2")
    assert faults.delay_s() == 0.0


def test_normal_latency_has_its_mean() -> None:
    faults, _ = misbehaviour()
    faults.begin(FaultSpec("f1", "latency", {"kind": "normal", "mean_s": 0.5, "deviation_s": 0.1}))
    assert fmean(faults.delay_s() for _ in range(5_000)) == pytest.approx(0.5, rel=0.02)


def test_stuck_workers_add_up_and_are_given_back() -> None:
    faults, stuck = misbehaviour()
    faults.begin(FaultSpec("f1", "stuck", {"workers": 2}))
    faults.begin(FaultSpec("f2", "stuck", {"workers": 3}))
    faults.end("f1")
    faults.end("f2")
    assert stuck == [2, 5, 3, 0]


def test_ending_what_is_not_active_does_nothing() -> None:
    faults, _ = misbehaviour()
    faults.begin(errors("f1", 1.0))
    faults.end("f9")
    assert faults.failure("") is not None


async def served(service: Service, number: int) -> list[Response]:
    return [await service.handle(Request("GET", "/")) for _ in range(number)]


@timeless
async def test_an_error_fault_answers_with_its_status_quickly_and_says_so() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(1.0)))
    service.faults.begin(errors("f1", 1.0, 599))
    (response,) = await served(service, 1)
    assert (response.status, response.outcome) == (599, Outcome.FAILED)
    assert response.rule == "fault: answers 100% with an error"
    assert world.clock() == 0.0


@timeless
async def test_the_status_of_an_error_fault_is_not_that_of_other_failures() -> None:
    world = World()
    caller = world.caller(callees={"back-1": None})
    service = world.service("front", RouteSpec(work(0.0), [[step("front:back")]]), caller)
    service.faults.begin(FaultSpec("f1", "errors", {"ratio": 0.01, "status": 507}))
    statuses = {response.status for response in await served(service, 20)}
    assert 502 in statuses


@timeless
async def test_the_first_errors_are_the_services_own() -> None:
    service = World().service("back", RouteSpec(work(0.0)))
    service.faults.begin(FaultSpec("f1", "first_errors", {"count": 2}))
    assert [response.status for response in await served(service, 3)] == [500, 500, 200]


@timeless
async def test_latency_holds_its_worker() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(0.1)))
    service.faults.begin(
        FaultSpec("f1", "latency", {"kind": "fixed", "mean_s": 0.9, "deviation_s": 0.0})
    )
    await served(service, 3)
    assert world.clock() == pytest.approx(3.0)
    service.faults.end("f1")
    await served(service, 1)
    assert world.clock() == pytest.approx(3.1)


@timeless
async def test_stuck_workers_shrink_the_capacity_and_come_back() -> None:
    world = World()
    service = world.service("back", RouteSpec(work(0.1)), capacity=4)
    service.faults.begin(FaultSpec("f1", "stuck", {"workers": 3}))
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(served(service, 1))
    assert world.clock() == pytest.approx(0.4)
    service.faults.end("f1")
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(served(service, 1))
    assert world.clock() == pytest.approx(0.5)


@timeless
async def test_a_change_of_capacity_frees_no_stuck_worker() -> None:
    service = World().service("back", RouteSpec(work(0.1)), capacity=2)
    service.faults.begin(FaultSpec("f1", "stuck", {"workers": 2}))
    service.resize(3, None)
    assert (service.gauges()["busy"], service.gauges()["capacity"]) == (2, 3)
