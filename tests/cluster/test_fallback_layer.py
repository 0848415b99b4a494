"""Fallbacks in their chain: less is given, and it is called less."""

from typing import Any

import pytest

from lab.cluster.calls.call import Call
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import FAILED, OK, SHED, TIMED_OUT, Callee, World, layer


@pytest.mark.parametrize("answer", [FAILED, SHED, TIMED_OUT])
@pytest.mark.parametrize("kind", ["static", "omit"])
@timeless
async def test_what_it_gives_is_degraded_never_ok(answer: Any, kind: str) -> None:
    world = World()
    caller = world.caller(layer("fallback", kind=kind), callees={"back-1": Callee(answer)})
    result = await caller.call(Call("GET", "/"))
    assert result.outcome is Outcome.DEGRADED
    assert answer.outcome.replace("_", " ") in result.rule
    assert world.tick("front-1").calls["front:back"].outcomes == [0, 1, 0, 0, 0, 0, 0]


@timeless
async def test_a_good_answer_is_left_alone() -> None:
    result = (
        await World().caller(layer("fallback"), callees={"back-1": Callee()}).call(Call("GET", "/"))
    )
    assert result.outcome is Outcome.OK


@timeless
async def test_a_write_is_not_covered() -> None:
    caller = World().caller(layer("fallback"), callees={"back-1": Callee(FAILED)})
    assert (await caller.call(Call("POST", "/"))).outcome is Outcome.FAILED


@timeless
async def test_a_write_is_covered_when_somebody_insists() -> None:
    caller = World().caller(layer("fallback", writes=True), callees={"back-1": Callee(FAILED)})
    assert (await caller.call(Call("POST", "/"))).outcome is Outcome.DEGRADED


@timeless
async def test_outcomes_that_it_does_not_name_pass() -> None:
    caller = World().caller(layer("fallback", on=["refused"]), callees={"back-1": Callee(FAILED)})
    assert (await caller.call(Call("GET", "/"))).outcome is Outcome.FAILED


@timeless
async def test_an_open_breaker_is_covered() -> None:
    chain = layer("fallback"), layer("breaker", mode="forced_open")
    result = await World().caller(*chain, callees={"back-1": Callee()}).call(Call("GET", "/"))
    assert result.outcome is Outcome.DEGRADED


@timeless
async def test_its_state_is_true_again_after_the_failure() -> None:
    callee = Callee()
    callee.script = [FAILED, OK]
    caller = World().caller(layer("fallback"), callees={"back-1": callee})
    states = []
    for _ in range(2):
        await caller.call(Call("GET", "/"))
        shown: Any = caller.snapshot()["fallback"]
        states.append(shown["state"])
    assert states == ["covering", "standing_by"]


@timeless
async def test_it_is_in_the_trace_with_the_rule_and_the_reason_behind_it() -> None:
    world = World()
    caller = world.caller(layer("fallback", kind="omit"), callees={"back-1": Callee(FAILED)})
    await caller.call(Call("GET", "/", trace_id="t1", span_id="root"))
    (span,) = [span for span in world.spans("t1") if span[3] == "fallback"]
    assert span[7] is Outcome.DEGRADED
    assert span[8] == "left out because the call was failed: it broke"
