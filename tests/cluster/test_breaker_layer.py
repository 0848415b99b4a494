"""The breaker in its chain: what counts, what it gives back, what it tells."""

import asyncio

import pytest

from lab.cluster.calls.call import Call
from lab.cluster.calls.calls import Caller
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import FAILED, OK, SHED, Callee, World, layer, together


def get(deadline_s: float | None = None) -> Call:
    return Call("GET", "/", deadline_s=deadline_s)


def breaker(caller: Caller) -> dict[str, object]:
    state = caller.snapshot()["breaker"]
    assert isinstance(state, dict)
    return state


SMALL = layer("breaker", window_calls=4, minimum_calls=4, wait_s=5.0, permits=2)


@timeless
async def test_it_opens_tells_why_and_sends_nothing_more() -> None:
    world, callee = World(), Callee(FAILED)
    caller = world.caller(SMALL, callees={"back-1": callee})
    for _ in range(10):
        result = await caller.call(get())
    assert (result.outcome, result.definite, result.own) == (Outcome.SHORT_CIRCUITED, True, True)
    assert len(callee.requests) == 4
    kind, subject, text = world.events[0]
    assert (kind, subject) == ("breaker", "front:back")
    assert text == "breaker open: 4 of 4 calls failed (threshold 50 %)"
    assert world.tick("front-1").calls["front:back"].outcomes == [0, 0, 4, 0, 0, 0, 6]


@timeless
async def test_it_lets_probes_through_after_its_wait_and_closes_when_they_are_good() -> None:
    world, callee = World(), Callee(FAILED)
    caller = world.caller(SMALL, callees={"back-1": callee})
    for _ in range(4):
        await caller.call(get())
    callee.answer, callee.takes_s = OK, 0.1
    await asyncio.sleep(5.0)
    results = await together(caller, [get() for _ in range(20)])
    assert [result.outcome for result in results].count(Outcome.OK) == 2
    assert len(callee.requests) == 6
    assert breaker(caller)["state"] == "closed"
    assert [text.partition(":")[0] for _, _, text in world.events] == [
        "breaker open",
        "breaker half-open",
        "breaker closed",
    ]


@timeless
async def test_a_bad_probe_opens_it_again() -> None:
    world, callee = World(), Callee(FAILED)
    caller = world.caller(SMALL, callees={"back-1": callee})
    for _ in range(4):
        await caller.call(get())
    await asyncio.sleep(5.0)
    await together(caller, [get() for _ in range(20)])
    assert (len(callee.requests), breaker(caller)["state"]) == (6, "open")


@timeless
async def test_a_shed_request_of_the_callee_is_a_failure() -> None:
    caller = World().caller(SMALL, callees={"back-1": Callee(SHED)})
    await together(caller, [get() for _ in range(4)])
    assert breaker(caller)["state"] == "open"


@timeless
async def test_a_dead_callee_is_a_failure_although_nothing_was_done() -> None:
    caller = World().caller(SMALL, callees={"back-1": None})
    await together(caller, [get() for _ in range(4)])
    assert breaker(caller)["state"] == "open"


@timeless
async def test_rejections_by_our_own_patterns_say_nothing_of_the_dependency() -> None:
    world = World()
    chain = SMALL, layer("bulkhead", permits=1)
    caller = world.caller(*chain, callees={"back-1": Callee(takes_s=1.0)})
    results = await together(caller, [get() for _ in range(30)])
    assert [result.outcome for result in results].count(Outcome.REFUSED) == 29
    state = breaker(caller)
    assert (state["state"], state["calls"], state["failures"]) == ("closed", 1, 0)
    assert state["counts"] == {
        "ok": 1, "failed": 0, "slow": 0, "not_permitted": 0, "late": 0, "ignored": 29,
        "cancelled": 0,
    }  # fmt: skip


@timeless
async def test_a_deadline_that_had_passed_before_sending_says_nothing_either() -> None:
    world = World()
    caller = world.caller(SMALL, callees={"back-1": Callee()})
    await asyncio.sleep(1.0)
    await together(caller, [get(deadline_s=0.5) for _ in range(10)])
    assert breaker(caller)["state"] == "closed"


@timeless
async def test_a_cancelled_call_counts_neither_way() -> None:
    world = World()
    caller = world.caller(SMALL, callees={"back-1": Callee(takes_s=60.0)})
    tasks = [asyncio.get_running_loop().create_task(caller.call(get())) for _ in range(10)]
    await asyncio.sleep(1.0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    state = breaker(caller)
    assert (state["state"], state["calls"]) == ("closed", 0)


@timeless
async def test_a_cancelled_probe_gives_its_permit_back() -> None:
    world, callee = World(), Callee(FAILED)
    caller = world.caller(SMALL, callees={"back-1": callee})
    for _ in range(4):
        await caller.call(get())
    await asyncio.sleep(5.0)
    callee.answer, callee.takes_s = OK, 60.0
    hanging = [asyncio.get_running_loop().create_task(caller.call(get())) for _ in range(2)]
    await asyncio.sleep(0.1)
    assert (await caller.call(get())).outcome is Outcome.SHORT_CIRCUITED
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    callee.takes_s = 0.0
    results = await together(caller, [get() for _ in range(2)])
    assert {result.outcome for result in results} == {Outcome.OK}
    assert breaker(caller)["state"] == "closed"


@timeless
async def test_probes_that_hang_do_not_keep_it_half_open_for_ever() -> None:
    world, callee = World(), Callee(FAILED)
    chain = layer("breaker", minimum_calls=2, window_calls=2, permits=1, half_open_max_s=3.0)
    caller = world.caller(chain, callees={"back-1": callee})
    for _ in range(2):
        await caller.call(get())
    await asyncio.sleep(5.0)
    callee.takes_s = 600.0
    async with asyncio.TaskGroup() as group:
        probe = group.create_task(caller.call(get()))
        await asyncio.sleep(3.0)
        caller.poll()
        assert breaker(caller)["state"] == "open"
        probe.cancel()


@timeless
async def test_a_timer_half_opens_it_when_nobody_calls() -> None:
    world = World()
    chain = layer("breaker", minimum_calls=2, window_calls=2, half_open_by="timer")
    caller = world.caller(chain, callees={"back-1": Callee(FAILED)})
    for _ in range(2):
        await caller.call(get())
    await asyncio.sleep(4.9)
    caller.poll()
    assert breaker(caller)["state"] == "open"
    await asyncio.sleep(0.1)
    caller.poll()
    assert breaker(caller)["state"] == "half_open"
    assert world.events[-1][2].startswith("breaker half-open: ")


@timeless
async def test_slow_answers_open_it_too() -> None:
    world = World()
    chain = layer("breaker", minimum_calls=4, window_calls=4, slow_s=0.5, slow_ratio=0.5)
    caller = world.caller(chain, callees={"back-1": Callee(takes_s=0.6)})
    await together(caller, [get() for _ in range(4)])
    assert breaker(caller)["state"] == "open"


@timeless
async def test_a_rejection_is_in_the_trace_with_its_rule() -> None:
    world = World()
    caller = world.caller(layer("breaker", mode="forced_open"), callees={"back-1": Callee()})
    made = Call("GET", "/", trace_id="t1", span_id="root")
    await caller.call(made)
    kinds = {span[3]: span for span in world.spans("t1")}
    assert kinds.keys() == {"call", "rejected"}
    assert kinds["rejected"][7] is Outcome.SHORT_CIRCUITED
    assert kinds["rejected"][8] == kinds["call"][8] != ""
    assert kinds["rejected"][2] == kinds["call"][1]


@pytest.mark.parametrize("mode", ["disabled", "auto"])
@timeless
async def test_disabled_it_lets_everything_through(mode: str) -> None:
    world, callee = World(), Callee(FAILED)
    chain = layer("breaker", minimum_calls=2, window_calls=2, mode=mode)
    await together(world.caller(chain, callees={"back-1": callee}), [get() for _ in range(9)])
    assert len(callee.requests) == 9  # auto: all had begun before the first ended
