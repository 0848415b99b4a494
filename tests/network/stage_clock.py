"""A host for stages whose time only moves when it is told to."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lab.cluster.links.toxics import TOXICS
from lab.cluster.links.toxics.stage import Ending, Stage


@dataclass(order=True)
class _Timer:
    at_s: float
    number: int
    callback: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class StageClock:
    """Stands for the stream and the target; what arrives is noted as (ms, bytes or Ending)."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.arrived: list[tuple[int, bytes | Ending]] = []
        self.full: set[object] = set()
        self.swallowed = 0
        self.chances = [0.5]
        self._timers: list[_Timer] = []
        self._number = 0

    def stage(self, kind: str, out: Any = None, **attributes: int) -> Stage[Any]:
        settings = TOXICS[kind].settings_type(**attributes)
        stage = TOXICS[kind](self, settings, out or self)
        stage.begin()
        return stage

    def clock(self) -> float:
        return self.now_s

    def chance(self) -> float:
        return self.chances.pop(0) if len(self.chances) > 1 else self.chances[0]

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> _Timer:
        self._number += 1
        timer = _Timer(self.now_s + delay_s, self._number, callback)
        heapq.heappush(self._timers, timer)
        return timer

    def block(self, stage: object) -> None:
        self.full.add(stage)

    def unblock(self, stage: object) -> None:
        self.full.discard(stage)

    def swallow_end(self) -> None:
        self.swallowed += 1

    def feed(self, data: bytes, at_s: float) -> None:
        self.arrived.append((self._now_ms, data))

    def end(self, ending: Ending, at_s: float) -> None:
        self.arrived.append((self._now_ms, ending))

    def run(self, ms: float) -> None:
        """Let so many ms pass."""
        end_s = self.now_s + ms / 1000.0
        while self._timers and self._timers[0].at_s <= end_s + 1e-9:
            timer = heapq.heappop(self._timers)
            self.now_s = max(self.now_s, timer.at_s)
            if not timer.cancelled:
                timer.callback()
        self.now_s = end_s

    @property
    def waiting(self) -> int:
        """Count the timers that may still call back."""
        return sum(not timer.cancelled for timer in self._timers)

    @property
    def _now_ms(self) -> int:
        return round((self.now_s - 1000.0) * 1000.0)
