"""Counts what a worker does, in memory, until the next tick takes it away."""

from collections.abc import Iterable, Mapping

from lab.telemetry.outcome import INDEX, Outcome
from lab.telemetry.tally import CallTally, Tally
from lab.telemetry.tick import Tick
from lab.telemetry.trace import TraceHead


class Recorder:
    """The counters of one worker. Each method of the hot path takes less than half a µs."""

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._n = 0
        self._index: dict[str, int] = {outcome.value: i for outcome, i in INDEX.items()}
        self._clear()

    def attempt(self, link: str, outcome: Outcome, seconds: float) -> None:
        """Count one attempt over a link, as its caller saw it."""
        tally = self._links.get(link)
        if tally is None:
            tally = self._links[link] = Tally()
        tally.add(self._index[outcome], seconds)

    def call(self, dependency: str, outcome: Outcome, seconds: float, attempts: int) -> None:
        """Count one call over a dependency with the attempts that it took."""
        tally = self._calls.get(dependency)
        if tally is None:
            tally = self._calls[dependency] = CallTally()
        tally.attempts += attempts
        tally.add(self._index[outcome], seconds)

    def served(self, route: str, outcome: Outcome, seconds: float) -> None:
        """Count one answer of this instance."""
        tally = self._served.get(route)
        if tally is None:
            tally = self._served[route] = Tally()
        tally.add(self._index[outcome], seconds)

    def user(self, route: str, outcome: Outcome, seconds: float) -> None:
        """Count one user request that ended, measured from its intended start."""
        tally = self._users.get(route)
        if tally is None:
            tally = self._users[route] = Tally()
        tally.add(self._index[outcome], seconds)

    def offered(self, n: int = 1) -> None:
        """Count user requests that were due, whether sent or not."""
        self._offered += n

    def dropped(self, n: int = 1) -> None:
        """Count user requests that were due but not sent: too many were in flight."""
        self._dropped += n

    def take(
        self,
        at_s: float,
        gauges: Mapping[str, float],
        patterns: Mapping[str, Mapping[str, object]],
        *,
        kept: Iterable[TraceHead] = (),
        bytes_moved: Mapping[str, tuple[int, int]] | None = None,
    ) -> Tick:
        """Return all counts since the last take as a tick, and begin anew."""
        self._n += 1
        tick = Tick(
            worker=self._worker,
            n=self._n,
            at_s=at_s,
            links=self._links,
            calls=self._calls,
            served=self._served,
            users=self._users,
            offered=self._offered,
            dropped=self._dropped,
            gauges=dict(gauges),
            patterns={dependency: dict(state) for dependency, state in patterns.items()},
            kept=list(kept),
            bytes=dict(bytes_moved or {}),
        )
        self._clear()
        return tick

    def _clear(self) -> None:
        self._links: dict[str, Tally] = {}
        self._calls: dict[str, CallTally] = {}
        self._served: dict[str, Tally] = {}
        self._users: dict[str, Tally] = {}
        self._offered = 0
        self._dropped = 0
