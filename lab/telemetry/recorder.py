"""Counts what a worker does, in memory, until the next tick takes it away."""

from collections.abc import Iterable

from lab.telemetry.outcome import INDEX, Outcome
from lab.telemetry.tally import CallTally, Tally
from lab.telemetry.tick import Tick
from lab.telemetry.trace import TraceHead

End = tuple[str, Outcome, float]
"""(link or route, how it ended, seconds)"""

CallEnd = tuple[str, Outcome, float, int]
"""(dependency, how it ended, seconds, attempts)"""


class Recorder:
    """The counters of one worker.

    What ended is only noted; ``take`` counts the notes of a tenth of a second in one loop. Counting
    each end by itself costs three times as much: between two requests the processor has forgotten
    where the counters are and what is done with them (measured in ``tests/bench/chained.py``).
    """

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._n = 0
        self._attempts: list[End] = []
        self._calls: list[CallEnd] = []
        self._served: list[End] = []
        self._users: list[End] = []
        self._offered = 0
        self._dropped = 0

    def attempt(self, link: str, outcome: Outcome, seconds: float) -> None:
        """Count one attempt over a link, as its caller saw it."""
        self._attempts.append((link, outcome, seconds))

    def call(self, dependency: str, outcome: Outcome, seconds: float, attempts: int) -> None:
        """Count one call over a dependency with the attempts that it took."""
        self._calls.append((dependency, outcome, seconds, attempts))

    def served(self, route: str, outcome: Outcome, seconds: float) -> None:
        """Count one answer of this instance."""
        self._served.append((route, outcome, seconds))

    def user(self, route: str, outcome: Outcome, seconds: float) -> None:
        """Count one user request that ended, measured from its intended start."""
        self._users.append((route, outcome, seconds))

    def offered(self, n: int = 1) -> None:
        """Count user requests that were due, whether sent or not."""
        self._offered += n

    def dropped(self, n: int = 1) -> None:
        """Count user requests that were due but not sent: too many were in flight."""
        self._dropped += n

    def take(
        self,
        at_s: float,
        gauges: dict[str, float],
        patterns: dict[str, dict[str, object]],
        *,
        kept: Iterable[TraceHead] = (),
        bytes_moved: dict[str, tuple[int, int]] | None = None,
    ) -> Tick:
        """Return all counts since the last take as a tick, and begin anew."""
        self._n += 1
        tick = Tick(
            worker=self._worker,
            n=self._n,
            at_s=at_s,
            links=_counted(self._attempts),
            calls=_counted_calls(self._calls),
            served=_counted(self._served),
            users=_counted(self._users),
            offered=self._offered,
            dropped=self._dropped,
            gauges=gauges,
            patterns=patterns,
            kept=list(kept),
            bytes=bytes_moved or {},
        )
        for ends in (self._attempts, self._calls, self._served, self._users):
            ends.clear()
        self._offered = self._dropped = 0
        return tick


def _counted(ends: list[End]) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for key, outcome, seconds in ends:
        tally = tallies.get(key)
        if tally is None:
            tally = tallies[key] = Tally()
        tally.add(INDEX[outcome], seconds)
    return tallies


def _counted_calls(ends: list[CallEnd]) -> dict[str, CallTally]:
    tallies: dict[str, CallTally] = {}
    for key, outcome, seconds, attempts in ends:
        tally = tallies.get(key)
        if tally is None:
            tally = tallies[key] = CallTally()
        tally.attempts += attempts
        tally.add(INDEX[outcome], seconds)
    return tallies
