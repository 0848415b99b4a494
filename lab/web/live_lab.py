"""A live lab with the interface of a Running: what a virtual one has too, said of a live one."""

from collections.abc import Callable, Mapping
from typing import Any

from lab.cluster import RecordedCluster, Replay

Plain = dict[str, Any]


class LiveLab:
    """Passes everything on to a RecordedCluster."""

    body = "live"

    def __init__(self, cluster: RecordedCluster) -> None:
        self.cluster = cluster

    @property
    def status(self) -> str:
        """Where the lab is in its life."""
        return self.cluster.lab.status

    @property
    def replay(self) -> Replay:
        """The changes that it was asked for."""
        return Replay(self.cluster.given, self.cluster.t)

    def about(self) -> Plain:
        """Return what a state says besides what is in it: real time has no pace and no end."""
        return {"body": self.body, "pace": None, "replaying_to": None, "ended": ""}

    async def start(self) -> None:
        await self.cluster.start()

    async def stop(self) -> None:
        await self.cluster.stop()

    async def hello(self, made: Callable[[], None]) -> Plain:
        """Return what somebody who joins needs; what is told after ``made`` is not in it."""
        made()
        return self.cluster.hello()

    def listen(self, listener: Callable[[str, bytes], None]) -> Callable[[], None]:
        return self.cluster.listen(listener)

    async def command(self, command: Mapping[str, object]) -> Plain:
        return await self.cluster.command(command)

    async def run(self, title: str) -> bytes:
        return await self.cluster.run(title)
