"""Virtual labs in players of their own, and what is told of them, for tests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from lab.cluster import PlayedCluster, RemotePlayer, Replay, Spawner
from lessons.shelf import shipped

WITHIN_S = 30.0
Plain = dict[str, Any]


class Stage:
    """Starts virtual labs; each has a player of its own unless it is told which."""

    def __init__(self, spawner: Spawner) -> None:
        self.spawner = spawner
        self.labs: list[PlayedCluster] = []

    async def lab(
        self,
        scenario: str = "pair",
        *,
        player: RemotePlayer | None = None,
        replay: Replay = Replay(paused=True),  # noqa: B008 - frozen
    ) -> PlayedCluster:
        """Start a lab, paused unless ``replay`` says otherwise."""
        text = shipped()[scenario].text
        player = player or RemotePlayer(self.spawner)
        lab = PlayedCluster(player, scenario, text, seed=3, replay=replay)
        return await self.start(lab)

    async def start(self, lab: PlayedCluster) -> PlayedCluster:
        """Start a lab that is there, as a copy of another."""
        self.labs.append(lab)
        await lab.start()
        return lab


@asynccontextmanager
async def opened() -> AsyncIterator[Stage]:
    """A stage; all of its labs end with the block."""
    spawner = Spawner()
    await spawner.start()
    stage = Stage(spawner)
    try:
        yield stage
    finally:
        for lab in stage.labs:
            await lab.stop()
        await spawner.stop()


class Ear:
    """Keeps what a lab tells, by type."""

    def __init__(self, lab: PlayedCluster) -> None:
        self.heard: dict[str, list[Plain]] = {}
        self.order: list[str] = []
        self.leave = lab.listen(self._hear)

    def of(self, kind: str) -> list[Plain]:
        """The messages of one type."""
        return self.heard.get(kind, [])

    def _hear(self, kind: str, body: bytes) -> None:
        self.order.append(kind)
        self.heard.setdefault(kind, []).append(msgspec.json.decode(body))


async def ask(lab: PlayedCluster, name: str, **fields: object) -> Any:
    """Return the answer to a command."""
    reply = await lab.command({"command": name, **fields})
    return msgspec.json.decode(bytes(reply))


async def time_of(lab: PlayedCluster) -> float:
    """The lab's time."""
    return float((await ask(lab, "state"))["t"])


async def run_to(lab: PlayedCluster, t: float) -> float:
    """Let time pass as fast as it goes until ``t`` at least; then it stands still again."""
    await ask(lab, "set_pace", speed=None, paused=False)
    async with asyncio.timeout(WITHIN_S):
        while (now := await time_of(lab)) < t:
            pass
    await ask(lab, "set_pace", speed=1.0, paused=True)
    return max(now, await time_of(lab))


async def until(is_so: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within_s):
        while not is_so():  # noqa: ASYNC110 - nobody tells a test that something has changed
            await asyncio.sleep(0.01)
