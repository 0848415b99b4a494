"""The users: an open loop, seeded, that neither waits nor forgives."""

import asyncio
from statistics import fmean

import pytest

from lab.cluster.specs import MixSpec
from lab.telemetry.histogram import percentile_s
from lab.telemetry.outcome import INDEX, Outcome
from tests.cluster.crowd import Arriving, run, users
from tests.cluster.timeless import timeless
from tests.cluster.world import Callee, World, layer


@timeless
async def test_the_same_seed_brings_the_same_arrivals_and_another_other_ones() -> None:
    times = []
    for seed in (1, 1, 2):
        world = World(seed)
        callee = Arriving(world)
        began_s = world.clock()
        await run(users(world, callee, 40.0), 5.0)
        times.append([round(time_s - began_s, 9) for time_s in callee.times_s])
    assert times[0] == times[1] != times[2]


@timeless
async def test_arrivals_do_not_slow_down_when_answers_do() -> None:
    world = World()
    callee = Arriving(world, takes_s=0.01)
    crowd = users(world, callee, 40.0, patience_s=60.0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(crowd.run())
        await asyncio.sleep(30.0)
        callee.takes_s = 5.0
        await asyncio.sleep(30.0)
        task.cancel()
    before, after = callee.in_each_second(0, 30), callee.in_each_second(30, 60)
    assert fmean(after) == pytest.approx(fmean(before), rel=0.1)


@timeless
async def test_the_arrivals_are_the_same_whatever_the_answers() -> None:
    times = []
    for takes_s in (0.0, 1.7):
        world = World()
        callee = Arriving(world, takes_s)
        began_s = world.clock()
        await run(users(world, callee, 40.0, patience_s=0.5), 10.0)
        times.append([round(time_s - began_s, 9) for time_s in callee.times_s])
    assert times[0] == times[1]


@timeless
async def test_a_stalled_generator_does_not_hide_what_its_users_waited() -> None:
    """Measured from the intended start: 2 s of silence are 2 s for who came first."""
    world = World()
    callee = Arriving(world)
    crowd = users(world, callee, 50.0, patience_s=30.0)
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(crowd.run())
        await asyncio.sleep(2.0)
        world.tick("users")
        loop._now_s += 2.0  # type: ignore[attr-defined] # what SIGSTOP does to a clock
        await asyncio.sleep(0.1)
        task.cancel()
    tally = world.tick("users").users["/browse"]
    assert tally.outcomes[0] == pytest.approx(105, abs=30)  # everybody of the 2.1 s came
    assert percentile_s(tally.times, 0.5) == pytest.approx(1.0, rel=0.3)
    assert percentile_s(tally.times, 1.0) == pytest.approx(2.0, rel=0.1)


@timeless
async def test_in_flight_is_bounded_and_the_rest_is_counted() -> None:
    world = World()
    callee = Arriving(world, takes_s=2.0)
    crowd = users(world, callee, 100.0, max_in_flight=20, patience_s=60.0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(crowd.run())
        await asyncio.sleep(10.0)
        assert crowd.gauges()["in_flight"] == 20
        tick = world.tick("users")
        task.cancel()
    assert callee.most_inside == 20
    assert tick.offered == pytest.approx(1000, rel=0.1)
    assert tick.dropped == tick.offered - len(callee.requests)
    assert len(callee.requests) == pytest.approx(100, abs=20)  # 20 in each 2 s


@timeless
async def test_patience_ends_a_request_and_is_its_rule() -> None:
    world = World()
    crowd = users(world, Callee(takes_s=60.0), 20.0, patience_s=0.5)
    await run(crowd, 10.0)
    tally = world.tick("users").users["/browse"]
    assert tally.outcomes[INDEX[Outcome.TIMED_OUT]] == sum(tally.outcomes) > 100
    (head, *_) = crowd.keeper.take()
    assert head.outcome is Outcome.TIMED_OUT
    assert head.duration_s == pytest.approx(0.5)
    assert "the user's patience of 0.5 s" in head.rule


@timeless
async def test_the_mix_is_as_wished() -> None:
    world, callee = World(), Callee()
    mix = [MixSpec("/browse", 3.0), MixSpec("/order", 1.0, "POST", "critical", idempotent=False)]
    await run(users(world, callee, 100.0, mix=mix), 50.0)
    orders = [request for request in callee.requests if request.path == "/order"]
    assert len(orders) / len(callee.requests) == pytest.approx(0.25, rel=0.1)
    assert {(request.method, request.priority) for request in orders} == {("POST", "critical")}


@timeless
async def test_a_share_of_zero_is_never_chosen() -> None:
    world, callee = World(), Callee()
    mix = [MixSpec("/none", 0.0), MixSpec("/all", 1.0), MixSpec("/last", 0.0)]
    await run(users(world, callee, 100.0, mix=mix), 20.0)
    assert {request.path for request in callee.requests} == {"/all"}


@timeless
async def test_their_chain_is_theirs_to_switch() -> None:
    world, callee = World(), Callee(takes_s=60.0)
    crowd = users(world, callee, 20.0, patience_s=5.0)
    crowd._entry.rechain([layer("fallback"), layer("attempt_timeout", limit_s=0.2)])
    await run(crowd, 10.0)
    outcomes = world.tick("users").users["/browse"].outcomes
    assert outcomes[INDEX[Outcome.DEGRADED]] == sum(outcomes)
