"""The innermost layer: one attempt at one instance, counted and shown for what it was."""

import asyncio

import pytest

from lab.cluster.calls.call import Call
from lab.cluster.message import Response
from lab.telemetry.outcome import INDEX, Outcome
from tests.cluster.timeless import timeless
from tests.cluster.waiting import until
from tests.cluster.world import FAILED, OK, SHED, TIMED_OUT, Callee, World, layer, together


def call(**fields: object) -> Call:
    return Call("GET", "/", **fields)  # type: ignore[arg-type]


@timeless
async def test_an_answer_is_read_as_what_it_says() -> None:
    for answer, definite in ((OK, False), (FAILED, False), (TIMED_OUT, False), (SHED, True)):
        world = World()
        result = await world.caller(callees={"back-1": Callee(answer)}).call(call())
        assert (result.outcome, result.definite, result.own) == (answer.outcome, definite, False)
        assert result.rule == answer.rule


@timeless
async def test_a_dead_callee_refuses_for_certain() -> None:
    world = World()
    result = await world.caller(callees={"back-1": None}).call(call())
    assert (result.outcome, result.definite, result.own) == (Outcome.REFUSED, True, False)


@timeless
async def test_a_callee_that_dies_at_work_leaves_doubt() -> None:
    world, callee = World(), Callee(takes_s=1.0)
    caller = world.caller(callees={"back-1": callee})
    async with asyncio.TaskGroup() as group:
        made = group.create_task(caller.call(call()))
        await until(lambda: callee.inside, "the request at work")
        world.transport.cut("front-1→back-1")
    assert (made.result().outcome, made.result().definite) == (Outcome.FAILED, False)


@timeless
async def test_the_callee_is_told_the_time_that_is_left() -> None:
    world, callee = World(), Callee()
    caller = world.caller(callees={"back-1": callee})
    await asyncio.sleep(3.0)
    await caller.call(call(deadline_s=world.clock() + 0.7))
    await caller.call(call())
    assert callee.requests[0].deadline_s == pytest.approx(0.7)
    assert callee.requests[1].deadline_s is None


@timeless
async def test_a_deadline_that_has_passed_sends_nothing() -> None:
    world, callee = World(), Callee()
    caller = world.caller(callees={"back-1": callee})
    await asyncio.sleep(1.0)
    result = await caller.call(call(deadline_s=0.5, deadline_rule="the user's patience"))
    assert (result.outcome, result.definite, result.own) == (Outcome.TIMED_OUT, True, True)
    assert "the user's patience" in result.rule
    assert callee.requests == []


@timeless
async def test_a_dependency_without_instances_refuses() -> None:
    world = World()
    result = await world.caller(callees={}).call(call())
    assert (result.outcome, result.definite) == (Outcome.REFUSED, True)
    assert world.tick("front-1").links == {}


@timeless
async def test_instances_take_turns() -> None:
    world, callees = World(), {f"back-{n}": Callee() for n in (1, 2, 3)}
    caller = world.caller(callees=callees)
    for _ in range(9):
        await caller.call(call())
    assert [len(callee.requests) for callee in callees.values()] == [3, 3, 3]


@timeless
async def test_of_two_choices_a_slow_one_gets_less() -> None:
    world = World()
    callees = {"back-1": Callee(takes_s=0.01), "back-2": Callee(takes_s=1.0)}
    caller = world.caller(layer("balance", kind="two_choices"), callees=callees)
    async with asyncio.TaskGroup() as group:
        for _ in range(200):
            group.create_task(caller.call(call()))
            await asyncio.sleep(0.02)
    assert len(callees["back-2"].requests) < 0.2 * len(callees["back-1"].requests)


@timeless
async def test_an_ejected_instance_gets_nothing_until_all_are_ejected() -> None:
    world, callees = World(), {f"back-{n}": Callee() for n in (1, 2)}
    caller = world.caller(callees=callees)
    caller.attempts.healthy.discard("back-1")
    for _ in range(10):
        await caller.call(call())
    assert [len(callee.requests) for callee in callees.values()] == [0, 10]
    caller.attempts.healthy.discard("back-2")  # fail open
    for _ in range(10):
        await caller.call(call())
    assert [len(callee.requests) for callee in callees.values()] == [5, 15]
    assert caller.attempts.snapshot()["state"] == "panic"


@timeless
async def test_a_removed_instance_gets_nothing_new_and_ends_what_it_has() -> None:
    world, callees = World(), {f"back-{n}": Callee(takes_s=1.0) for n in (1, 2)}
    caller = world.caller(callees=callees)
    async with asyncio.TaskGroup() as group:
        under_way = [group.create_task(caller.call(call())) for _ in range(2)]
        await asyncio.sleep(0.5)
        caller.attempts.remove("back-1")
        later = [group.create_task(caller.call(call())) for _ in range(4)]
    assert {task.result().outcome for task in under_way + later} == {Outcome.OK}
    assert [len(callee.requests) for callee in callees.values()] == [1, 5]
    assert caller.attempts.in_flight == {"back-1": 0, "back-2": 0}


@timeless
async def test_every_attempt_is_counted_on_its_link_also_a_cancelled_one() -> None:
    world = World()
    caller = world.caller(callees={"back-1": Callee(takes_s=1.0)})
    made = asyncio.get_running_loop().create_task(caller.call(call()))
    await asyncio.sleep(0.5)
    assert caller.attempts.in_flight == {"back-1": 1}
    made.cancel()
    with pytest.raises(asyncio.CancelledError):
        await made
    await caller.call(call())
    outcomes = world.tick("front-1").links["front-1→back-1"].outcomes
    assert (outcomes[INDEX[Outcome.OK]], sum(outcomes)) == (1, 2)
    assert caller.attempts.in_flight == {"back-1": 0}


@timeless
async def test_counts_of_calls_and_of_links_agree() -> None:
    world, callee = World(), Callee()
    callee.script = [FAILED, OK, SHED, Response(200, Outcome.DEGRADED)]
    caller = world.caller(callees={"back-1": callee})
    await together(caller, [call() for _ in range(6)])
    tick = world.tick("front-1")
    assert tick.links["front-1→back-1"].outcomes == tick.calls["front:back"].outcomes
    assert tick.calls["front:back"].outcomes == [3, 1, 1, 0, 0, 1, 0]
    assert tick.calls["front:back"].attempts == 6
