"""Retries in their chain: what is repeated, when, and what is seen of it."""

import asyncio

import pytest

from lab.cluster.calls.call import Call
from lab.cluster.calls.calls import Caller
from lab.cluster.message import Response
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import FAILED, OK, SHED, TIMED_OUT, Callee, World, layer

FIXED = layer("retry", attempts=3, backoff="fixed", base_s=0.1, jitter="none")


def post() -> Call:
    return Call("POST", "/charge", idempotent=False)


@timeless
async def test_attempts_count_the_first() -> None:
    world, callee = World(), Callee(FAILED)
    result = await world.caller(FIXED, callees={"back-1": callee}).call(Call("GET", "/"))
    assert len(callee.requests) == 3
    assert result.rule == "it broke (3 of 3 attempts used)"
    assert world.clock() == pytest.approx(0.2)


@timeless
async def test_the_first_good_answer_ends_it() -> None:
    world, callee = World(), Callee()
    callee.script = [FAILED]
    result = await world.caller(FIXED, callees={"back-1": callee}).call(Call("GET", "/"))
    assert (result.outcome, len(callee.requests)) == (Outcome.OK, 2)


@pytest.mark.parametrize("answer", [FAILED, TIMED_OUT])
@timeless
async def test_what_may_have_been_done_is_not_repeated_unless_idempotent(answer: Response) -> None:
    world, callee = World(), Callee(answer)
    result = await world.caller(FIXED, callees={"back-1": callee}).call(post())
    assert len(callee.requests) == 1
    assert "not safe to repeat" in result.rule


@timeless
async def test_a_write_without_an_answer_in_time_is_not_repeated() -> None:
    world, callee = World(), Callee(takes_s=60.0)
    chain = FIXED, layer("attempt_timeout", limit_s=0.2)
    result = await world.caller(*chain, callees={"back-1": callee}).call(post())
    assert (len(callee.requests), result.outcome) == (1, Outcome.TIMED_OUT)


@timeless
async def test_an_idempotent_write_is_repeated() -> None:
    world, callee = World(), Callee(FAILED)
    await world.caller(FIXED, callees={"back-1": callee}).call(Call("POST", "/", idempotent=True))
    assert len(callee.requests) == 3


@timeless
async def test_what_certainly_was_not_done_is_repeated_even_for_a_write() -> None:
    world, callee = World(), Callee()
    callee.script = [SHED, SHED]
    result = await world.caller(FIXED, callees={"back-1": callee}).call(post())
    assert (result.outcome, len(callee.requests)) == (Outcome.OK, 3)


@timeless
async def test_a_refused_write_goes_to_the_next_instance() -> None:
    world, callee = World(), Callee()
    caller = world.caller(FIXED, callees={"back-1": None, "back-2": callee})
    result = await caller.call(post())
    assert (result.outcome, len(callee.requests)) == (Outcome.OK, 1)


@timeless
async def test_switched_off_the_safety_charges_twice() -> None:
    world, callee = World(), Callee(takes_s=0.3)
    chain = layer("retry", attempts=2, only_safe=False), layer("attempt_timeout", limit_s=0.2)
    await world.caller(*chain, callees={"back-1": callee}).call(post())
    assert len(callee.requests) == 2


@timeless
async def test_the_callees_wish_is_waited_for() -> None:
    world, callee = World(), Callee()
    callee.script = [SHED]  # retry after 0.2 s
    await world.caller(FIXED, callees={"back-1": callee}).call(Call("GET", "/"))
    assert world.clock() == pytest.approx(0.2)


@timeless
async def test_outcomes_that_are_not_named_are_not_retried() -> None:
    world, callee = World(), Callee(FAILED)
    chain = layer("retry", on=["timed_out", "refused"])
    await world.caller(chain, callees={"back-1": callee}).call(Call("GET", "/"))
    assert len(callee.requests) == 1


@timeless
async def test_the_waits_of_two_calls_do_not_depend_on_each_other() -> None:
    """Decorrelated jitter grows from what this very call has waited."""
    world = World()
    chain = layer("retry", attempts=4, jitter="decorrelated", base_s=0.1, cap_s=60.0)
    caller = world.caller(chain, callees={"back-1": Callee(FAILED)})
    longest_s = []
    for _ in range(200):
        began_s = world.clock()
        await caller.call(Call("GET", "/"))
        longest_s.append(world.clock() - began_s)
    assert max(longest_s) < 0.3 + 0.9 + 2.7
    assert max(longest_s[100:]) < 2 * max(longest_s[:100])


@timeless
async def test_full_jitter_spreads_the_waits_from_nothing_to_all() -> None:
    world = World()
    chain = layer("retry", attempts=2, backoff="fixed", base_s=1.0, jitter="full")
    caller = world.caller(chain, callees={"back-1": Callee(FAILED)})
    for _ in range(500):
        await caller.call(Call("GET", "/"))
    assert world.clock() / 500 == pytest.approx(0.5, rel=0.1)


@timeless
async def test_each_attempt_and_each_wait_is_in_the_trace() -> None:
    world, callee = World(), Callee()
    callee.script = [FAILED, FAILED]
    caller = world.caller(FIXED, callees={"back-1": callee})
    await caller.call(Call("GET", "/", trace_id="t1", span_id="root"))
    spans = world.spans("t1")
    assert [span[3] for span in spans if span[3] != "call"] == [
        "attempt", "wait", "attempt", "wait", "attempt",
    ]  # fmt: skip
    (call,) = [span for span in spans if span[3] == "call"]
    assert {span[2] for span in spans if span is not call} == {call[1]}
    assert [span[9] for span in spans if span[3] == "attempt"] == [1, 2, 3]
    waits = [span for span in spans if span[3] == "wait"]
    assert [span[6] - span[5] for span in waits] == pytest.approx([0.1, 0.1])
    assert waits[0][8] == "attempt 1 of 3 failed: again in 0.10 s"


@timeless
async def test_attempts_are_counted_with_their_call() -> None:
    world, callee = World(), Callee()
    callee.script = [FAILED, FAILED, OK, FAILED]
    caller = world.caller(FIXED, callees={"back-1": callee})
    for _ in range(2):
        await caller.call(Call("GET", "/"))
    tick = world.tick("front-1")
    assert (tick.calls["front:back"].attempts, sum(tick.calls["front:back"].outcomes)) == (5, 2)
    assert sum(tick.links["front-1→back-1"].outcomes) == 5


@timeless
async def test_calls_of_one_dependency_share_one_budget() -> None:
    world, callee = World(), Callee(FAILED)
    chain = {**FIXED, "budget_ratio": 0.1, "budget_tokens": 4}
    caller = world.caller(chain, callees={"back-1": callee})
    first = await caller.call(Call("GET", "/"))
    second = await caller.call(Call("GET", "/"))
    assert len(callee.requests) == 3
    assert "the retry budget is low: 2 of 4 tokens" in first.rule
    assert "the retry budget is low: 1 of 4 tokens" in second.rule


@timeless
async def test_a_call_that_is_cancelled_while_it_waits_gives_its_retry_back() -> None:
    world, callee = World(), Callee(FAILED)
    chain = {**FIXED, "budget_ratio": 0.1, "budget": "concurrent", "budget_min_retries": 1}
    caller = world.caller(chain, callees={"back-1": callee})
    async with asyncio.TaskGroup() as group:
        task = group.create_task(caller.call(Call("GET", "/")))
        await asyncio.sleep(0.05)
        assert _budget_left(caller) == 0
        task.cancel()
    assert _budget_left(caller) == 1


def _budget_left(caller: Caller) -> object:
    retry = caller.snapshot()["retry"]
    assert isinstance(retry, dict)
    return retry["budget"]["left"]
