"""One direction of a connection through a link."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from lab.cluster.links.toxics import TOXICS
from lab.cluster.links.toxics.stage import Ending, Outlet, Stage
from lab.cluster.links.toxics.toxic import Toxic


@dataclass(slots=True)
class Meter:
    """Bytes of all connections in one direction: read from the source, written to the target."""

    received_bytes: int = 0
    sent_bytes: int = 0


class Owner(Protocol):
    """The connection of which a stream is one half."""

    def stream_ended(self, ending: Ending) -> None:
        """Learn that a stream has delivered its end."""
        ...

    def end_swallowed(self) -> None:
        """Learn that the source has ended, and that the target will not be told."""
        ...


class Stream:
    """Carries bytes from one socket to the other, through the toxics of this direction::

        source ──▶ feed ──▶ stage ──▶ stage ──▶ target.write
          ▲ pause, resume      │          │            │
          └────────── block ◀──┴──────────┴────────────┘  as long as any of them is full

    Without toxics ``feed`` is the write itself and two counts. Stages are in the order in which
    their toxics were added to the link. Each toxic is rolled for once per connection: the roll is
    kept, so that a change of its toxicity decides anew by the same roll.
    """

    def __init__(
        self, owner: Owner, meter: Meter, clock: Callable[[], float], chance: Callable[[], float]
    ) -> None:
        self.clock = clock
        self.chance = chance
        self.ended = False
        self._owner = owner
        self._meter = meter
        self._loop = asyncio.get_running_loop()
        self._source: asyncio.Transport | None = None
        self._write: Callable[[bytes], None] | None = None
        self._is_bare = False
        self._early: list[bytes] = []
        self._source_ended = False
        self._stages: list[tuple[Toxic, Stage[Any]]] = []
        self._rolls: dict[str, float] = {}
        self._full: set[object] = set()
        self._sink = _Sink(self)

    @property
    def is_bare(self) -> bool:
        """Say whether what is received is delivered at once: it is open, and has no toxics."""
        return self._is_bare and not self._full

    def pass_on(self, size_bytes: int) -> None:
        """Count what a bare stream carried without seeing it."""
        self._meter.received_bytes += size_bytes
        self._meter.sent_bytes += size_bytes

    @property
    def is_open(self) -> bool:
        """Say whether the target is there and has not been told of an end."""
        return self._write is not None and not self.ended

    def open_source(self, source: asyncio.Transport) -> None:
        """Know the source, and read nothing from it before ``open_target``."""
        self._source = source
        self.block(self)

    def open_target(self, target: asyncio.Transport, toxics: list[Toxic]) -> None:
        """Begin to carry."""
        self._write = target.write
        self.apply(toxics)
        early, self._early = self._early, []
        for data in early:
            self.receive(data)
        if self._source_ended:
            self._first.end(Ending.FIN, self.clock())
        self.unblock(self)

    def receive(self, data: bytes) -> None:
        """Take what the source has sent."""
        if self._is_bare:
            self._write(data)  # type: ignore[misc]  # bare means open
            self._meter.received_bytes += len(data)
            self._meter.sent_bytes += len(data)
        else:
            self._receive_slowly(data)

    def receive_end(self) -> None:
        """Take the end of the source, once."""
        if not self._source_ended:
            self._source_ended = True
            if self._write is not None:
                self._first.end(Ending.FIN, self.clock())

    def abandon(self) -> None:
        """Stop: the target is gone, or both are."""
        self.ended = True
        for _, stage in self._stages:
            stage.drop()
        self._stages.clear()
        self._is_bare = False
        self._full.clear()
        self._resume()

    def apply(self, toxics: list[Toxic]) -> None:
        """Make the stages those of ``toxics``, in this order, keeping those that stay."""
        wanted = [toxic for toxic in toxics if self._roll(toxic) < toxic.toxicity_ratio]
        names = {toxic.name for toxic in wanted}
        for toxic, stage in [*self._stages]:
            if toxic.name not in names:
                self._take_out(toxic, stage)
        if self.ended:
            return  # by what was taken out: a black hole closes the connection
        for index, toxic in enumerate(wanted):
            if index < len(self._stages) and self._stages[index][0].name == toxic.name:
                self._keep(index, toxic)
            else:
                self._put_in(index, toxic)
        self._rolls = {toxic.name: self._rolls[toxic.name] for toxic in toxics}
        self._is_bare = not self._stages

    def deliver(self, data: bytes) -> None:
        """Write to the target what came through all stages."""
        if not self.ended and self._write is not None:
            self._write(data)
            self._meter.sent_bytes += len(data)

    def deliver_end(self, ending: Ending) -> None:
        """End the target's side, once."""
        if not self.ended:
            self.ended = True
            self._is_bare = False
            self._owner.stream_ended(ending)

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        """Set a timer (see Host)."""
        return self._loop.call_later(delay_s, callback)

    def block(self, stage: object) -> None:
        """Pause the source (see Host)."""
        if not self._full and self._source is not None and not self._source.is_closing():
            self._source.pause_reading()
        self._full.add(stage)

    def unblock(self, stage: object) -> None:
        """Let the source go on if nobody else is full (see Host)."""
        if stage in self._full:
            self._full.discard(stage)
            if not self._full:
                self._resume()

    def swallow_end(self) -> None:
        """Tell the connection (see Host)."""
        self._owner.end_swallowed()

    @property
    def _first(self) -> Outlet:
        return self._stages[0][1] if self._stages else self._sink

    def _receive_slowly(self, data: bytes) -> None:
        if self._stages:
            self._meter.received_bytes += len(data)
            self._stages[0][1].feed(data, self.clock())
        elif self._write is None and self._source is not None and not self.ended:
            # uvloop starts to read after connection_made, whatever was paused in it.
            self._early.append(data)
            self._source.pause_reading()

    def _resume(self) -> None:
        if self._source is not None and not self._source.is_closing():
            self._source.resume_reading()

    def _roll(self, toxic: Toxic) -> float:
        if toxic.name not in self._rolls:
            self._rolls[toxic.name] = self.chance()
        return self._rolls[toxic.name]

    def _put_in(self, index: int, toxic: Toxic) -> None:
        out: Outlet = self._stages[index][1] if index < len(self._stages) else self._sink
        stage = TOXICS[toxic.type](self, toxic.settings, out)
        self._stages.insert(index, (toxic, stage))
        if index:
            self._stages[index - 1][1].out = stage
        stage.begin()

    def _keep(self, index: int, toxic: Toxic) -> None:
        before, stage = self._stages[index]
        self._stages[index] = (toxic, stage)
        if before.settings != toxic.settings:
            stage.retune(toxic.settings)

    def _take_out(self, toxic: Toxic, stage: Stage[Any]) -> None:
        """Let the stage pass on what it holds from its place, then close the gap."""
        stage.release()
        if (toxic, stage) in self._stages:  # unless the release has ended the stream
            index = self._stages.index((toxic, stage))
            del self._stages[index]
            stage.drop()
            if index:
                self._stages[index - 1][1].out = stage.out


class _Sink:
    """The last outlet of a stream."""

    __slots__ = ("_stream",)

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def feed(self, data: bytes, at_s: float) -> None:
        self._stream.deliver(data)

    def end(self, ending: Ending, at_s: float) -> None:
        self._stream.deliver_end(ending)
