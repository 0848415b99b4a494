"""The bulkhead in its chain: a permit for each who is inside, and each comes back."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.cluster.calls.call import Call
from lab.cluster.calls.calls import Caller
from lab.cluster.virtual.loop import run_virtual
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import Callee, World, layer, together


def get(deadline_s: float | None = None) -> Call:
    return Call("GET", "/", deadline_s=deadline_s)


def bulkhead(caller: Caller) -> dict[str, object]:
    state = caller.snapshot()["bulkhead"]
    assert isinstance(state, dict)
    return state


@timeless
async def test_no_more_are_inside_than_there_are_permits() -> None:
    world, callee = World(), Callee(takes_s=0.1)
    chain = layer("bulkhead", permits=3, queue=100, wait_s=60.0)
    results = await together(
        world.caller(chain, callees={"back-1": callee}), [get() for _ in range(30)]
    )
    assert {result.outcome for result in results} == {Outcome.OK}
    assert callee.most_inside == 3
    assert world.clock() == pytest.approx(1.0)


@timeless
async def test_a_full_one_refuses_at_once_and_for_certain() -> None:
    world, callee = World(), Callee(takes_s=0.1)
    chain = layer("bulkhead", permits=2, queue=0)
    results = await together(
        world.caller(chain, callees={"back-1": callee}), [get() for _ in range(5)]
    )
    refused = [result for result in results if result.outcome is Outcome.REFUSED]
    assert len(refused) == 3
    assert all(result.definite and result.own for result in refused)
    assert refused[0].rule == "bulkhead: all 2 permits are taken"
    assert len(callee.requests) == 2


@timeless
async def test_the_longest_waiter_gets_the_next_permit() -> None:
    world, callee = World(), Callee(takes_s=0.1)
    chain = layer("bulkhead", permits=1, queue=10, wait_s=60.0)
    caller = world.caller(chain, callees={"back-1": callee})
    await together(caller, [Call("GET", f"/{n}") for n in range(6)])
    assert [request.path for request in callee.requests] == [f"/{n}" for n in range(6)]


@timeless
async def test_more_permits_let_those_in_who_wait() -> None:
    world, callee = World(), Callee(takes_s=1.0)
    caller = world.caller(
        layer("bulkhead", permits=1, queue=10, wait_s=60.0), callees={"back-1": callee}
    )
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(caller.call(get()))
        await asyncio.sleep(0.5)
        assert callee.inside == 1
        caller.rechain([layer("bulkhead", permits=3, queue=10, wait_s=60.0)])
        await asyncio.sleep(0.1)
        assert callee.inside == 3


@timeless
async def test_a_hanging_callee_leaves_the_other_dependency_its_room() -> None:
    """15 + 5 holds where 20 for all do not: what a bulkhead is for."""
    world, hanging, well = World(), Callee(takes_s=60.0), Callee(takes_s=0.01)
    bad = world.caller(layer("bulkhead", permits=5), callees={"bad-1": hanging})
    good = world.caller(
        layer("bulkhead", permits=15), dependency="front:good", callees={"good-1": well}
    )
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(bad.call(get(deadline_s=1.0))) for _ in range(50)]
        await asyncio.sleep(0.1)
        results = await together(good, [get() for _ in range(15)])
    assert hanging.most_inside == 5
    assert {result.outcome for result in results} == {Outcome.OK}
    assert [task.result().outcome for task in tasks].count(Outcome.REFUSED) == 45


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["call", "call", "cancel", "pass", "turn", "rechain"]),
            st.integers(0, 30),
            st.sampled_from([0.0, 0.05, 0.1, 0.3]),
        ),
        max_size=50,
    ),
    st.integers(1, 3),
    st.integers(0, 4),
)
def test_whoever_is_cancelled_whenever_every_permit_comes_back(
    steps: list[tuple[str, int, float]], permits: int, queue: int
) -> None:
    async def main() -> tuple[dict[str, object], Callee]:
        world, callee = World(), Callee(takes_s=0.1)
        caller = world.caller(
            layer("bulkhead", permits=permits, queue=queue, wait_s=0.25),
            callees={"back-1": callee},
        )
        tasks: list[asyncio.Task[object]] = []
        async with asyncio.TaskGroup() as group:
            for what, number, seconds in steps:
                if what == "call":
                    deadline_s = world.clock() + seconds if seconds else None
                    tasks.append(group.create_task(caller.call(get(deadline_s))))
                elif what == "cancel" and tasks:
                    tasks[number % len(tasks)].cancel()
                elif what == "rechain":
                    more = layer("bulkhead", permits=1 + number % 4, queue=number % 5, wait_s=0.25)
                    caller.rechain([more])
                else:
                    await asyncio.sleep(seconds if what == "pass" else 0)
        caller.rechain([layer("bulkhead", permits=permits, queue=queue)])
        state = bulkhead(caller)
        refills = await together(caller, [get() for _ in range(permits)])
        assert {result.outcome for result in refills} == {Outcome.OK}
        return state, callee

    state, callee = run_virtual(main())
    assert (state["inside"], state["waiting"], callee.inside) == (0, 0, 0)
