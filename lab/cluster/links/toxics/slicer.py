"""Cuts data into small pieces."""

from collections import deque
from dataclasses import dataclass
from typing import ClassVar

from lab.cluster.links.toxics.stage import Ending, Host, Outlet, Stage

_CAPACITY_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class SlicerSettings:
    """Toxiproxy's attributes: ``average_size`` ± a uniform ``size_variation`` in bytes.

    ``delay`` is the time between two pieces in µs (a timer makes at least 1 ms of it, if any).
    """

    average_size: int = 0
    size_variation: int = 0
    delay: int = 0


class Slicer(Stage[SlicerSettings]):
    """Sends one piece a turn of the event loop, or less often, so that each is a write of its own.

    The pieces are cut when they are sent: what is held stays as large as it came.
    """

    settings_type: ClassVar[type] = SlicerSettings

    def __init__(self, host: Host, settings: SlicerSettings, out: Outlet) -> None:
        super().__init__(host, settings, out)
        self._held: deque[memoryview] = deque()
        self._held_bytes = 0
        self._ending: Ending | None = None
        self._next_s = 0.0

    def feed(self, data: bytes, at_s: float) -> None:
        """Hold, and begin with the first piece if nothing else is held."""
        self._held.append(memoryview(data))
        self._held_bytes += len(data)
        if self._held_bytes > _CAPACITY_BYTES:
            self.host.block(self)
        if self._timer is None:
            self._next_s = max(self._next_s, at_s)
            self._wake_at(self._next_s)

    def end(self, ending: Ending, at_s: float) -> None:
        """Pass the end on after the last piece."""
        if self._held:
            self._ending = ending
        else:
            self.out.end(ending, at_s)

    def release(self) -> None:
        """Pass on what is held, whole."""
        now_s = self.host.clock()
        held, ending = [*self._held], self._ending
        self.drop()
        for data in held:
            self.out.feed(bytes(data), now_s)
        if ending is not None:
            self.out.end(ending, now_s)

    def drop(self) -> None:
        """Forget all that is held."""
        self._cancel()
        self._held.clear()
        self._held_bytes = 0
        self._ending = None
        self.host.unblock(self)

    def _wake(self) -> None:
        data = self._held.popleft()
        size_bytes = self._size_bytes()
        piece, rest = data[:size_bytes], data[size_bytes:]
        if rest:
            self._held.appendleft(rest)
        self._held_bytes -= len(piece)
        if self._held_bytes <= _CAPACITY_BYTES // 2:
            self.host.unblock(self)
        at_s = self._next_s
        self._next_s += self.settings.delay / 1_000_000.0
        self.out.feed(bytes(piece), at_s)
        if self._held:
            self._wake_at(self._next_s)
        elif self._ending is not None:
            ending, self._ending = self._ending, None
            self.out.end(ending, at_s)

    def _size_bytes(self) -> int:
        variation = (2.0 * self.host.chance() - 1.0) * self.settings.size_variation
        return max(1, round(self.settings.average_size + variation))
