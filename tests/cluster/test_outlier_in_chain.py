"""Outliers leave the balance by their own calls, are told of, and come back."""

import asyncio

from lab.cluster.calls.call import Call
from tests.cluster.timeless import timeless
from tests.cluster.world import FAILED, Callee, World, layer

OUTLIER = layer("outlier", consecutive=3, base_s=5.0)


def get() -> Call:
    return Call("GET", "/")


@timeless
async def test_one_that_fails_is_ejected_told_of_and_back_after_its_time() -> None:
    world, bad, good = World(), Callee(FAILED), Callee()
    caller = world.caller(OUTLIER, callees={"back-1": bad, "back-2": good})
    for _ in range(20):
        await caller.call(get())
    assert len(bad.requests) == 3
    assert world.events == [
        ("outlier", "back-1",
         "ejected from the balance of front-1: 3 failures in a row: out for 5 s"),
    ]  # fmt: skip
    bad.answer = good.answer
    await asyncio.sleep(5.0)
    caller.poll()
    assert world.events[-1][2].startswith("back in the balance of front-1")
    for _ in range(4):
        await caller.call(get())
    assert len(bad.requests) == 5


@timeless
async def test_switched_off_everybody_is_back_at_once() -> None:
    world, bad, good = World(), Callee(FAILED), Callee()
    caller = world.caller(OUTLIER, callees={"back-1": bad, "back-2": good})
    for _ in range(8):
        await caller.call(get())
    caller.rechain([{**OUTLIER, "enabled": False}])
    assert [event[2] for event in world.events][-1] == (
        "back in the balance of front-1: nobody is ejected any more"
    )
    assert caller.attempts.is_in("back-1")


@timeless
async def test_near_instances_are_preferred_when_asked_for() -> None:
    world, near, far = World(), Callee(), Callee()
    caller = world.caller(layer("balance", zone_first=True), callees={"back-1": far})
    world.transport.join("front-1→back-2", near.handle)
    caller.attempts.add("back-2", near=True)
    for _ in range(6):
        await caller.call(get())
    assert (len(near.requests), len(far.requests)) == (6, 0)
