"""A chain is changed while calls run through it: none is lost, no permit leaks."""

import asyncio
from random import Random
from typing import Any

import pytest

from lab.cluster.calls.call import Call
from lab.cluster.calls.calls import Caller
from lab.patterns.chain import DEFAULT_ORDER
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import FAILED, OK, Callee, Entry, World, layer

TUNED = {
    "retry": {"attempts": 2, "backoff": "fixed", "base_s": 0.02},
    "bulkhead": {"permits": 8, "queue": 8, "wait_s": 0.1},
    "breaker": {"wait_s": 0.1, "permits": 2},
    "timeout": {"limit_s": 0.2},
    "attempt_timeout": {"limit_s": 0.05},
}


def shuffled(random: Random) -> list[Entry]:
    """Return a chain in any order, with any of its layers on."""
    names = list(DEFAULT_ORDER[:-1])
    random.shuffle(names)
    return [
        layer(name, enabled=random.random() < 0.6, **TUNED.get(name, {}))  # type: ignore[arg-type]
        for name in names
    ]


@pytest.mark.parametrize("seed", range(6))
@timeless
async def test_changed_a_hundred_times_under_load_it_loses_no_call_and_no_permit(seed: int) -> None:
    random, world = Random(seed), World(seed)
    callees = {f"back-{n}": Callee(takes_s=0.03) for n in (1, 2)}
    caller = world.caller(callees=callees)
    results: list[Outcome] = []
    cancelled = 0

    async def one() -> None:
        results.append((await caller.call(Call("GET", "/"))).outcome)

    async with asyncio.TaskGroup() as group:
        for number in range(1000):
            task = group.create_task(one())
            await asyncio.sleep(random.expovariate(200.0))
            if random.random() < 0.1 and not task.done():
                cancelled += task.cancel()
            for callee in callees.values():
                callee.answer = FAILED if random.random() < 0.3 else OK
            if number % 10 == 0:
                caller.rechain(shuffled(random))
    assert len(results) + cancelled == 1000
    counted = world.tick("front-1")
    assert sum(counted.calls["front:back"].outcomes) == len(results)
    sent = sum(len(callee.requests) for callee in callees.values())
    assert sum(sum(tally.outcomes) for tally in counted.links.values()) == sent
    assert caller.attempts.in_flight == {"back-1": 0, "back-2": 0}
    assert await _all_permits_of_its_bulkhead(caller) == 8
    assert await _breaker_recovers(caller, callees)


async def _all_permits_of_its_bulkhead(caller: Caller) -> int:
    caller.rechain([layer("bulkhead", permits=8, queue=0)])
    shown: Any = caller.snapshot()["bulkhead"]
    assert (shown["inside"], shown["waiting"]) == (0, 0)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(caller.call(Call("GET", "/"))) for _ in range(12)]
    return 12 - [task.result().outcome for task in tasks].count(Outcome.REFUSED)


async def _breaker_recovers(caller: Caller, callees: dict[str, Callee]) -> bool:
    """A lost permit would leave it half-open for ever."""
    for callee in callees.values():
        callee.answer = OK
    caller.rechain([layer("breaker", wait_s=0.1, permits=2)])
    for _ in range(10):
        await asyncio.sleep(0.2)
        await caller.call(Call("GET", "/"))
    shown: Any = caller.snapshot()["breaker"]
    return bool(shown["state"] == "closed")


@timeless
async def test_a_call_under_way_ends_in_the_chain_that_it_began_in() -> None:
    world, callee = World(), Callee(takes_s=1.0)
    caller = world.caller(layer("attempt_timeout", limit_s=5.0), callees={"back-1": callee})
    async with asyncio.TaskGroup() as group:
        old = group.create_task(caller.call(Call("GET", "/")))
        await asyncio.sleep(0.1)
        caller.rechain([layer("attempt_timeout", limit_s=0.2)])
        new = group.create_task(caller.call(Call("GET", "/")))
    assert (old.result().outcome, new.result().outcome) == (Outcome.OK, Outcome.TIMED_OUT)


@timeless
async def test_the_patterns_keep_their_state_when_they_are_moved_or_tuned() -> None:
    world, callee = World(), Callee(FAILED)
    small = layer("breaker", window_calls=4, minimum_calls=4)
    caller = world.caller(small, callees={"back-1": callee})
    for _ in range(4):
        await caller.call(Call("GET", "/"))
    caller.rechain([layer("bulkhead"), {**small, "wait_s": 60.0}, layer("retry")])
    assert (await caller.call(Call("GET", "/"))).outcome is Outcome.SHORT_CIRCUITED
    assert len(callee.requests) == 4


@timeless
async def test_a_breaker_that_is_off_neither_stops_nor_counts() -> None:
    world, callee = World(), Callee(FAILED)
    caller = world.caller(layer("breaker", enabled=False), callees={"back-1": callee})
    for _ in range(20):
        await caller.call(Call("GET", "/"))
    caller.rechain([layer("breaker")])
    shown: Any = caller.snapshot()["breaker"]
    assert (len(callee.requests), shown["calls"], shown["state"]) == (20, 0, "closed")
