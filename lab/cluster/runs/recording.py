"""Everything that a lab told, with the lab's time of each message: what replay and export read.

Messages are those of the websocket (state, event, frame, traces), as they were encoded. Full chunks
are compressed: a toyshop tells 60 kB a second, of which about a tenth is kept.
"""

import copy
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import msgspec

CHUNK_BYTES = 262_144
LIMIT_BYTES = 64 << 20


class Message(NamedTuple):
    """One message: lab time in seconds, its type, its JSON."""

    t: float
    kind: str
    body: bytes


@dataclass(slots=True)
class _Chunk:
    from_t: float
    to_t: float
    kinds: frozenset[str]
    packed: bytes


class _Packed(msgspec.Struct):
    state_before: bytes
    messages: list[Message]


class Recording:
    """The messages of one lab in order. Past ``limit_bytes`` (compressed) the oldest are lost.

    ``digest`` is over all events and frames that ever came, so it tells whether two runs are the
    same to the byte.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.kept_bytes = 0
        self.messages = 0
        self.is_whole = True
        self._limit_bytes = limit_bytes
        self._chunks: list[_Chunk] = []
        self._open: list[Message] = []
        self._open_bytes = 0
        self._state_before = b""
        self._state = b""
        self._hash = hashlib.sha256()

    def add(self, t: float, kind: str, body: bytes) -> None:
        """Keep a message; times never go back."""
        self.messages += 1
        if kind in ("event", "frame"):
            self._hash.update(body)
        elif kind == "state":
            self._state = body
        self._open.append(Message(t, kind, body))
        self._open_bytes += len(body)
        if self._open_bytes >= CHUNK_BYTES:
            self._close_chunk()

    @property
    def digest(self) -> str:
        """The SHA-256 of every event and frame, hexadecimal."""
        return self._hash.hexdigest()

    @property
    def from_t(self) -> float:
        """The time of the oldest message kept."""
        if self._chunks:
            return self._chunks[0].from_t
        return self._open[0].t if self._open else 0.0

    @property
    def to_t(self) -> float:
        """The time of the newest message."""
        if self._open:
            return self._open[-1].t
        return self._chunks[-1].to_t if self._chunks else 0.0

    def between(self, from_t: float, to_t: float) -> Iterator[Message]:
        """Yield the messages with ``from_t <= t <= to_t`` in order."""
        for chunk in self._chunks:
            if chunk.from_t <= to_t and from_t <= chunk.to_t:
                yield from (m for m in _unpack(chunk.packed).messages if from_t <= m.t <= to_t)
        yield from (m for m in self._open if from_t <= m.t <= to_t)

    def last_before(self, t: float, kind: str, at_most: int) -> list[Message]:
        """Return the last messages of one kind that are earlier than ``t``, oldest first.

        Chunks without any are not unpacked: what is rare is found far back in no time.
        """
        found: list[Message] = []
        packed = (c.packed for c in reversed(self._chunks) if c.from_t < t and kind in c.kinds)
        parts = chain([self._open], (_unpack(each).messages for each in packed))
        while len(found) < at_most and (messages := next(parts, None)) is not None:
            found = [m for m in messages if m.kind == kind and m.t < t] + found
        return found[-at_most:] if at_most > 0 else []

    def state_at(self, t: float) -> bytes:
        """Return the newest state message that is not later than ``t``; empty if there is none."""
        if self._open and self._open[0].t <= t:
            return _newest_state(self._open, t) or self._state_before
        for chunk in reversed(self._chunks):
            if chunk.from_t <= t:
                packed = _unpack(chunk.packed)
                return _newest_state(packed.messages, t) or packed.state_before
        return b""

    def __iter__(self) -> Iterator[Message]:
        for chunk in self._chunks:
            yield from _unpack(chunk.packed).messages
        yield from self._open

    def copy(self, limit_bytes: int = LIMIT_BYTES) -> "Recording":
        """Return what there is now, to be read while this one goes on; chunks are shared.

        Past ``limit_bytes`` the oldest are left out.
        """
        other = copy.copy(self)
        vars(other).update(
            _chunks=list(self._chunks),
            _open=list(self._open),
            _hash=self._hash.copy(),
            _limit_bytes=limit_bytes,
        )
        other.forget()
        return other

    @property
    def beginning(self) -> Message | None:
        """The state from before the oldest message that is kept, when older ones are lost."""
        if self.is_whole:
            return None
        return Message(self.from_t, "state", _unpack(self._chunks[0].packed).state_before)

    def _close_chunk(self) -> None:
        held = _Packed(self._state_before, self._open)
        packed = zlib.compress(msgspec.msgpack.encode(held), 1)
        kinds = frozenset(message.kind for message in self._open)
        self._chunks.append(_Chunk(self._open[0].t, self._open[-1].t, kinds, packed))
        self.kept_bytes += len(packed)
        self._open, self._open_bytes, self._state_before = [], 0, self._state
        self.forget()

    def forget(self) -> None:
        """Drop the oldest messages as far as the limit demands."""
        while self.kept_bytes > self._limit_bytes and len(self._chunks) > 1:
            self.kept_bytes -= len(self._chunks.pop(0).packed)
            self.is_whole = False


def _unpack(packed: bytes) -> "_Packed":
    return msgspec.msgpack.decode(zlib.decompress(packed), type=_Packed)


def _newest_state(messages: list[Message], t: float) -> bytes:
    for message in reversed(messages):
        if message.kind == "state" and message.t <= t:
            return message.body
    return b""
