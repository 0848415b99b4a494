"""A hedge in its chain: who is asked, who wins, and that nobody is left behind."""

import asyncio
from typing import Any

import pytest

from lab.cluster.calls.call import Call
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import FAILED, OK, Callee, World, layer

HEDGE = layer("hedge", delay="fixed", delay_s=0.1)


def get(**more: Any) -> Call:
    return Call("GET", "/", **more)


@timeless
async def test_a_quick_answer_is_asked_for_once() -> None:
    world, one, other = World(), Callee(takes_s=0.05), Callee(takes_s=0.05)
    caller = world.caller(HEDGE, callees={"back-1": one, "back-2": other})
    assert (await caller.call(get())).outcome is Outcome.OK
    assert len(one.requests) + len(other.requests) == 1


@timeless
async def test_a_late_answer_is_asked_for_elsewhere_and_the_loser_is_called_off() -> None:
    """Pitfalls 31 and 32: another instance, cancelled and awaited."""
    world, slow, fast = World(), Callee(takes_s=10.0), Callee(takes_s=0.02)
    caller = world.caller(HEDGE, callees={"back-1": slow, "back-2": fast})
    call = get()
    result = await caller.call(call)
    assert (result.outcome, call.attempts) == (Outcome.OK, 2)
    assert world.clock() == pytest.approx(0.12)
    assert (slow.inside, slow.answered, len(fast.requests)) == (0, 0, 1)
    assert caller.attempts.in_flight == {"back-1": 0, "back-2": 0}


@timeless
async def test_an_attempt_that_fails_does_not_wait_for_the_delay() -> None:
    """Pitfall 32: the first to succeed, not the first to finish."""
    world, bad, good = World(), Callee(FAILED), Callee(takes_s=0.02)
    caller = world.caller(HEDGE, callees={"back-1": bad, "back-2": good})
    assert (await caller.call(get())).outcome is Outcome.OK
    assert world.clock() == pytest.approx(0.02)


@timeless
async def test_when_all_who_were_asked_fail_the_last_failure_is_told() -> None:
    world, bad = World(), Callee(FAILED)
    caller = world.caller(HEDGE, callees={"back-1": bad, "back-2": bad})
    assert (await caller.call(get())).outcome is Outcome.FAILED
    assert len(bad.requests) == 2


@timeless
async def test_what_is_not_idempotent_is_asked_for_once() -> None:
    world, slow = World(), Callee(takes_s=1.0)
    caller = world.caller(HEDGE, callees={"back-1": slow, "back-2": slow})
    await caller.call(Call("POST", "/", idempotent=False))
    assert len(slow.requests) == 1


@timeless
async def test_a_hedge_spends_from_the_retry_budget() -> None:
    world, slow = World(), Callee(takes_s=1.0)
    budget = {"budget_ratio": 0.1, "budget": "concurrent", "budget_min_retries": 1}
    retry = {**layer("retry", attempts=1), **budget}
    caller = world.caller(retry, HEDGE, callees={"back-1": slow, "back-2": slow})
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(caller.call(get()))
    assert len(slow.requests) == 6
    state: Any = caller.snapshot()
    assert state["hedge"]["counts"]["over_budget"] == 4
    assert state["retry"]["budget"]["left"] == 1


@timeless
async def test_a_caller_who_leaves_takes_all_attempts_along() -> None:
    world, slow = World(), Callee(takes_s=10.0)
    caller = world.caller(HEDGE, callees={"back-1": slow, "back-2": slow})
    async with asyncio.TaskGroup() as group:
        task = group.create_task(caller.call(get()))
        await asyncio.sleep(0.5)
        assert slow.inside == 2
        task.cancel()
    assert slow.inside == 0


@timeless
async def test_the_percentile_is_learnt_and_hedges_few() -> None:
    world, mostly = World(), Callee(OK, takes_s=0.01)
    hedge = layer("hedge", delay="percentile", delay_s=5.0, percentile_ratio=0.95)
    caller = world.caller(hedge, callees={"back-1": mostly, "back-2": mostly})
    for number in range(200):
        mostly.takes_s = 1.0 if number % 20 == 19 else 0.01
        await caller.call(get())
    state: Any = caller.snapshot()["hedge"]
    assert 5 <= state["counts"]["hedges"] <= 25


@timeless
async def test_the_latest_race_is_remembered_with_its_times_and_its_winner() -> None:
    world, slow, fast = World(), Callee(takes_s=10.0), Callee(takes_s=0.02)
    caller = world.caller(HEDGE, callees={"back-1": slow, "back-2": fast})
    await caller.call(get())
    state: Any = caller.snapshot()["hedge"]
    assert state["race"]["asked_s"] == pytest.approx([0.0, 0.1])
    assert state["race"]["took_s"] == pytest.approx(0.12)
    assert state["race"]["winner"] == 1
