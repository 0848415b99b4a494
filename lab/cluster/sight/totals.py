"""Counts since the lab's start, for metrics and for the numbers that probes ask about."""

from collections import deque
from typing import Any

from lab.telemetry.frame import Frame
from lab.telemetry.outcome import OUTCOMES
from lab.telemetry.tally import CallTally, Tally
from lab.telemetry.tick import Tick

SECONDS = 10.0
FRAMES = 100

Plain = dict[str, Any]


class Totals:
    """Sums of all ticks, and the users' outcomes of the last ten seconds."""

    def __init__(self) -> None:
        self.calls: dict[str, CallTally] = {}
        self.links: dict[str, Tally] = {}
        self.users = Tally()
        self.offered = 0
        self.dropped = 0
        self.bytes: dict[str, list[int]] = {}
        self._recent: deque[tuple[int, list[int]]] = deque(maxlen=FRAMES)
        self._attempts: deque[dict[str, tuple[int, int]]] = deque(maxlen=FRAMES)
        self._frame: Frame | None = None

    def add(self, tick: Tick) -> None:
        """Add one tick."""
        for dependency, calls in tick.calls.items():
            if dependency not in self.calls:
                self.calls[dependency] = CallTally()
            self.calls[dependency].merge(calls)
        for link, tally in tick.links.items():
            if link not in self.links:
                self.links[link] = Tally()
            self.links[link].merge(tally)
        for tally in tick.users.values():
            self.users.merge(tally)
        self.offered += tick.offered
        self.dropped += tick.dropped
        for link, (up, down) in tick.bytes.items():
            moved = self.bytes.setdefault(link, [0, 0])
            moved[0] += up
            moved[1] += down

    def see(self, frame: Frame) -> None:
        """Remember the newest frame."""
        self._frame = frame
        self._recent.append((frame.users.offered, frame.users.outcomes))
        self._attempts.append(
            {name: (sum(part.outcomes), part.attempts) for name, part in frame.calls.items()}
        )

    def plain(self) -> Plain:
        """Return the numbers: rates of the last ten seconds, latencies of the last second."""
        ended = [sum(column) for column in zip(*(row for _, row in self._recent), strict=True)]
        ended = ended or [0] * len(OUTCOMES)
        total, seconds = sum(ended), max(0.1, len(self._recent) * SECONDS / FRAMES)
        users = self._frame.users if self._frame is not None else None
        numbers: Plain = {
            "offered_per_s": round(sum(n for n, _ in self._recent) / seconds, 3),
            "success_ratio": round((ended[0] + ended[1]) / total, 5) if total else None,
            "full_ratio": round(ended[0] / total, 5) if total else None,
            "in_flight": users.in_flight if users else None,
            "p50_ms": users.p50_ms if users else None,
            "p95_ms": users.p95_ms if users else None,
            "p99_ms": users.p99_ms if users else None,
            "offered_total": self.offered,
            "dropped_total": self.dropped,
        }
        for outcome, count in zip(OUTCOMES, ended, strict=True):
            numbers[f"{outcome.value}_per_s"] = round(count / seconds, 3)
        numbers["attempts_per_call"] = self._attempts_per_call()
        numbers["totals"] = {
            "users": self.users.outcomes,
            "calls": {
                name: {"outcomes": t.outcomes, "attempts": t.attempts, "times": t.times}
                for name, t in self.calls.items()
            },
            "links": {
                name: {"outcomes": t.outcomes, "times": t.times} for name, t in self.links.items()
            },
            "bytes": self.bytes,
        }
        numbers["patterns"] = (
            {name: part.patterns for name, part in self._frame.calls.items()} if self._frame else {}
        )
        return numbers

    def _attempts_per_call(self) -> dict[str, float | None]:
        sums: dict[str, list[int]] = {}
        for row in self._attempts:
            for name, (calls, attempts) in row.items():
                pair = sums.setdefault(name, [0, 0])
                pair[0] += calls
                pair[1] += attempts
        return {
            name: round(attempts / calls, 3) if calls else None
            for name, (calls, attempts) in sums.items()
        }
