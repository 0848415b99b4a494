"""The users' rate: Poisson arrivals, also while it changes, spikes and ramps."""

import asyncio
import math
from statistics import fmean, pvariance

import pytest

from lab.cluster.specs import FaultSpec, UsersSpec
from tests.cluster.crowd import ALL, Arriving, run, users
from tests.cluster.timeless import timeless
from tests.cluster.world import Callee, World


@timeless
async def test_arrivals_are_poisson() -> None:
    world = World()
    callee = Arriving(world)
    await run(users(world, callee, 20.0), 400.0)
    counts = callee.in_each_second(0, 400)
    assert fmean(counts) == pytest.approx(20.0, rel=0.03)
    assert pvariance(counts) == pytest.approx(20.0, rel=0.2)  # of Poisson counts both are the rate
    gaps_s = [b - a for a, b in zip(callee.times_s, callee.times_s[1:], strict=False)]
    longer = sum(gap_s > 1 / 20 for gap_s in gaps_s) / len(gaps_s)
    assert longer == pytest.approx(math.exp(-1), rel=0.04)


@timeless
async def test_a_new_rate_holds_from_now_on_and_stays_poisson() -> None:
    world = World()
    callee = Arriving(world)
    crowd = users(world, callee, 5.0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(crowd.run())
        for _ in range(100):
            await asyncio.sleep(1.0)
            crowd.retune(UsersSpec(5.0, 3.0, 500, ALL))  # changes that change nothing
        crowd.retune(UsersSpec(80.0, 3.0, 500, ALL))
        await asyncio.sleep(30.0)
        task.cancel()
    slow, fast = callee.in_each_second(0, 100), callee.in_each_second(100, 130)
    assert fmean(slow) == pytest.approx(5.0, rel=0.1)
    assert pvariance(slow) == pytest.approx(5.0, rel=0.4)
    assert fmean(fast) == pytest.approx(80.0, rel=0.08)
    assert fast[0] == pytest.approx(80, abs=30)


@timeless
async def test_a_low_rate_is_left_at_once_for_a_high_one() -> None:
    world = World()
    callee = Arriving(world)
    crowd = users(world, callee, 0.001)  # the next would come in some 17 minutes
    async with asyncio.TaskGroup() as group:
        task = group.create_task(crowd.run())
        await asyncio.sleep(5.0)
        assert callee.requests == []
        crowd.retune(UsersSpec(100.0, 3.0, 500, ALL))
        await asyncio.sleep(1.0)
        task.cancel()
    assert len(callee.requests) == pytest.approx(100, abs=40)


@timeless
async def test_at_a_rate_of_zero_nobody_comes_until_it_is_raised() -> None:
    world = World()
    callee = Arriving(world)
    crowd = users(world, callee, 0.0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(crowd.run())
        await asyncio.sleep(100.0)
        assert callee.requests == []
        crowd.retune(UsersSpec(50.0, 3.0, 500, ALL))
        await asyncio.sleep(10.0)
        task.cancel()
    assert len(callee.requests) == pytest.approx(500, rel=0.2)


@timeless
async def test_a_spike_multiplies_the_rate_at_once_and_ends_cleanly() -> None:
    world = World()
    callee = Arriving(world)
    crowd = users(world, callee, 20.0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(crowd.run())
        await asyncio.sleep(30.0)
        crowd.begin(FaultSpec("f1", "spike", {"factor": 4.0}))
        await asyncio.sleep(30.0)
        crowd.end("f1")
        crowd.end("f1")
        await asyncio.sleep(30.0)
        task.cancel()
    rates = [fmean(callee.in_each_second(a, a + 30)) for a in (0, 30, 60)]
    assert rates == pytest.approx([20.0, 80.0, 20.0], rel=0.15)


@timeless
async def test_a_ramp_grows_to_its_factor_and_stays_there() -> None:
    world = World()
    callee = Arriving(world)
    crowd = users(world, callee, 20.0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(crowd.run())
        crowd.begin(FaultSpec("f1", "ramp", {"factor": 5.0, "over_s": 40.0}))
        await asyncio.sleep(60.0)
        task.cancel()
    first, middle, last = (
        fmean(callee.in_each_second(*part)) for part in ((0, 4), (18, 22), (40, 60))
    )
    assert first == pytest.approx(24.0, rel=0.3)
    assert middle == pytest.approx(60.0, rel=0.15)
    assert last == pytest.approx(100.0, rel=0.06)


@timeless
async def test_a_ramp_from_nobody_begins_although_nobody_comes_at_first() -> None:
    world = World()
    callee = Arriving(world)
    crowd = users(world, callee, 20.0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(crowd.run())
        crowd.begin(FaultSpec("f1", "ramp", {"factor": 0.0, "over_s": 10.0}))
        await asyncio.sleep(20.0)
        calm = len(callee.requests)
        await asyncio.sleep(20.0)
        assert len(callee.requests) == calm
        crowd.end("f1")
        await asyncio.sleep(20.0)
        task.cancel()
    assert len(callee.requests) - calm == pytest.approx(400, rel=0.2)


@timeless
async def test_spikes_on_spikes_leave_the_loop_its_turns() -> None:
    """Twenty times twenty times a thousand: more than can be counted, but it must still obey."""
    world = World()
    crowd = users(world, Callee(takes_s=1.0), 1000.0, max_in_flight=50)
    loop = asyncio.get_running_loop()

    def expensive() -> float:
        loop._now_s += 2e-6  # type: ignore[attr-defined] # time passes while it computes
        return loop.time()

    crowd._site.clock = expensive
    for number in range(4):
        crowd.begin(FaultSpec(f"f{number}", "spike", {"factor": 20.0}))
    await asyncio.sleep(0.0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(crowd.run())
        await asyncio.sleep(0.5)
        for number in range(4):
            crowd.end(f"f{number}")
        task.cancel()
    assert loop.time() < 5.0
