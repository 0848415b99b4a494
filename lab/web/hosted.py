"""One lab on its host: its cluster, and what is published of it."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from channels.layers import BaseChannelLayer
from django.db import DatabaseError

from lab.cluster import Replay
from lab.web.about import hello_about, state_about
from lab.web.door import Reply, Running
from lab.web.exchange import group_of
from lab.web.pasts import keep

logger = logging.getLogger(__name__)

LEASE_S = 7.0
"""Publish for so long after a site's last renewal; sites renew every 2 s."""
AGAIN_S = 1.0
"""After an error of the layer, wait so long before the next try."""
KEEP_EVERY_S = 10.0
"""So often it is kept how far a virtual lab has got; what was done in it, at once."""
MOST_QUEUED = 1000
"""Messages that wait for a slow layer; past it the oldest are lost."""


NULL = msgspec.Raw(b"null")


class FrameHead(msgspec.Struct):
    """What the site must know of a frame without reading the rest."""

    n: int
    row: msgspec.Raw = NULL

    @property
    def has_row(self) -> bool:
        """Whether it carries a row for the charts."""
        return bytes(self.row) != bytes(NULL)


class HostedLab:
    """A running cluster and its audience. ``about`` is what its row says: its twin, its branching.

    ``seq`` counts its messages, so that a viewer can tell which of them a hello already contains.
    Times are seconds of ``clock``.
    """

    def __init__(
        self,
        lab: str,
        incarnation: int,
        cluster: Running,
        layer: BaseChannelLayer,
        clock: Callable[[], float],
    ) -> None:
        self.about: dict[str, Any] = {"branch_of": None, "twin": None}
        self.lab = lab
        self.incarnation = incarnation
        self.cluster = cluster
        self.seq = 0
        self._layer = layer
        self._clock = clock
        self._used_s = self._kept_s = clock()
        self._kept: Replay | None = None
        self._watched_until_s = 0.0
        self._stop_listening: Callable[[], None] | None = None
        self._queue: deque[dict[str, Any]] = deque(maxlen=MOST_QUEUED)
        self._queued = asyncio.Event()
        self._publishing: asyncio.Task[None] | None = None

    def use(self) -> None:
        """Somebody watches or steers this lab."""
        self._used_s = self._clock()

    def idle_s(self) -> float:
        """How long nobody has."""
        return self._clock() - self._used_s

    def renew(self) -> None:
        """Publish for another while."""
        self.use()
        self._watched_until_s = self._clock() + LEASE_S
        if self._stop_listening is None:
            self._stop_listening = self.cluster.listen(self._heard)

    def expire(self) -> None:
        """Stop publishing if nobody has renewed the lease."""
        if self._stop_listening is not None and self._clock() >= self._watched_until_s:
            self._stop_listening()
            self._stop_listening = None

    def begin(self, tasks: asyncio.TaskGroup) -> None:
        """Be ready to publish."""
        self._publishing = tasks.create_task(self._publish(), name=f"messages of lab {self.lab}")

    async def tell_about(self, about: dict[str, Any]) -> None:
        """What its row says has changed: tell it to those who watch."""
        self.about = about
        if self._stop_listening is not None:
            state = await self.cluster.command({"command": "state"})
            self._heard("state", msgspec.json.encode(state))

    async def hello(self) -> tuple[bytes, int]:
        """Return what a viewer who joins needs, and the number of the newest message in it."""
        numbers: list[int] = []
        hello = await self.cluster.hello(lambda: numbers.append(self.seq))
        return hello_about(msgspec.json.encode(hello), self._about()), numbers[-1]

    async def command(self, fields: Mapping[str, Any]) -> Reply:
        """Have the cluster carry out a command; raise CommandError."""
        self.use()
        reply = await self.cluster.command(fields)
        match fields["command"]:
            case "state":
                return msgspec.Raw(state_about(msgspec.json.encode(reply), self._about()))
            case "hello" | "moment":
                return msgspec.Raw(hello_about(msgspec.json.encode(reply), self._about()))
            case _:
                return reply

    async def keep(self, *, at_once: bool = False) -> None:
        """Keep what it takes to have a virtual lab again, if that is more than what is kept."""
        replay = self.cluster.replay if self.cluster.body == "virtual" else None
        if replay is None or replay == self._kept:
            return
        has_more = self._kept is None or len(replay.commands) > len(self._kept.commands)
        if at_once or has_more or self._clock() >= self._kept_s + KEEP_EVERY_S:
            self._kept, self._kept_s = replay, self._clock()
            try:
                await keep(self.lab, self.incarnation, replay)
            except DatabaseError:
                logger.exception("the past of lab %s is not kept", self.lab)

    async def end(self) -> None:
        """Stop publishing, then every process; keep what it takes to have a virtual lab again."""
        if self._publishing is not None:
            self._publishing.cancel()
        self._watched_until_s = 0.0
        self.expire()
        await self.keep(at_once=True)
        await self.cluster.stop()

    def _about(self) -> dict[str, Any]:
        return self.about | self.cluster.about()

    async def _publish(self) -> None:
        """Hand messages to the layer in order; what it cannot take is lost."""
        group = group_of(self.lab)
        while True:
            await self._queued.wait()
            self._queued.clear()
            while self._queue:
                try:
                    await self._layer.group_send(group, self._queue.popleft())
                except Exception:  # the edge: whatever the layer raises
                    logger.exception("the channel layer failed; messages of a lab are lost")
                    self._queue.clear()
                    await asyncio.sleep(AGAIN_S)

    def _heard(self, kind: str, body: bytes) -> None:
        self.seq += 1
        if kind == "state":
            body = state_about(body, self._about())
        head = msgspec.json.decode(body, type=FrameHead) if kind == "frame" else None
        self._queue.append(
            {
                "type": "publish",
                "incarnation": self.incarnation,
                "seq": self.seq,
                "frame": None if head is None else head.n,
                "has_row": head is not None and head.has_row,
                "body": body,
            }
        )
        self._queued.set()
