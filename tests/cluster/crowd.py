"""Users that call one callee, for tests in virtual time."""

import asyncio

from lab.cluster.message import Request, Response
from lab.cluster.specs import MixSpec, UsersSpec
from lab.cluster.workers.users import Users
from tests.cluster.world import Callee, World

ALL = [MixSpec("/browse", 1.0)]


class Arriving(Callee):
    """A callee that notes when each request came."""

    def __init__(self, world: World, takes_s: float = 0.0) -> None:
        super().__init__(takes_s=takes_s)
        self._world = world
        self.times_s: list[float] = []

    async def handle(self, request: Request) -> Response:
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
