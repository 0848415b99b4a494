"""One deadline bounds attempts, waits and queues; no layer adds to it."""

import asyncio

import pytest

from lab.cluster.calls.call import Call
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import FAILED, Callee, World, layer, together


def call(deadline_s: float | None = None, method: str = "GET") -> Call:
    return Call(method, "/", idempotent=method == "GET", deadline_s=deadline_s)


@timeless
async def test_the_attempt_timeout_bounds_an_attempt() -> None:
    world, callee = World(), Callee(takes_s=60.0)
    caller = world.caller(layer("attempt_timeout", limit_s=0.3), callees={"back-1": callee})
    result = await caller.call(call())
    assert world.clock() == pytest.approx(0.3)
    assert (result.outcome, result.definite) == (Outcome.TIMED_OUT, False)
    assert "attempt timeout of 0.3 s" in result.rule


@timeless
async def test_inside_a_retry_it_bounds_each_attempt_anew() -> None:
    world, callee = World(), Callee(takes_s=60.0)
    chain = layer("retry", attempts=3, backoff="none"), layer("attempt_timeout", limit_s=0.3)
    await world.caller(*chain, callees={"back-1": callee}).call(call())
    assert len(callee.requests) == 3
    assert world.clock() == pytest.approx(0.9)
    assert [request.deadline_s for request in callee.requests] == pytest.approx([0.3] * 3)


@timeless
async def test_outside_the_retry_a_timeout_bounds_the_call_with_all_its_attempts() -> None:
    world, callee = World(), Callee(takes_s=60.0)
    chain = (
        layer("timeout", limit_s=0.7),
        layer("retry", attempts=9, backoff="none"),
        layer("attempt_timeout", limit_s=0.3),
    )
    result = await world.caller(*chain, callees={"back-1": callee}).call(call())
    assert world.clock() == pytest.approx(0.7)
    assert result.outcome is Outcome.TIMED_OUT
    left_s = [request.deadline_s for request in callee.requests]
    assert left_s == pytest.approx([0.3, 0.3, 0.1])


@timeless
async def test_inside_the_retry_the_same_timeout_bounds_each_attempt() -> None:
    world, callee = World(), Callee(takes_s=60.0)
    chain = layer("retry", attempts=3, backoff="none"), layer("timeout", limit_s=0.7)
    await world.caller(*chain, callees={"back-1": callee}).call(call())
    assert world.clock() == pytest.approx(2.1)


@timeless
async def test_the_callers_deadline_is_never_widened() -> None:
    world, callee = World(), Callee(takes_s=60.0)
    chain = layer("timeout", limit_s=5.0), layer("attempt_timeout", limit_s=2.0)
    result = await world.caller(*chain, callees={"back-1": callee}).call(call(deadline_s=0.4))
    assert world.clock() == pytest.approx(0.4)
    assert callee.requests[0].deadline_s == pytest.approx(0.4)
    assert "the caller's deadline" in result.rule


@timeless
async def test_a_wait_that_would_pass_the_deadline_is_not_begun() -> None:
    world, callee = World(), Callee(FAILED)
    chain = layer("retry", attempts=5, backoff="fixed", base_s=0.5, jitter="none")
    result = await world.caller(chain, callees={"back-1": callee}).call(call(deadline_s=1.2))
    assert len(callee.requests) == 3  # at 0, 0.5 and 1.0; the wait to 1.5 would be in vain
    assert world.clock() == pytest.approx(1.0)
    assert "would pass the deadline" in result.rule


@timeless
async def test_the_wait_at_a_bulkhead_counts_against_the_deadline() -> None:
    world, callee = World(), Callee(takes_s=0.8)
    chain = layer("bulkhead", permits=1, queue=5, wait_s=10.0)
    caller = world.caller(chain, callees={"back-1": callee})
    first, second, third = await together(
        caller, [call(deadline_s=1.0), call(deadline_s=1.0), call(deadline_s=0.5)]
    )
    assert first.outcome is Outcome.OK
    assert second.outcome is Outcome.TIMED_OUT  # in at 0.8, with 0.2 left
    assert callee.requests[1].deadline_s == pytest.approx(0.2)
    assert third.outcome is Outcome.REFUSED  # not in by 0.5
    assert (third.definite, third.own) == (True, True)
    assert len(callee.requests) == 2
    assert world.clock() == pytest.approx(1.0)


@timeless
async def test_a_bulkhead_waits_no_longer_than_its_own_limit() -> None:
    world, callee = World(), Callee(takes_s=60.0)
    caller = world.caller(
        layer("bulkhead", permits=1, queue=1, wait_s=0.25), callees={"back-1": callee}
    )
    async with asyncio.TaskGroup() as group:
        first = group.create_task(caller.call(call()))
        await asyncio.sleep(0)
        result = await caller.call(call())
        assert world.clock() == pytest.approx(0.25)
        first.cancel()
    assert result.outcome is Outcome.REFUSED


@timeless
async def test_after_a_call_its_deadline_is_what_it_was() -> None:
    world = World()
    chain = layer("timeout", limit_s=0.5), layer("attempt_timeout", limit_s=0.1)
    caller = world.caller(*chain, callees={"back-1": Callee()})
    made = call(deadline_s=9.0)
    await caller.call(made)
    assert (made.deadline_s, made.deadline_rule) == (9.0, "the caller's deadline")
