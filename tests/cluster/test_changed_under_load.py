"""Chains and guards are replaced again and again while hundreds of calls are under way.

Everything that can be held is held: permits and places before a bulkhead, flights of a cache,
retries of a budget, hedges, slots and places in a queue. At the end each call has had its answer
and nothing is held any more.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from lab.cluster.calls.caching import CacheLayer
from lab.cluster.calls.call import Call
from lab.cluster.calls.calls import Caller
from lab.cluster.calls.layers import BreakerLayer, BulkheadLayer, RetryLayer
from lab.cluster.message import Request
from lab.cluster.specs import RouteSpec, ServiceSpec
from lab.cluster.workers.service import Service
from lab.patterns.chain import DEFAULT_ORDER
from lab.patterns.guards import GUARDS
from lab.patterns.retry_budget import Concurrent
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import FAILED, OK, SHED, Callee, Entry, World, layer, work

CALLS = 2_000
RATE_PER_S = 10_000.0
HELD: Mapping[str, Mapping[str, Any]] = {
    "bulkhead": {"permits": 60, "queue": 400, "wait_s": 1.0},
    "retry": {"attempts": 4, "base_s": 0.1, "cap_s": 0.5, "budget": "concurrent"},
    "hedge": {"delay": "fixed", "delay_s": 0.05, "hedges": 2},
    "cache": {"ttl_s": 0.05, "stale_while_s": 0.1, "stale_if_error_s": 0.0},
    "rate_limit": {"rate_per_s": 2000.0, "burst": 100},
    "breaker": {"window_calls": 50, "minimum_calls": 40, "wait_s": 0.1},
    "timeout": {"limit_s": 3.0},
    "attempt_timeout": {"limit_s": 0.3},
    "outlier": {"base_s": 0.2, "interval_s": 0.2},
}


def call_somebody_off(random: Random, tasks: list[asyncio.Task[None]]) -> None:
    """Cancel now and then; also in the very moment in which another hands on what it held."""
    others = [task for task in tasks[-100:] if task is not asyncio.current_task()]
    if others and random.random() < 0.1:
        random.choice(others).cancel()


def any_chain(random: Random, *, shared: bool) -> list[Entry]:
    """A chain of any order with most of its layers on, and other numbers each time."""
    names = list(DEFAULT_ORDER[:-1])
    random.shuffle(names)
    chain = []
    for name in names:
        more = dict(HELD.get(name, {}))
        if name == "bulkhead":
            more |= {"permits": random.randint(1, 120), "queue": random.randint(0, 400)}
        if name == "retry":
            more["budget_ratio"] = random.choice([0.2, 0.5])
        if name == "cache":
            more["coalesce"] = shared or random.random() < 0.5
        chain.append(layer(name, enabled=random.random() < 0.75, **more))
    return chain


@pytest.mark.parametrize("seed", range(4))
@timeless
async def test_chains_are_replaced_and_every_call_has_its_answer(seed: int) -> None:
    random, world = Random(seed), World(seed)
    callees = {f"back-{n}": Callee(takes_s=0.2) for n in (1, 2, 3)}
    caller = world.caller(*any_chain(random, shared=seed % 2 == 0), callees=callees)
    results: list[Outcome] = []
    tasks: list[asyncio.Task[None]] = []
    most_under_way = under_way = 0

    async def one(call: Call) -> None:
        nonlocal under_way, most_under_way
        under_way += 1
        most_under_way = max(most_under_way, under_way)
        try:
            results.append((await caller.call(call)).outcome)
            call_somebody_off(random, tasks)
        finally:
            under_way -= 1

    budgets: list[Any] = []
    async with asyncio.TaskGroup() as group:
        for number in range(CALLS):
            method = "POST" if random.random() < 0.2 else "GET"
            call = Call(method, f"/{random.randrange(20)}", method == "GET")
            tasks.append(group.create_task(one(call)))
            await asyncio.sleep(random.expovariate(RATE_PER_S))
            call_somebody_off(random, tasks)
            if number % 10 == 0:
                for callee in callees.values():
                    callee.answer = random.choice([OK, OK, OK, FAILED, SHED])
                    callee.takes_s = random.choice([0.01, 0.1, 0.5])
                caller.rechain(any_chain(random, shared=seed % 2 == 0))
                budgets.append(_budget(caller))
    called_off = sum(task.cancelled() for task in tasks)
    assert len(results) + called_off == CALLS
    assert len(set(results)) > 3
    assert most_under_way > 200
    assert sum(world.tick("front-1").calls["front:back"].outcomes) == len(results)
    assert [callee.inside for callee in callees.values()] == [0, 0, 0]
    assert set(caller.attempts.in_flight.values()) == {0}
    _nothing_is_held(caller, budgets)


def _nothing_is_held(caller: Caller, budgets: list[Any]) -> None:
    layers = caller._layers
    bulkhead, cache = layers["bulkhead"], layers["cache"]
    assert isinstance(bulkhead, BulkheadLayer)
    assert isinstance(cache, CacheLayer)
    shown: Any = bulkhead.snapshot(0.0)
    assert (shown["inside"], shown["waiting"], bulkhead._waiting) == (0, 0, {})
    assert (cache.snapshot(0.0)["flights"], cache._landings) == (0, {})
    for budget in budgets:
        assert isinstance(budget, Concurrent)
        assert (budget._calls, budget._retries) == (0, 0)
    breaker = layers["breaker"]
    assert isinstance(breaker, BreakerLayer)
    permits: Any = breaker.snapshot(1e9)["permits"]
    assert permits["used"] == permits["returned"] or breaker.snapshot(1e9)["state"] != "half_open"


def _budget(caller: Caller) -> Any:
    retry = caller._layers["retry"]
    assert isinstance(retry, RetryLayer)
    return retry.pattern.budget


def any_guards(random: Random) -> dict[str, dict[str, object]]:
    """Any of the guards, on or off."""
    guards: dict[str, dict[str, object]] = {
        name: {"enabled": random.random() < 0.5} for name in GUARDS if name != "queue_order"
    }
    guards["queue_order"] = {"order": random.choice(["fifo", "lifo", "adaptive"])}
    guards["admission"]["kind"] = random.choice(["fixed", "aimd", "gradient2", "vegas"])
    guards["codel"] |= {"target_s": 0.05, "interval_s": 0.2}
    return guards


@pytest.mark.parametrize("seed", range(4))
@timeless
async def test_guards_are_switched_and_every_request_has_its_answer(seed: int) -> None:
    random, world = Random(seed), World(seed)
    spec = ServiceSpec("back", 10, 1000, {"/": RouteSpec(work(0.02), extra=work(0.01))})
    one = Service(spec, {}, world.site("back-1"))
    outcomes: Counter[Outcome] = Counter()
    tasks: list[asyncio.Task[None]] = []
    most_inside = 0

    async def ask(request: Request) -> None:
        outcomes[(await one.handle(request)).outcome] += 1
        call_somebody_off(random, tasks)

    async with asyncio.TaskGroup() as group:
        one.group = group
        for number in range(CALLS):
            deadline_s = random.choice([None, 0.05, 0.5])
            priority = random.choice(["critical", "default", "sheddable"])
            key = f"k{random.randrange(200)}" if random.random() < 0.3 else ""
            method = "POST" if key else "GET"
            request = Request(method, "/", deadline_s=deadline_s, priority=priority, key=key)
            tasks.append(group.create_task(ask(request)))
            await asyncio.sleep(random.expovariate(3000.0))
            most_inside = max(most_inside, one.in_flight)
            call_somebody_off(random, tasks)
            if number % 10 == 0:
                one.guard(any_guards(random))
    called_off = sum(task.cancelled() for task in tasks)
    assert outcomes.total() + called_off == CALLS
    assert most_inside > 100
    assert {Outcome.OK, Outcome.SHED, Outcome.TIMED_OUT} <= set(outcomes)
    assert (one.in_flight, one.slots.busy, one.slots.waiting) == (0, 0, 0)
    one.guard({})
    responses = [await one.handle(Request("GET", "/")) for _ in range(20)]
    assert {response.outcome for response in responses} == {Outcome.OK}
    assert one.slots.busy == 0
