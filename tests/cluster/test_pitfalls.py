"""Mistakes of libraries in use that only show where patterns and calls work together.

Their numbers are those of the design's ``pitfalls.md``; tests/patterns/test_pitfalls.py tells
which of them are named by a test.
"""

import asyncio
from typing import Any

import pytest

from lab.cluster.calls.call import Call
from lab.patterns.chain import DEFAULT_ORDER
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import FAILED, OK, Callee, World, layer, together

SMALL = layer("breaker", window_calls=4, minimum_calls=4, wait_s=5.0, permits=2)
HEDGE = layer("hedge", delay="fixed", delay_s=0.1)


def get(**more: Any) -> Call:
    return Call("GET", "/", **more)


@timeless
async def test_a_call_is_recorded_when_it_is_answered_not_when_it_is_begun() -> None:
    """Pitfall 16: pybreaker's call records a success when the coroutine has been made.

    Ten failures later it is still closed, with a count of nothing.
    """
    world, callee = World(), Callee(FAILED, takes_s=1.0)
    caller = world.caller(SMALL, callees={"back-1": callee})
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(caller.call(get()))
        await asyncio.sleep(0.5)
        halfway: Any = caller.snapshot()["breaker"]
    shown: Any = caller.snapshot()["breaker"]
    assert (halfway["calls"], halfway["counts"]["ok"]) == (0, 0)
    assert (shown["state"], shown["counts"]["failed"]) == ("open", 4)


@timeless
async def test_the_call_that_trips_the_breaker_tells_its_own_failure() -> None:
    """Pitfall 17: pybreaker and aiobreaker raise the breaker's error in place of the callee's."""
    world = World()
    caller = world.caller(SMALL, callees={"back-1": Callee(FAILED)})
    results = [await caller.call(get()) for _ in range(5)]
    assert [result.outcome for result in results[3:]] == [Outcome.FAILED, Outcome.SHORT_CIRCUITED]
    assert results[3].rule == "it broke"


@timeless
async def test_all_calls_of_a_dependency_share_its_patterns_and_no_other_has_them() -> None:
    """Pitfall 18: with a breaker for each request object none ever sees two failures."""
    world = World()
    bad = world.caller(SMALL, dependency="front:bad", callees={"bad-1": Callee(FAILED)})
    good = world.caller(SMALL, dependency="front:good", callees={"good-1": Callee(OK)})
    await together(bad, [Call("GET", f"/{number}") for number in range(4)])
    assert (await bad.call(get())).outcome is Outcome.SHORT_CIRCUITED
    assert (await good.call(get())).outcome is Outcome.OK


@timeless
async def test_a_listener_that_raises_does_not_hear_before_the_breaker_has_decided() -> None:
    """Pitfall 18: a listener called from inside a transition leaves it half made when it raises."""
    world = World()
    caller = world.caller(SMALL, callees={"back-1": Callee(FAILED)})
    seen: list[Any] = []

    def listen(kind: str, subject: str, text: str, detail: dict[str, Any]) -> None:
        seen.append(caller.snapshot()["breaker"])

    world.site("front-1").report = listen
    for _ in range(4):
        await caller.call(get())
    assert [shown["state"] for shown in seen] == ["open"]


@timeless
async def test_retries_of_three_layers_stay_at_a_tenth_with_a_budget() -> None:
    """Pitfall 24: three attempts at each of three layers are 27 calls for one."""

    async def sent(**budget: Any) -> float:
        world, callee = World(), Callee(FAILED)
        retry = {**layer("retry", backoff="none"), **budget}
        innermost = world.caller(retry, callees={"back-1": callee})

        class Hop:
            def __init__(self, inner: Any) -> None:
                self.inner = inner

            async def handle(self, request: Any) -> Any:
                result = await self.inner.call(get())
                return OK if result.outcome is Outcome.OK else FAILED

        middle = world.caller(retry, me="mid-1", callees={"front-1": Hop(innermost)})  # type: ignore[dict-item]
        outermost = world.caller(retry, me="top-1", callees={"mid-1": Hop(middle)})  # type: ignore[dict-item]
        for _ in range(100):
            await outermost.call(get())
        return len(callee.requests) / 100

    assert await sent() == 27.0
    assert await sent(budget_ratio=0.1) < 1.3


@timeless
async def test_a_cancellation_from_outside_is_no_timeout_of_ours() -> None:
    """Pitfall 28: one that takes every cancellation for its own timeout swallows the caller's."""
    world, callee = World(), Callee(takes_s=10.0)
    caller = world.caller(
        layer("timeout", limit_s=5.0), layer("attempt_timeout", limit_s=4.0), SMALL,
        callees={"back-1": callee},
    )  # fmt: skip
    async with asyncio.TaskGroup() as group:
        task = group.create_task(caller.call(get()))
        await asyncio.sleep(1.0)
        task.cancel()
    assert task.cancelled()
    shown: Any = caller.snapshot()["breaker"]
    assert (shown["counts"]["failed"], shown["counts"]["cancelled"]) == (0, 1)


@pytest.mark.parametrize("at_s", [0.05, 0.11, 0.15, 0.19])
@timeless
async def test_a_call_that_is_cancelled_during_a_race_ends_as_cancelled(at_s: float) -> None:
    """Pitfall 28: the race cancels its own loser, and must not take another's word for its own."""
    world, slow, fast = World(), Callee(takes_s=10.0), Callee(takes_s=0.1)
    caller = world.caller(HEDGE, callees={"back-1": slow, "back-2": fast})
    async with asyncio.TaskGroup() as group:
        task = group.create_task(caller.call(get()))
        await asyncio.sleep(at_s)
        task.cancel()
    assert task.cancelled()
    assert (slow.inside, fast.inside) == (0, 0)


@pytest.mark.parametrize("turns", range(16))
@timeless
async def test_cancelled_while_the_hedge_wins_it_is_cancelled(turns: int) -> None:
    """Pitfall 28: two who cancel in one moment are two; only one of them may be taken back.

    The loop turns a few times between the hedge's answer and the end of the race; whoever cancels
    after any of these turns, and is told that it was in time, must be obeyed.
    """
    world, slow = World(), Callee(takes_s=10.0)
    tasks: list[asyncio.Task[Any]] = []
    was_in_time: list[bool] = []

    def cancel_after(left: int) -> None:
        if left:
            asyncio.get_running_loop().call_soon(cancel_after, left - 1)
        else:
            was_in_time.append(tasks[0].cancel())

    class Quick(Callee):
        async def handle(self, request: Any) -> Any:
            cancel_after(turns)
            return OK

    caller = world.caller(HEDGE, callees={"back-1": slow, "back-2": Quick()})
    async with asyncio.TaskGroup() as group:
        tasks.append(group.create_task(caller.call(get())))
    assert tasks[0].cancelled() == any(was_in_time)
    assert slow.inside == 0


@timeless
async def test_after_a_race_its_task_can_be_cancelled_as_before() -> None:
    """Pitfall 28: a cancellation that is not taken back ends the next timeout of this task."""
    world, slow, fast = World(), Callee(takes_s=10.0), Callee(takes_s=0.02)
    caller = world.caller(HEDGE, callees={"back-1": slow, "back-2": fast})
    assert (await caller.call(get())).outcome is Outcome.OK
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.0):
            await asyncio.sleep(2.0)


@pytest.mark.parametrize("cancelled", [True, False])
@timeless
async def test_a_call_through_the_whole_chain_leaves_no_task_and_no_timer_work(
    cancelled: bool,
) -> None:
    """Pitfall 30: wait_for and shield leave tasks behind that nobody awaits."""
    world, callee = World(), Callee(takes_s=0.25)
    tuned: dict[str, Any] = {"hedge": {"delay": "fixed", "delay_s": 0.1}, "retry": {"attempts": 2}}
    chain = [layer(name, **tuned.get(name, {})) for name in DEFAULT_ORDER]
    caller = world.caller(*chain, callees={"back-1": callee, "back-2": callee})
    before = asyncio.all_tasks()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(caller.call(Call("GET", f"/{n}"))) for n in range(5)]
        await asyncio.sleep(0.15)
        for task in tasks if cancelled else ():
            task.cancel()
    assert asyncio.all_tasks() == before
    assert callee.inside == 0
    assert caller.attempts.in_flight == {"back-1": 0, "back-2": 0}
