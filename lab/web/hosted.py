"""One lab on its host: its cluster, and what is published of it."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec
from channels.layers import BaseChannelLayer

from lab.web.door import Running
from lab.web.exchange import group_of

logger = logging.getLogger(__name__)

LEASE_S = 7.0
"""Publish for so long after a site's last renewal; sites renew every 2 s."""
AGAIN_S = 1.0
"""After an error of the layer, wait so long before the next try."""
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
    """A running cluster and its audience.

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
        self.lab = lab
        self.incarnation = incarnation
        self.cluster = cluster
        self.seq = 0
        self._layer = layer
        self._clock = clock
        self._used_s = clock()
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

    async def end(self) -> None:
        """Stop publishing, then every process."""
        if self._publishing is not None:
            self._publishing.cancel()
        self._watched_until_s = 0.0
        self.expire()
        await self.cluster.stop()

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
