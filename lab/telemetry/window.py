"""Tallies by key over the last second, in slots: one slot a frame."""

from collections import deque
from collections.abc import Mapping

from lab.telemetry.histogram import merge_counts
from lab.telemetry.tally import CallTally, Tally

SPAN_S = 1.0


class Window:
    """Sums what came by key: since the slot before, and over the last ``span_s`` seconds.

    What comes goes into the open slot, in any order. ``turn`` closes that slot, stamps it with the
    present time and forgets the slots that have become too old::

        forgotten ◀── [0.3 s] [0.4 s] … [1.2 s] ◀── open slot ◀── add
    """

    def __init__(self, span_s: float = SPAN_S) -> None:
        self._span_s = span_s
        self._open: dict[str, CallTally] = {}
        self._slots: deque[tuple[float, dict[str, CallTally]]] = deque()
        self._times: dict[str, dict[int, int]] = {}

    def add(self, key: str, tally: Tally) -> None:
        """Count a tally in the open slot."""
        slot = self._open.get(key)
        if slot is None:
            attempts = tally.attempts if isinstance(tally, CallTally) else 0
            self._open[key] = CallTally(tally.outcomes.copy(), tally.times.copy(), attempts)
        else:
            slot.merge(tally)

    def turn(self, now_s: float) -> Mapping[str, CallTally]:
        """Close the open slot and return it: the sums by key since the turn before."""
        closed, self._open = self._open, {}
        self._slots.append((now_s, closed))
        for key, tally in closed.items():
            merge_counts(self._times.setdefault(key, {}), tally.times)
        while self._slots and self._slots[0][0] <= now_s - self._span_s:
            self._forget(self._slots.popleft()[1])
        return closed

    def times(self, key: str) -> Mapping[int, int]:
        """Return the bucket counts of the closed slots of the last ``span_s`` seconds."""
        return self._times.get(key, {})

    def ended(self, key: str) -> int:
        """Return how many ends the closed slots of the last ``span_s`` seconds hold."""
        return sum(self._times.get(key, {}).values())

    def _forget(self, slot: Mapping[str, CallTally]) -> None:
        for key, tally in slot.items():
            times = self._times[key]
            for index, count in tally.times.items():
                if times[index] == count:
                    del times[index]
                else:
                    times[index] -= count
            if not times:
                del self._times[key]
