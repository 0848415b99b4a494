"""A stage that holds chunks until they are due."""

import math
from abc import abstractmethod
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from lab.cluster.links.toxics.stage import Ending, Host, Outlet, SettingsT, Stage

# Timers of uvloop have a resolution of 1 ms: what is due within half of it is due.
_TOLERANCE_S = 0.0005


@dataclass(slots=True)
class _Held:
    item: bytes | Ending
    arrived_s: float
    due_s: float


class QueueStage(Stage[SettingsT]):
    """Delivers in order, each item when ``_plan`` or ``_plan_end`` says that it is due.

    What is due on arrival passes straight through. A due time of infinity stalls until the
    settings change. ``capacity_bytes`` bounds what is held before the source is paused.
    """

    capacity_bytes: ClassVar[int] = 65_536

    def __init__(self, host: Host, settings: SettingsT, out: Outlet) -> None:
        super().__init__(host, settings, out)
        self._held: deque[_Held] = deque()
        self._held_bytes = 0

    @abstractmethod
    def _plan(self, data: bytes, at_s: float) -> Iterator[tuple[bytes, float]]:
        """Yield the chunk, or the pieces of it, each with its due time in seconds."""

    def _plan_end(self, at_s: float) -> float:
        """Return when the end is due, if nothing is held before it."""
        return at_s

    def feed(self, data: bytes, at_s: float) -> None:
        """Hold, or pass on."""
        for piece, due_s in self._plan(data, at_s):
            self._put(_Held(piece, at_s, due_s))

    def end(self, ending: Ending, at_s: float) -> None:
        """Pass the end on after all that is held."""
        self._put(_Held(ending, at_s, self._plan_end(at_s)))

    def retune(self, settings: SettingsT) -> None:
        """Plan again for what is held, from its arrival on."""
        self.settings = settings
        held = [*self._held]
        self._clear()
        for one in held:
            if isinstance(one.item, Ending):
                self.end(one.item, one.arrived_s)
            else:
                self.feed(one.item, one.arrived_s)

    def release(self) -> None:
        """Pass on all that is held."""
        now_s = self.host.clock()
        held = [*self._held]
        self._clear()
        for one in held:
            self._pass(one, now_s)

    def drop(self) -> None:
        """Forget all that is held."""
        self._clear()

    def _put(self, one: _Held) -> None:
        if not self._held and one.due_s - self.host.clock() <= _TOLERANCE_S:
            self._pass(one, one.due_s)
            return
        self._held.append(one)
        if not isinstance(one.item, Ending):
            self._held_bytes += len(one.item)
            if self._held_bytes > self.capacity_bytes:
                self.host.block(self)
        if len(self._held) == 1:
            self._wake_for_first()

    def _wake(self) -> None:
        soon_s = self.host.clock() + _TOLERANCE_S
        while self._held and self._held[0].due_s <= soon_s:
            one = self._held.popleft()
            if not isinstance(one.item, Ending):
                self._held_bytes -= len(one.item)
            self._pass(one, one.due_s)
        if self._held_bytes <= self.capacity_bytes // 2:
            self.host.unblock(self)
        if self._held:
            self._wake_for_first()

    def _wake_for_first(self) -> None:
        due_s = self._held[0].due_s
        if due_s < math.inf:
            self._wake_at(due_s)

    def _pass(self, one: _Held, at_s: float) -> None:
        if isinstance(one.item, Ending):
            self.out.end(one.item, at_s)
        else:
            self.out.feed(one.item, at_s)

    def _clear(self) -> None:
        self._cancel()
        self._held.clear()
        self._held_bytes = 0
        self.host.unblock(self)
