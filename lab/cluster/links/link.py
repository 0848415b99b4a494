"""One directed link: a listening port, an upstream, toxics, and the connections between."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lab.cluster.http.http_server import listening_socket
from lab.cluster.links.link_connection import LinkConnection, Side
from lab.cluster.links.stream import Meter
from lab.cluster.links.toxics.error import ToxicError
from lab.cluster.links.toxics.toxic import Direction, Toxic, merge_toxic, parse_toxic, plain_toxic

_BACKLOG = 1024
_CONNECTIONS_MAX = 2_048
_ORPHANS_MAX = 128
_CLOSE_S = 0.5


class Listener(Protocol):
    """What a link listens with."""

    def close(self) -> None:
        """Listen no more."""


class Link:
    """Listens while it is enabled and its upstream is up; refuses otherwise.

    A caller that has left while its callee is frozen, or behind a black hole, leaves an orphan: a
    connection that may never end by itself. Under load that is hundreds in a minute, and all links
    share one process's files. So at most 128 connections of which one side has ended are kept; the
    oldest is closed for the next.
    """

    def __init__(
        self, port: int, upstream_port: int, clock: Callable[[], float], chance: Callable[[], float]
    ) -> None:
        self.port = port
        self.upstream_port = upstream_port
        self.clock = clock
        self.chance = chance
        self.enabled = True
        self.upstream_up = True
        self.meters = {direction: Meter() for direction in Direction}
        self.connections: dict[LinkConnection, None] = {}
        self._toxics: dict[str, Toxic] = {}
        self._orphans: dict[LinkConnection, None] = {}
        self._listener: Listener | None = None
        self._closed = False
        self._turn = asyncio.Lock()
        self._emptied = asyncio.Event()

    async def listen(self) -> None:
        """Listen or stop listening, as ``enabled`` and ``upstream_up`` now say."""
        async with self._turn:
            wanted = self.enabled and self.upstream_up and not self._closed
            if wanted and self._listener is None:
                self._listener = await self._open()
            elif not wanted and self._listener is not None:
                self._listener.close()
                self._listener = None

    async def _open(self) -> Listener:
        loop = asyncio.get_running_loop()
        sock = listening_socket(self.port)
        self.port = sock.getsockname()[1]
        return await loop.create_server(
            lambda: LinkConnection(self, loop).client, sock=sock, backlog=_BACKLOG
        )

    async def dial(self, server: Side) -> None:
        """Connect to the upstream. Raises OSError when nobody listens there."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: server, "127.0.0.1", self.upstream_port)

    async def enable(self, enabled: bool) -> None:
        """Refuse connections and send FIN to the open ones, or listen again."""
        self.enabled = enabled
        await self.listen()
        if not enabled:
            self._close_connections()

    async def set_upstream(self, up: bool) -> None:
        """Listen only while the upstream is up; open connections end with its process."""
        self.upstream_up = up
        await self.listen()

    async def close(self) -> None:
        """Refuse, send FIN, and wait until every socket is gone."""
        self._closed = True
        await self.listen()
        self._close_connections()
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._until_empty()
        except TimeoutError:
            for connection in [*self.connections]:
                connection.abort()
            await self._until_empty()

    @property
    def received_bytes(self) -> tuple[int, int]:
        """Return the bytes read from callers and from callees, delivered or not."""
        up, down = self.meters[Direction.UPSTREAM], self.meters[Direction.DOWNSTREAM]
        return up.received_bytes, down.received_bytes

    @property
    def sent_bytes(self) -> tuple[int, int]:
        """Return the bytes delivered to callees and to callers."""
        up, down = self.meters[Direction.UPSTREAM], self.meters[Direction.DOWNSTREAM]
        return up.sent_bytes, down.sent_bytes

    @property
    def toxics(self) -> list[dict[str, Any]]:
        """Return the toxics as Toxiproxy lists them: upstream, then downstream, as added."""
        return [plain_toxic(toxic) for way in Direction for toxic in self.toxics_of(way)]

    def add_toxic(self, asked: Mapping[str, object]) -> dict[str, Any]:
        """Add a toxic at the end of its stream, on open connections as well."""
        toxic = parse_toxic(asked)
        if toxic.name in self._toxics:
            raise ToxicError(
                "name", f"there is a toxic {toxic.name!r} already", "name it", code="exists"
            )
        return self._set(toxic)

    def update_toxic(self, name: str, asked: Mapping[str, object]) -> dict[str, Any]:
        """Merge attributes and toxicity into a toxic, on open connections as well."""
        return self._set(merge_toxic(self._find(name), asked))

    def remove_toxic(self, name: str) -> None:
        """Remove a toxic; what it holds goes on its way at once."""
        toxic = self._find(name)
        del self._toxics[name]
        self._apply(toxic.direction)

    def remove_toxics(self) -> None:
        """Remove all."""
        self._toxics.clear()
        for direction in Direction:
            self._apply(direction)

    def toxics_of(self, direction: Direction) -> list[Toxic]:
        """Return the toxics of one direction as added."""
        return [toxic for toxic in self._toxics.values() if toxic.direction is direction]

    def admit(self, connection: LinkConnection) -> bool:
        """Take the connection in, unless they are too many or it was accepted too late."""
        if self._listener is None or len(self.connections) >= _CONNECTIONS_MAX:
            return False
        self._emptied.clear()
        self.connections[connection] = None
        return True

    def orphaned(self, connection: LinkConnection) -> None:
        """Keep an orphan, within bounds."""
        self._orphans[connection] = None
        if len(self._orphans) > _ORPHANS_MAX:
            oldest = next(iter(self._orphans))
            del self._orphans[oldest]
            oldest.close()

    def forget(self, connection: LinkConnection) -> None:
        """Let go of a connection that is gone."""
        self.connections.pop(connection, None)
        self._orphans.pop(connection, None)
        if not self.connections:
            self._emptied.set()

    def _set(self, toxic: Toxic) -> dict[str, Any]:
        self._toxics[toxic.name] = toxic
        self._apply(toxic.direction)
        return plain_toxic(toxic)

    def _find(self, name: str) -> Toxic:
        if name not in self._toxics:
            names = ", ".join(self._toxics) or "none"
            raise ToxicError(
                "name", f"there is no toxic {name!r}", f"there are: {names}", code="not_found"
            )
        return self._toxics[name]

    def _apply(self, direction: Direction) -> None:
        for connection in [*self.connections]:
            connection.apply_toxics(direction)

    def _close_connections(self) -> None:
        for connection in [*self.connections]:
            connection.close()

    async def _until_empty(self) -> None:
        while self.connections:
            self._emptied.clear()
            await self._emptied.wait()
