"""Health checks in virtual time: how soon they notice, whom they take out and bring back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from lab.cluster.calls.call import Call
from lab.cluster.calls.calls import Caller
from lab.cluster.calls.probes import Probes
from lab.cluster.message import Response
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import Callee, World

UNWELL = Response(503, Outcome.SHED)
HEALTH = {"interval_s": 1.0, "timeout_s": 0.3, "rise": 2, "fall": 3, "jitter_ratio": 0.0}


@dataclass
class Watch:
    """A caller that probes two callees, and what it has told."""

    world: World
    caller: Caller
    probes: Probes
    callees: dict[str, Callee]

    def told(self) -> list[tuple[str, bool]]:
        return [
            (subject, text.startswith("back in"))
            for kind, subject, text in self.world.events
            if kind == "health"
        ]


@asynccontextmanager
async def watch(**health: object) -> AsyncIterator[Watch]:
    world = World()
    callees = {f"back-{number}": Callee() for number in (1, 2)}
    caller = world.caller(callees=callees)
    probes = Probes({**HEALTH, **health}, caller.attempts, world.site("front-1"))
    async with asyncio.TaskGroup() as group:
        for instance in callees:
            probes.watch(instance, group)
        yield Watch(world, caller, probes, callees)
        for instance in callees:
            probes.forget(instance)


@timeless
async def test_who_is_well_stays_in_and_is_asked_each_interval() -> None:
    async with watch() as one:
        await asyncio.sleep(10.5)
        assert one.caller.attempts.healthy == {"back-1", "back-2"}
        assert [len(callee.requests) for callee in one.callees.values()] == [10, 10]
        assert {request.path for request in one.callees["back-1"].requests} == {"/health"}
        assert one.told() == []


@timeless
async def test_three_bad_answers_in_a_row_take_it_out_and_two_good_ones_bring_it_back() -> None:
    async with watch() as one:
        callee = one.callees["back-1"]
        callee.answer = UNWELL
        await asyncio.sleep(2.5)
        assert "back-1" in one.caller.attempts.healthy
        await asyncio.sleep(1.0)
        assert one.caller.attempts.healthy == {"back-2"}
        callee.answer = Response(200, Outcome.OK)
        await asyncio.sleep(1.0)
        assert one.caller.attempts.healthy == {"back-2"}
        await asyncio.sleep(1.0)
        assert one.caller.attempts.healthy == {"back-1", "back-2"}
        assert one.told() == [("back-1", False), ("back-1", True)]


@timeless
async def test_one_bad_answer_among_good_ones_takes_nobody_out() -> None:
    async with watch() as one:
        one.callees["back-1"].script = [UNWELL, UNWELL, Response(200, Outcome.OK)] * 5
        await asyncio.sleep(20.5)
        assert one.told() == []


@timeless
async def test_no_answer_within_the_timeout_is_a_bad_one() -> None:
    async with watch() as one:
        one.callees["back-1"].takes_s = 60.0
        await asyncio.sleep(3 * 1.3 - 0.01)
        assert one.told() == []
        await asyncio.sleep(0.02)
        assert one.told() == [("back-1", False)]
        assert "no answer within 0.300 s" in one.world.events[0][2]
        assert one.callees["back-1"].inside == 0  # nobody works for a probe that is over


@timeless
async def test_a_dead_one_is_out_after_refused_probes() -> None:
    async with watch() as one:
        one.world.transport.join("front-1→back-1", None)
        await asyncio.sleep(3.5)
        assert one.told() == [("back-1", False)]


@timeless
async def test_probes_are_no_calls_and_count_on_no_link() -> None:
    async with watch() as one:
        await asyncio.sleep(5.5)
        await one.caller.call(Call("GET", "/"))
        tick = one.world.tick("front-1")
        assert [sum(tally.outcomes) for tally in tick.links.values()] == [1]


@timeless
async def test_jitter_spreads_the_probes() -> None:
    async with watch(jitter_ratio=0.5) as one:
        await asyncio.sleep(100.0)
        number = len(one.callees["back-1"].requests)
        assert number == pytest.approx(100, rel=0.2)
        assert number != len(one.callees["back-2"].requests) or number != 100


@timeless
async def test_switched_off_everybody_is_in_and_nobody_is_asked() -> None:
    async with watch() as one:
        one.callees["back-1"].answer = UNWELL
        await asyncio.sleep(3.5)
        one.probes.retune({**HEALTH, "enabled": False})
        assert one.caller.attempts.healthy == {"back-1", "back-2"}
        assert one.told() == [("back-1", False), ("back-1", True)]
        asked = len(one.callees["back-1"].requests)
        await asyncio.sleep(60.0)
        assert len(one.callees["back-1"].requests) == asked


@timeless
async def test_a_probe_that_was_under_way_when_they_were_switched_off_counts_no_more() -> None:
    async with watch(fall=1) as one:
        one.callees["back-1"].takes_s = 60.0
        await asyncio.sleep(1.1)
        one.probes.retune({**HEALTH, "enabled": False})
        await asyncio.sleep(10.0)
        assert one.told() == []


@timeless
async def test_a_silence_takes_an_instance_out_between_two_probes() -> None:
    async with watch(detector="fixed", silence_s=1.5, interval_s=0.5) as one:
        await asyncio.sleep(5.0)
        one.callees["back-1"].takes_s = 60.0
        for _ in range(20):
            await asyncio.sleep(0.1)
            one.probes.poll()
        assert one.told() == [("back-1", False)]
        one.callees["back-1"].takes_s = 0.0
        await asyncio.sleep(1.0)
        assert one.told() == [("back-1", False), ("back-1", True)]


@timeless
async def test_of_an_instance_that_no_probe_spoke_against_nothing_is_shown() -> None:
    async with watch() as one:
        await asyncio.sleep(1.5)
        assert one.probes.snapshot() == {}
        one.callees["back-1"].answer = UNWELL
        await asyncio.sleep(1.0)
        (shown,) = one.probes.snapshot().items()
        assert shown[0] == "back-1"
        assert (shown[1]["state"], shown[1]["against"], shown[1]["needed"]) == ("healthy", 1, 3)
        one.callees["back-1"].answer = Response(200, Outcome.OK)
        await asyncio.sleep(2.0)
        assert one.probes.snapshot()["back-1"]["against"] == 0
