"""A cache in its chain: what reaches the dependency, and what callers get instead."""

import asyncio
from typing import Any

import pytest

from lab.cluster.calls.call import Call
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import FAILED, Callee, World, layer, together

CACHE = layer("cache", ttl_s=5.0, stale_if_error_s=10.0)


def get(route: str = "/", **more: Any) -> Call:
    return Call("GET", route, **more)


@timeless
async def test_what_is_fresh_is_not_asked_for_again() -> None:
    world, callee = World(), Callee()
    caller = world.caller(CACHE, callees={"back-1": callee})
    for _ in range(10):
        assert (await caller.call(get())).outcome is Outcome.OK
    await caller.call(get("/other"))
    assert len(callee.requests) == 2


@timeless
async def test_writes_go_through() -> None:
    world, callee = World(), Callee()
    caller = world.caller(CACHE, callees={"back-1": callee})
    for _ in range(3):
        await caller.call(Call("POST", "/"))
    assert len(callee.requests) == 3


@timeless
async def test_a_hundred_who_want_the_same_are_one_call() -> None:
    world, callee = World(), Callee(takes_s=0.1)
    caller = world.caller(CACHE, callees={"back-1": callee})
    results = await together(caller, [get() for _ in range(100)])
    assert {result.outcome for result in results} == {Outcome.OK}
    assert len(callee.requests) == 1


@timeless
async def test_without_coalescing_they_are_a_hundred() -> None:
    world, callee = World(), Callee(takes_s=0.1)
    caller = world.caller({**CACHE, "coalesce": False}, callees={"back-1": callee})
    await together(caller, [get() for _ in range(100)])
    assert len(callee.requests) == 100


@timeless
async def test_when_asking_fails_an_old_answer_is_degraded() -> None:
    world, callee = World(), Callee()
    caller = world.caller(CACHE, callees={"back-1": callee})
    await caller.call(get())
    callee.answer = FAILED
    await asyncio.sleep(6.0)
    result = await caller.call(get())
    assert (result.outcome, result.rule[:26]) == (Outcome.DEGRADED, "from the cache, 6.0 s old,")
    await asyncio.sleep(10.0)
    assert (await caller.call(get())).outcome is Outcome.FAILED


@timeless
async def test_failures_are_not_kept() -> None:
    world, callee = World(), Callee()
    callee.script = [FAILED]
    caller = world.caller(CACHE, callees={"back-1": callee})
    outcomes = [(await caller.call(get())).outcome for _ in range(2)]
    assert outcomes == [Outcome.FAILED, Outcome.OK]


@timeless
async def test_while_one_asks_anew_the_others_take_the_stale_answer() -> None:
    world, callee = World(), Callee()
    caller = world.caller({**CACHE, "stale_while_s": 5.0}, callees={"back-1": callee})
    await caller.call(get())
    await asyncio.sleep(6.0)
    callee.takes_s = 1.0
    began_s = world.clock()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(caller.call(get()))
        await asyncio.sleep(0.1)
        others = [await caller.call(get()) for _ in range(5)]
        assert world.clock() == pytest.approx(began_s + 0.1)
    assert {result.rule for result in others} == {"from the cache, stale"}
    assert first.result().outcome is Outcome.OK
    assert len(callee.requests) == 2


@timeless
async def test_when_the_one_who_asks_leaves_another_takes_off() -> None:
    world, callee = World(), Callee(takes_s=1.0)
    caller = world.caller(CACHE, callees={"back-1": callee})
    async with asyncio.TaskGroup() as group:
        first = group.create_task(caller.call(get()))
        await asyncio.sleep(0.1)
        second = group.create_task(caller.call(get()))
        await asyncio.sleep(0.1)
        first.cancel()
    assert second.result().outcome is Outcome.OK
    assert len(callee.requests) == 2


@timeless
async def test_who_waits_for_another_gives_up_at_its_own_deadline() -> None:
    world, callee = World(), Callee(takes_s=10.0)
    caller = world.caller(CACHE, callees={"back-1": callee})
    async with asyncio.TaskGroup() as group:
        group.create_task(caller.call(get()))
        await asyncio.sleep(0.1)
        result = await caller.call(get(deadline_s=world.clock() + 0.5))
        assert result.outcome is Outcome.TIMED_OUT
        assert world.clock() == pytest.approx(0.6)
