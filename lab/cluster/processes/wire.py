"""The control line between the supervisor and one worker: typed messages over a Unix socket.

Each message is four bytes of length (big endian) and a msgpack body::

    supervisor ── Start, Order ──────────────────────▶ worker
    supervisor ◀── Ready, Done, Happened, Spans, Tick ── worker

Both sides refuse what is too long or not one of the types, by closing the line.
"""

import asyncio
import struct
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

import msgspec

from lab.cluster.specs import WorkerSpec
from lab.telemetry.tick import Tick
from lab.telemetry.trace import Span

MAX_MESSAGE_BYTES = 1 << 20
MAX_UNSENT_BYTES = 1 << 20

_LENGTH = struct.Struct(">I")


class Start(msgspec.Struct, tag="start"):
    """The first message to a new worker: what it is."""

    spec: WorkerSpec


NOBODY_WAITS = 0


class Order(msgspec.Struct, tag="order"):
    """Something to obey; answered by a Done with the same id, unless it is NOBODY_WAITS."""

    id: int
    name: str
    fields: dict[str, Any] = {}


class Ready(msgspec.Struct, tag="ready"):
    """The worker serves from now on."""


class Done(msgspec.Struct, tag="done"):
    """The answer to an order: obeyed, or why not."""

    id: int
    error: str = ""
    result: dict[str, Any] = {}


class Happened(msgspec.Struct, tag="happened"):
    """An event, told at once. ``at_s`` is on the machine's monotonic clock."""

    kind: str
    subject: str
    text: str
    at_s: float
    detail: dict[str, Any] = {}


class Spans(msgspec.Struct, tag="spans"):
    """All spans that this worker still holds of the traces it was asked for."""

    spans: list[Span]


class Counted(msgspec.Struct, tag="tick"):
    """What the worker counted in the last tenth of a second."""

    tick: Tick


ToWorker = Start | Order
FromWorker = Ready | Done | Happened | Spans | Counted

Message = TypeVar("Message")


class WireError(Exception):
    """The line is broken, or the other side does not read."""


class Line(asyncio.Protocol, Generic[Message]):
    """One end of the control line. ``incoming`` is the type (or union) that may arrive."""

    def __init__(
        self,
        incoming: Any,
        on_message: Callable[[Message], None],
        on_close: Callable[[], None],
        most_bytes: int = MAX_MESSAGE_BYTES,
    ) -> None:
        self._decoder = msgspec.msgpack.Decoder(incoming)
        self._encoder = msgspec.msgpack.Encoder()
        self._on_message = on_message
        self._on_close = on_close
        self._transport: asyncio.WriteTransport | None = None
        self._unread = bytearray()
        self._most_bytes = most_bytes
        self._has_room = asyncio.Event()
        self._has_room.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is no subclass of it

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._has_room.set()
        self._on_close()

    def pause_writing(self) -> None:
        self._has_room.clear()

    def resume_writing(self) -> None:
        self._has_room.set()

    async def room(self) -> None:
        """Wait until the other side has read most of what was sent, or is gone."""
        await self._has_room.wait()

    def data_received(self, data: bytes) -> None:
        self._unread += data
        start = 0
        while len(self._unread) - start >= _LENGTH.size:
            (size,) = _LENGTH.unpack_from(self._unread, start)
            if size > self._most_bytes:
                self.close()
                return
            end = start + _LENGTH.size + size
            if len(self._unread) < end:
                break
            body = memoryview(self._unread)[start + _LENGTH.size : end].tobytes()
            start = end
            try:
                message = self._decoder.decode(body)
            except msgspec.DecodeError:
                self.close()
                return
            self._on_message(message)
        del self._unread[:start]

    def send(self, message: object) -> None:
        """Queue a message. Raises WireError when the line is closed or the reader has stopped."""
        if self._transport is None or self._transport.is_closing():
            raise WireError("the control line is closed")
        if self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            raise WireError("the other side has stopped reading")
        body = self._encoder.encode(message)
        if len(body) > self._most_bytes:
            raise WireError(f"a message of {len(body)} bytes is too long")
        self._transport.write(_LENGTH.pack(len(body)) + body)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()
