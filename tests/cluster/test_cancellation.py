"""Whether a service stops for those who have left, and what it works off if it does not."""

import asyncio
from typing import Any

import pytest

from lab.cluster.message import Request
from lab.cluster.specs import RouteSpec, ServiceSpec
from lab.cluster.workers.service import Service
from tests.cluster.timeless import timeless
from tests.cluster.world import World, work


def service(world: World, group: asyncio.TaskGroup, *, stops: bool) -> Service:
    guards = {"cancellation": {"enabled": stops}}
    spec = ServiceSpec("back", 1, None, {"/": RouteSpec(work(0.1))}, guards)
    one = Service(spec, {}, world.site("back-1"))
    one.group = group
    return one


async def leave_early(one: Service, callers: int) -> None:
    """So many ask at once and leave after 0.25 s."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.handle(Request("GET", "/"))) for _ in range(callers)]
        await asyncio.sleep(0.25)
        for task in tasks:
            task.cancel()


@pytest.mark.parametrize(("stops", "free_at_s"), [(True, 0.25), (False, 1.0)])
@timeless
async def test_a_server_that_does_not_stop_works_off_what_was_given_up(
    stops: bool, free_at_s: float
) -> None:
    world = World()
    async with asyncio.TaskGroup() as group:
        one = service(world, group, stops=stops)
        await leave_early(one, 10)
        await one.handle(Request("GET", "/"))
        assert world.clock() == pytest.approx(free_at_s + 0.1, abs=0.02)
        state: Any = one.guards.snapshot(world.clock()).get("cancellation")
        assert state is None if stops else state["counts"]["for_nobody"] == 8


@timeless
async def test_it_ignores_deadlines_too() -> None:
    world = World()
    async with asyncio.TaskGroup() as group:
        one = service(world, group, stops=False)
        response = await one.handle(Request("GET", "/", deadline_s=0.01))
    assert response.status == 200
