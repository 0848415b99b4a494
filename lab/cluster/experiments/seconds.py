"""A record read second by second: what users felt, when it was bad, which faults there were."""

import math
from dataclasses import dataclass, field
from typing import Any

import msgspec

from lab.cluster.experiments.trial import GOOD_RATIO, RECOVERED_S, Curves, Mark
from lab.cluster.runs.recording import Recording
from lab.telemetry.outcome import OUTCOMES
from lab.telemetry.row import Row
from lab.telemetry.tally import no_outcomes

FRAME_AGE_S = 0.05
"""A frame tells of the tenth of a second that ended this long before it, or less."""

_LATENCIES = ("p50_ms", "p95_ms", "p99_ms")


class _Users(msgspec.Struct):
    outcomes: list[int]


class _Frame(msgspec.Struct):
    t: float
    users: _Users
    row: Row | None = None


_FRAME = msgspec.json.Decoder(_Frame)


@dataclass(slots=True)
class Seconds:
    """Each whole second of the lab's time up to the end of the record."""

    outcomes: list[list[int]] = field(default_factory=list)
    rows: list[Row | None] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, recording: Recording, to_t: float) -> "Seconds":
        """Read a record up to ``to_t``."""
        count = math.floor(to_t + FRAME_AGE_S)
        seconds = cls([no_outcomes() for _ in range(count)], [None] * count)
        for message in recording:
            if message.kind == "frame":
                seconds._add(_FRAME.decode(message.body))
            elif message.kind == "event":
                seconds.events.append(msgspec.json.decode(message.body))
        return seconds

    def _add(self, frame: _Frame) -> None:
        place = math.ceil(frame.t - FRAME_AGE_S) - 1
        if 0 <= place < len(self.outcomes):
            pairs = zip(self.outcomes[place], frame.users.outcomes, strict=True)
            self.outcomes[place] = [a + b for a, b in pairs]
            self.rows[place] = frame.row or self.rows[place]  # the last one is of the whole second

    def marks(self) -> list[Mark]:
        """Return the faults in the order of their beginnings."""
        marks: dict[str, Mark] = {}
        for event in self.events:
            fault = event["detail"].get("fault", "")
            if event["kind"] == "fault_on":
                marks[fault] = Mark(event["text"], event["t"])
            elif event["kind"] == "fault_off" and fault in marks:
                marks[fault].to_t = event["t"]
        return list(marks.values())

    def openings(self, from_t: float) -> int:
        """Return how often any breaker opened since ``from_t``."""
        opened = [e for e in self.events if e["kind"] == "breaker" and e["detail"]["to"] == "open"]
        return sum(event["t"] >= from_t for event in opened)

    def recovery(self, from_t: float) -> dict[str, float | None]:
        """Return how long after ``from_t`` the first bad second began and the last one ended.

        Without a bad second nothing failed, and with one among the last three nothing recovered.
        """
        bad = [n for n, ends in enumerate(self.outcomes) if n + 1 > from_t and _is_bad(ends)]
        if not bad:
            return {"failure_after_s": None, "recovery_after_s": None, "recovered": 1.0}
        recovered = bad[-1] + 1 <= len(self.outcomes) - RECOVERED_S
        return {
            "failure_after_s": round(max(0.0, bad[0] - from_t), 3),
            "recovery_after_s": round(bad[-1] + 1 - from_t, 3) if recovered else None,
            "recovered": float(recovered),
        }

    def curves(self) -> Curves:
        """Return what is drawn over time."""
        services = {name: None for row in self.rows if row is not None for name in row.layers}
        return Curves(
            {
                outcome.value: [float(ends[place]) for ends in self.outcomes]
                for place, outcome in enumerate(OUTCOMES)
            },
            {name: [getattr(row, name, None) for row in self.rows] for name in _LATENCIES},
            {
                name: [None if row is None else row.layers.get(name) for row in self.rows]
                for name in services
            },
        )


def _is_bad(ends: list[int]) -> bool:
    return sum(ends) > 0 and sum(ends[:2]) < GOOD_RATIO * sum(ends)
