"""A link's end of a virtual connection, and the far end of it: a caller's or a callee's.

Messages travel whole as long as no toxic is in their way; otherwise as the very bytes that the
live cluster would send, through the very same streams, and they arrive with their last byte::

    End.put ── one way ──▶ bare stream? ── yes ──▶ peer.deliver(message)
                                └── no: bytes ▶ Side ▶ Stream, toxics ▶ Plug.write ▶ peer.take_bytes
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from typing import TYPE_CHECKING, Any

from lab.cluster.links.link_connection import Side

if TYPE_CHECKING:
    from lab.cluster.virtual.process import VirtualProcess


class Plug(asyncio.Transport):
    """A socket of the network worker. ``end`` is what it is connected to."""

    def __init__(self, network: "VirtualProcess", side: Side, end: "End") -> None:
        super().__init__()
        self.network = network
        self.side = side
        self.end = end
        self.is_paused = False
        self._is_closing = False
        self._resets = False
        self._backlog: deque[bytes] = deque()
        self._end_has_left = False
        self._heard_eof = False
        end.plug = self
        network.sockets[self] = None
        end.process.sockets[self] = None

    # What the link does.

    def write(self, data: Any) -> None:
        if self._is_closing:
            return
        if self._end_has_left:
            self._soon(self._lose, ConnectionResetError("the other side has left"))
        else:
            self._tell_end(self.end.take_bytes, data)

    def write_eof(self) -> None:
        if not self._is_closing and not self._end_has_left:
            self._tell_end(self.end.take_eof)

    def close(self) -> None:
        if self._is_closing:
            return
        if not self._end_has_left:
            self._tell_end(self.end.take_reset if self._resets else self.end.take_eof)
        self._shut()
        self._soon(self.side.connection_lost, None)

    abort = close

    def setsockopt(self, _level: int, _option: int, _value: bytes) -> None:
        """Reset when closed: nothing else is ever set on the socket of a link."""
        self._resets = True

    def is_closing(self) -> bool:
        return self._is_closing

    def can_write_eof(self) -> bool:
        return True

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self if name == "socket" else default

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False
        if self._backlog or self._end_has_left:
            self._soon(self._read_on)

    # What comes from the other end, one way later.

    def arrive(self, data: bytes) -> None:
        """Take bytes of the other end."""
        if self._is_closing:
            return
        self._backlog.append(data)
        self._read_on()

    def end_left(self) -> None:
        """Take the FIN of the other end."""
        self._end_has_left = True
        self._read_on()

    def owner_died(self, process: "VirtualProcess") -> None:
        """Its kernel closes the socket at once, and tells the other side."""
        one_way_s = process.machine.costs.one_way_s
        loop = process.loop
        if process is self.network:
            if not self._end_has_left:
                loop.call_later(one_way_s, self.end.take_eof, context=self.end.process.context)
            self._shut()
        else:
            self.end.is_closed = True
            process.sockets.pop(self, None)
            loop.call_later(one_way_s, self.end_left, context=self.network.context)

    def _read_on(self) -> None:
        """Hand over what has come, in its order, unless the link reads nothing now."""
        while self._backlog and not self.is_paused and not self._is_closing:
            self.side.data_received(self._backlog.popleft())
        if self._end_has_left and not (self.is_paused or self._is_closing or self._heard_eof):
            self._heard_eof = True
            self.side.eof_received()

    def _lose(self, error: Exception) -> None:
        if not self._is_closing:
            self._shut()
            self.side.connection_lost(error)

    def _shut(self) -> None:
        self._is_closing = True
        self.network.sockets.pop(self, None)
        self.end.process.sockets.pop(self, None)

    def _soon(self, call: Any, *args: Any) -> None:
        self.network.loop.call_soon(call, *args, context=self.network.context)

    def _tell_end(self, call: Any, *args: Any) -> None:
        self.network.loop.call_soon(call, *args, context=self.end.process.context)


class End(ABC):
    """A caller's or a callee's end of a connection through a link. ``peer`` is the opposite one."""

    def __init__(self, process: "VirtualProcess") -> None:
        self.process = process
        self.plug: Plug | None = None
        self.peer: End | None = None
        self.is_closed = False
        self._loop = process.loop
        self._one_way_s = process.machine.costs.one_way_s
        self._outbox: deque[tuple[int, Any]] = deque()
        self._sent_bytes = 0
        self._taken_bytes = 0

    @abstractmethod
    def encode(self, message: Any) -> bytes:
        """Return the bytes that the live cluster would send."""

    @abstractmethod
    def size_bytes(self, message: Any) -> int:
        """Return how many they would be, or those of a message very like it."""

    @abstractmethod
    def deliver(self, message: Any) -> None:
        """Take a whole message, in the network's name: our own process may be stopped."""

    @abstractmethod
    def take(self, message: Any) -> None:
        """Take a whole message, in our own name."""

    @abstractmethod
    def take_eof(self) -> None:
        """Learn that the other side has ended the connection."""

    def put(self, message: Any) -> None:
        """Send a message."""
        assert self.plug is not None
        if not self.is_closed:
            when_s = self._loop.time() + self._one_way_s
            self._loop.call_at(when_s, self._carry, message, context=self.plug.network.context)

    def take_reset(self) -> None:
        """Learn that the other side has reset the connection."""
        self.take_eof()

    def take_bytes(self, data: bytes) -> None:
        """Take bytes; with the last one of a message, the message."""
        if self.is_closed:
            return
        self._taken_bytes += len(data)
        assert self.peer is not None
        outbox = self.peer._outbox  # noqa: SLF001 - its twin
        while outbox and outbox[0][0] <= self._taken_bytes:
            self.take(outbox.popleft()[1])

    def hang_up(self) -> None:
        """Close this end."""
        if self.is_closed or self.plug is None:
            return
        self.is_closed = True
        when_s = self._loop.time() + self._one_way_s
        self._loop.call_at(when_s, self.plug.end_left, context=self.plug.network.context)

    def _carry(self, message: Any) -> None:
        """The message reaches the link."""
        plug, peer = self.plug, self.peer
        assert plug is not None
        if plug.is_closing():
            return
        stream = plug.side.outgoing
        if peer is not None and stream.is_bare and not self._outbox:
            stream.pass_on(self.size_bytes(message))
            peer.deliver(message)
            return
        data = self.encode(message)
        self._sent_bytes += len(data)
        self._outbox.append((self._sent_bytes, message))
        plug.arrive(data)
