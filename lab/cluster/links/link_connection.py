"""One connection through a link: two sockets and the two streams between them."""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, cast

from lab.cluster.links.stream import Meter, Stream
from lab.cluster.links.toxics.stage import Ending
from lab.cluster.links.toxics.toxic import Direction, Toxic

_LINGER_NOT = struct.pack("ii", 1, 0)


class Link(Protocol):
    """What a connection needs of its link."""

    clock: Callable[[], float]
    chance: Callable[[], float]
    meters: dict[Direction, Meter]

    async def dial(self, server: "Side") -> None:
        """Connect ``server`` to the upstream. Raises OSError when nobody listens there."""
        ...

    def admit(self, connection: "LinkConnection") -> bool:
        """Take the connection in, or say no."""
        ...

    def toxics_of(self, direction: Direction) -> list[Toxic]:
        """Return the toxics of one direction in order."""
        ...

    def orphaned(self, connection: "LinkConnection") -> None:
        """Learn that one side has ended and the other has not (yet)."""
        ...

    def forget(self, connection: "LinkConnection") -> None:
        """Learn that both sockets are gone."""
        ...


class LinkConnection:
    """Accepts, connects to the upstream, and then only carries.

    ::

        caller ◀──▶ client ──── upstream stream ───▶ server ◀──▶ callee
                           ◀── downstream stream ───

    A FIN goes through the stream like data and ends only that direction. When both have ended,
    or one socket is lost and what was under way has been delivered, both sockets are closed.
    """

    def __init__(self, link: Link, loop: asyncio.AbstractEventLoop) -> None:
        self._link = link
        self._loop = loop
        meters = link.meters
        self.upstream = Stream(self, meters[Direction.UPSTREAM], link.clock, link.chance)
        self.downstream = Stream(self, meters[Direction.DOWNSTREAM], link.clock, link.chance)
        self.client = Side(self, self.upstream, self.downstream)
        self.server = Side(self, self.downstream, self.upstream)
        self.dialing: asyncio.Task[None] | None = None

    def accepted(self) -> None:
        """Connect on to the upstream, reading nothing before."""
        assert self.client.transport is not None
        if not self._link.admit(self):
            self.client.transport.abort()
            return
        self.upstream.open_source(self.client.transport)
        self.dialing = self._loop.create_task(self._dial())
        self.dialing.add_done_callback(self._dialed)

    def apply_toxics(self, direction: Direction) -> None:
        """Take over the link's toxics of one direction as they are now."""
        stream = self.upstream if direction is Direction.UPSTREAM else self.downstream
        if stream.is_open:
            stream.apply(self._link.toxics_of(direction))

    def stream_ended(self, ending: Ending) -> None:
        """Pass the end on to the socket, by its kind (see Owner)."""
        if ending is Ending.RESET:
            self.reset()
        elif ending is Ending.CLOSE or (self.upstream.ended and self.downstream.ended):
            self.close()
        else:
            (self.server if self.upstream.ended else self.client).write_eof()
            self._link.orphaned(self)

    def end_swallowed(self) -> None:
        """Tell the link (see Owner)."""
        self._link.orphaned(self)

    def close(self) -> None:
        """Send FIN to both sides after what was written; what the toxics hold is lost."""
        self._stop()
        for side in (self.client, self.server):
            if side.transport is not None:
                side.transport.close()

    def reset(self) -> None:
        """Send RST to both sides."""
        for side in (self.client, self.server):
            if side.transport is not None and not side.transport.is_closing():
                sock = side.transport.get_extra_info("socket")
                if sock is not None:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self.abort()

    def abort(self) -> None:
        """Close both sides without waiting for what is still to be written."""
        self._stop()
        for side in (self.client, self.server):
            if side.transport is not None:
                side.transport.abort()

    def side_lost(self, side: "Side") -> None:
        """Deliver what the lost side had sent; nothing can be delivered to it."""
        side.incoming.abandon()
        if self.dialing is not None:
            self.dialing.cancel()
        elif self.client.transport is None and self.server.transport is None:
            self._stop()
            self._link.forget(self)
        elif side.outgoing.ended:
            self.close()
        else:
            side.outgoing.receive_end()

    async def _dial(self) -> None:
        with suppress(OSError):
            await self._link.dial(self.server)

    def _dialed(self, _dialing: "asyncio.Task[None]") -> None:
        """Begin to carry if both sides are there; let go of the one that is if not.

        Called back by the task, for one that is cancelled before its first step never runs.
        """
        self.dialing = None
        client, server = self.client.transport, self.server.transport
        if client is None and server is None:
            self._link.forget(self)
        elif client is None or server is None or client.is_closing() or server.is_closing():
            self.close()
        else:
            self.downstream.open_source(server)
            self.upstream.open_target(server, self._link.toxics_of(Direction.UPSTREAM))
            self.downstream.open_target(client, self._link.toxics_of(Direction.DOWNSTREAM))

    def _stop(self) -> None:
        if self.dialing is not None:
            self.dialing.cancel()
        self.upstream.abandon()
        self.downstream.abandon()


class Side(asyncio.Protocol):
    """One socket of a connection: ``outgoing`` carries what it sends, ``incoming`` what it gets."""

    __slots__ = ("connection", "data_received", "incoming", "outgoing", "transport")

    def __init__(self, connection: LinkConnection, outgoing: Stream, incoming: Stream) -> None:
        self.connection = connection
        self.outgoing = outgoing
        self.incoming = incoming
        self.transport: asyncio.Transport | None = None
        self.data_received = outgoing.receive  # type: ignore[method-assign]  # one call less

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Know the socket; an accepted one leads to a connection onward."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one only by shape
        if self is self.connection.client:
            self.connection.accepted()

    def eof_received(self) -> bool:
        """Return True: the other direction goes on."""
        self.outgoing.receive_end()
        return True

    def pause_writing(self) -> None:
        """Read no more from the other side."""
        self.incoming.block(self)

    def resume_writing(self) -> None:
        """Read on from the other side."""
        self.incoming.unblock(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let what is under way arrive."""
        self.transport = None
        self.connection.side_lost(self)

    def write_eof(self) -> None:
        """Send FIN, after what was written before."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write_eof()
