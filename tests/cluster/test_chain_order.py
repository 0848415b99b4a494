"""What the order of a chain means, and what each layer counts."""

import asyncio
from typing import Any

import pytest

from lab.cluster.calls.call import Call
from lab.cluster.calls.calls import Caller
from lab.cluster.specs import RouteSpec
from lab.patterns.chain import DEFAULT_ORDER
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import (
    FAILED,
    OK,
    SHED,
    TIMED_OUT,
    Callee,
    Entry,
    World,
    layer,
    step,
    together,
    work,
)


def get() -> Call:
    return Call("GET", "/")


def shown(caller: Caller, pattern: str) -> Any:
    return caller.snapshot()[pattern]


def failures(caller: Caller) -> int:
    return int(shown(caller, "breaker")["counts"]["failed"])


RETRY = layer("retry", attempts=3, backoff="none")
BREAKER = layer("breaker", window_calls=100, minimum_calls=100)


@timeless
async def test_retry_outside_the_breaker_lets_it_count_every_attempt() -> None:
    world = World()
    caller = world.caller(RETRY, BREAKER, callees={"back-1": Callee(FAILED)})
    await caller.call(get())
    assert failures(caller) == 3


@timeless
async def test_retry_inside_the_breaker_lets_it_count_calls() -> None:
    world = World()
    caller = world.caller(BREAKER, RETRY, callees={"back-1": Callee(FAILED)})
    await caller.call(get())
    assert failures(caller) == 1


@timeless
async def test_a_call_saved_by_a_retry_is_a_success_outside_and_a_failure_inside() -> None:
    for chain, counted in (((BREAKER, RETRY), (1, 0)), ((RETRY, BREAKER), (1, 1))):
        world, callee = World(), Callee()
        callee.script = [FAILED]
        caller = world.caller(*chain, callees={"back-1": callee})
        assert (await caller.call(get())).outcome is Outcome.OK
        counts = shown(caller, "breaker")["counts"]
        assert (counts["ok"], counts["failed"]) == counted


@timeless
async def test_an_open_breaker_ends_the_retries_outside_of_it() -> None:
    world, callee = World(), Callee(FAILED)
    breaker = layer("breaker", window_calls=2, minimum_calls=2)
    caller = world.caller(
        layer("retry", attempts=10, backoff="none"), breaker, callees={"back-1": callee}
    )
    result = await caller.call(get())
    assert (len(callee.requests), result.outcome) == (2, Outcome.SHORT_CIRCUITED)
    assert "short_circuited is never retried" in result.rule
    assert world.tick("front-1").calls["front:back"].attempts == 2


@timeless
async def test_a_fallback_inside_the_retry_hides_the_failure_from_it() -> None:
    world, callee = World(), Callee(FAILED)
    caller = world.caller(RETRY, layer("fallback"), callees={"back-1": callee})
    assert (await caller.call(get())).outcome is Outcome.DEGRADED
    assert len(callee.requests) == 1


@timeless
async def test_a_fallback_outside_the_retry_comes_last() -> None:
    world, callee = World(), Callee(FAILED)
    caller = world.caller(layer("fallback"), RETRY, callees={"back-1": callee})
    assert (await caller.call(get())).outcome is Outcome.DEGRADED
    assert len(callee.requests) == 3


@timeless
async def test_a_bulkhead_outside_the_retry_keeps_its_permit_through_the_waits() -> None:
    fixed = layer("retry", attempts=2, backoff="fixed", base_s=1.0, jitter="none")
    bulkhead = layer("bulkhead", permits=1)
    for chain, outcome in (
        ((bulkhead, fixed), Outcome.REFUSED),
        ((fixed, bulkhead), Outcome.OK),
    ):
        world, callee = World(), Callee()
        callee.script = [FAILED]
        caller = world.caller(*chain, callees={"back-1": callee})
        async with asyncio.TaskGroup() as group:
            group.create_task(caller.call(get()))
            await asyncio.sleep(0.5)  # the first call is waiting to try again
            second = await caller.call(get())
        assert second.outcome is outcome


@timeless
async def test_the_default_order_is_from_fallback_to_balance() -> None:
    """Seen in one call: its retries end at the timeout, which the fallback covers."""
    world, callee = World(), Callee(takes_s=60.0)
    chain = [
        layer("attempt_timeout", limit_s=0.3),
        layer("bulkhead"),
        layer("breaker", minimum_calls=3, window_calls=3),
        layer("retry", attempts=5, backoff="none"),
        layer("timeout", limit_s=1.0),
        layer("fallback"),
    ]
    in_order = sorted(chain, key=lambda entry: DEFAULT_ORDER.index(entry["pattern"]))
    caller = world.caller(*in_order, callees={"back-1": callee})
    result = await caller.call(get())
    assert result.outcome is Outcome.DEGRADED
    assert world.clock() == pytest.approx(0.9)  # three attempts of 0.3 s, then the breaker is open
    assert [event[0] for event in world.events] == ["breaker"]
    assert [*caller.snapshot()] == ["balance", *(entry["pattern"] for entry in in_order)]


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@timeless
async def test_three_attempts_at_each_of_n_hops_are_three_to_the_n(depth: int) -> None:
    world, bottom = World(), Callee(FAILED)
    below: Any = bottom
    for level in range(depth):
        me, callee = f"hop{level}-1", "bottom-1" if level == 0 else f"hop{level - 1}-1"
        caller = world.caller(RETRY, dependency=f"hop{level}:below", me=me, callees={callee: below})
        below = world.service(f"hop{level}", _route(f"hop{level}:below"), caller, capacity=100)
    users = world.caller(dependency="users:top", me="users", callees={"top-1": below})
    result = await users.call(get())
    assert result.outcome is Outcome.FAILED
    assert len(bottom.requests) == 3**depth


@timeless
async def test_retries_at_the_top_only_are_three() -> None:
    world, bottom = World(), Callee(FAILED)
    below: Any = bottom
    for level, chain in enumerate(([], [], [RETRY])):
        me, callee = f"hop{level}-1", "bottom-1" if level == 0 else f"hop{level - 1}-1"
        caller = world.caller(*chain, dependency=f"hop{level}:x", me=me, callees={callee: below})
        below = world.service(f"hop{level}", _route(f"hop{level}:x"), caller, capacity=100)
    await world.caller(dependency="users:top", me="users", callees={"top-1": below}).call(get())
    assert len(bottom.requests) == 3


def _route(dependency: str) -> RouteSpec:
    return RouteSpec(work(0.001), [[step(dependency)]])


@pytest.mark.parametrize("answer", [OK, FAILED, SHED, TIMED_OUT])
@timeless
async def test_a_chain_with_everything_off_is_the_call_alone(answer: Any) -> None:
    world = World()
    chain: list[Entry] = [layer(name, enabled=False) for name in DEFAULT_ORDER[:-1]]
    caller = world.caller(*chain, callees={"back-1": Callee(answer)})
    results = await together(caller, [get() for _ in range(20)])
    assert {result.outcome for result in results} == {answer.outcome}
    assert caller.snapshot().keys() == {"balance"}
