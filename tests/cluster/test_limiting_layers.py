"""Rate limit and throttle in their chain: what is turned away, and that it counts as ours."""

import asyncio

from lab.cluster.calls.call import Call, Result
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import FAILED, SHED, Callee, World, layer

SMALL = layer("rate_limit", rate_per_s=10.0, burst=2)


def get() -> Call:
    return Call("GET", "/")


def ours(result: Result) -> bool:
    return (result.outcome, result.definite, result.own) == (Outcome.REFUSED, True, True)


@timeless
async def test_past_the_burst_calls_are_refused_and_told_when_to_come_back() -> None:
    world, callee = World(), Callee()
    caller = world.caller(SMALL, callees={"back-1": callee})
    results = [await caller.call(get()) for _ in range(3)]
    assert [ours(result) for result in results] == [False, False, True]
    assert results[2].retry_after_s is not None
    await asyncio.sleep(results[2].retry_after_s)
    assert (await caller.call(get())).outcome is Outcome.OK
    assert len(callee.requests) == 3


@timeless
async def test_a_retry_comes_back_when_the_limit_says() -> None:
    world, callee = World(), Callee()
    retry = layer("retry", attempts=2, base_s=0.001, jitter="none")
    caller = world.caller(retry, SMALL, callees={"back-1": callee})
    for _ in range(3):
        assert (await caller.call(get())).outcome is Outcome.OK
    assert 0.09 < world.clock() < 0.11


@timeless
async def test_what_is_limited_here_is_no_failure_of_the_dependency() -> None:
    world, callee = World(), Callee()
    breaker = layer("breaker", window_calls=4, minimum_calls=4)
    caller = world.caller(breaker, SMALL, callees={"back-1": callee})
    for _ in range(20):
        await caller.call(get())
    assert world.events == []


@timeless
async def test_a_callee_that_sheds_is_sent_less() -> None:
    world, callee = World(), Callee(SHED)
    caller = world.caller(layer("throttle"), callees={"back-1": callee})
    results = [await caller.call(get()) for _ in range(200)]
    assert len(callee.requests) < 30
    assert sum(ours(result) for result in results) == 200 - len(callee.requests)


@timeless
async def test_a_callee_that_fails_has_still_accepted() -> None:
    """The throttle answers overload, not errors: those are for the breaker."""
    world, callee = World(), Callee(FAILED)
    caller = world.caller(layer("throttle"), callees={"back-1": callee})
    for _ in range(50):
        await caller.call(get())
    assert len(callee.requests) == 50
