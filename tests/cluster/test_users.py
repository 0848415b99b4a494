"""The users: an open loop, seeded, that neither waits nor forgives."""

import asyncio
import math
from statistics import fmean, pvariance

import pytest

from lab.cluster.specs import FaultSpec, MixSpec, UsersSpec
from lab.cluster.users import Users
from lab.telemetry.histogram import percentile_s
from lab.telemetry.outcome import INDEX, Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import Callee, World, layer

ALL = [MixSpec("/browse", 1.0)]


class Arriving(Callee):
    """A callee that notes when each request came."""

    def __init__(self, world: World, takes_s: float = 0.0) -> None:
        super().__init__(takes_s=takes_s)
        self._world = world
        self.times_s: list[float] = []

    async def handle(self, request):  # type: ignore[no-untyped-def]
        self.times_s.append(self._world.clock())
        return await super().handle(request)

    def in_each_second(self, from_s: int, to_s: int) -> list[int]:
        counts = [0] * (to_s - from_s)
        for time_s in self.times_s:
            if from_s <= time_s < to_s:
                counts[int(time_s) - from_s] += 1
        return counts


def users(
    world: World,
    callee: Callee,
    rate_per_s: float,
    *,
    patience_s: float = 3.0,
    max_in_flight: int = 500,
    mix: list[MixSpec] = ALL,
) -> Users:
    entry = world.caller(dependency="users:front", me="users", callees={"front-1": callee})
    spec = UsersSpec(rate_per_s, patience_s, max_in_flight, list(mix))
    return Users(spec, entry, world.site("users"))


async def run(crowd: Users, seconds: float) -> None:
    """Let the users come for a while, and end them."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(crowd.run())
        await asyncio.sleep(seconds)
        task.cancel()


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
        loop._virtual.now_s += 2.0  # type: ignore[attr-defined] # what SIGSTOP does to a clock
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
        loop._virtual.now_s += 2e-6  # type: ignore[attr-defined] # time passes while it computes
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
