"""One picture of the whole cluster: the ticks of all workers merged, encoded once for all viewers.

::

    workers ── Tick, each 0.1 s ──▶ Merger.add … Merger.frame ── Frame ──▶ encode ──▶ every browser
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from lab.telemetry.histogram import percentile_ms
from lab.telemetry.row import Row, Rows
from lab.telemetry.tally import CallTally, Tally, no_outcomes
from lab.telemetry.tick import Tick
from lab.telemetry.window import Window

STALE_S = 0.35
USERS = "users"

InstanceCells = tuple[int, int, int, int, int, float | None, float]
"""(in_flight, busy, queued, good, bad, p99_ms, cpu_ratio); good and bad ended in this frame."""

LinkCells = tuple[list[int], float | None]
"""The seven counts of attempts that ended in this frame, and p99_ms of the last second."""


@dataclass(frozen=True, slots=True)
class FrameTopology:
    """The names that give the arrays of a frame their order.

    A link is named ``caller-1→callee-2``; the service of an instance is its name without ``-2``.
    """

    instances: tuple[str, ...]
    links: tuple[str, ...]
    dependencies: tuple[str, ...]
    services: tuple[str, ...]


class UsersPart(msgspec.Struct, gc=False):
    """What users offered and got in this frame. ``in_flight`` is None while nobody can tell."""

    offered: int
    outcomes: list[int]
    in_flight: int | None
    dropped: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


class CallsPart(msgspec.Struct, gc=False):
    """The calls of one dependency that ended in this frame, and its patterns by caller instance."""

    outcomes: list[int]
    attempts: int
    p99_ms: float | None
    patterns: dict[str, dict[str, object]]


class Frame(msgspec.Struct, tag_field="type", tag="frame", gc=False):
    """A snapshot; ``t`` is seconds since the lab began. See the page's protocol for the shape."""

    n: int
    t: float
    users: UsersPart
    instances: list[InstanceCells | None]
    links: list[LinkCells | int]
    calls: dict[str, CallsPart]
    row: Row | None
    guards: dict[str, dict[str, object]] = {}
    """What guards each instance that is guarded: snapshots by pattern."""


def encode(frame: Frame) -> bytes:
    """Return the frame as JSON."""
    return msgspec.json.encode(frame)


@dataclass(slots=True)
class _Told:
    """The newest of what one worker told about itself."""

    at_s: float
    gauges: Mapping[str, float] = field(default_factory=dict)
    patterns: Mapping[str, dict[str, object]] = field(default_factory=dict)


class Merger:
    """Merges ticks into frames. The order in which ticks of one frame come does not matter."""

    def __init__(self, topology: FrameTopology) -> None:
        self._links = Window()
        self._calls = Window()
        self._served = Window()
        self._users = Window()
        self._offered = self._dropped = 0
        self._told: dict[str, _Told] = {}
        self._rows = Rows()
        self.arrange(topology)

    def arrange(self, topology: FrameTopology) -> None:
        """Order the next frames by other names, as when a service gets another replica."""
        self._topology = topology
        self._callees = {link: _service(link.partition("→")[2]) for link in topology.links}

    def add(self, tick: Tick) -> None:
        """Take in one tick."""
        _fill(self._links, tick.links)
        _fill(self._calls, tick.calls)
        for tally in tick.served.values():
            self._served.add(tick.worker, tally)
        for tally in tick.users.values():
            self._users.add(USERS, tally)
        self._offered += tick.offered
        self._dropped += tick.dropped
        told = self._told.get(tick.worker)
        if told is None or told.at_s <= tick.at_s:
            self._told[tick.worker] = _Told(tick.at_s, tick.gauges, tick.patterns)

    def frame(self, n: int, t_s: float, now_s: float) -> Frame:
        """Close the present tenth of a second: lab time ``t_s``, ``now_s`` on the ticks' clock."""
        self._told = {
            name: told for name, told in sorted(self._told.items()) if now_s - told.at_s <= STALE_S
        }
        users = self._close_users(t_s, now_s)
        links = self._close_links(now_s)
        row = self._rows.row(t_s, self._users.times(USERS), self._received)
        return Frame(
            n, round(t_s, 3), users, self._close_instances(now_s), links, self._close_calls(now_s),
            row, self._guards(),
        )  # fmt: skip

    def _close_users(self, t_s: float, now_s: float) -> UsersPart:
        ended = self._users.turn(now_s).get(USERS) or CallTally()
        times, told = self._users.times(USERS), self._told.get(USERS)
        offered, dropped = self._offered, self._dropped
        self._offered = self._dropped = 0
        self._rows.add(t_s, offered, ended.outcomes)
        return UsersPart(
            offered,
            ended.outcomes,
            None if told is None else int(told.gauges.get("in_flight", 0)),
            dropped,
            *(percentile_ms(times, q) for q in (0.5, 0.95, 0.99)),
        )

    def _close_instances(self, now_s: float) -> list[InstanceCells | None]:
        ended = self._served.turn(now_s)
        return [self._instance(name, ended.get(name)) for name in self._topology.instances]

    def _instance(self, name: str, ended: Tally | None) -> InstanceCells | None:
        told = self._told.get(name)
        if told is None:
            return None
        outcomes, gauges = no_outcomes() if ended is None else ended.outcomes, told.gauges
        return (
            int(gauges.get("in_flight", 0)),
            int(gauges.get("busy", 0)),
            int(gauges.get("queued", 0)),
            sum(outcomes[:2]),
            sum(outcomes[2:]),
            percentile_ms(self._served.times(name), 0.99),
            round(gauges.get("cpu_ratio", 0.0), 3),
        )

    def _close_links(self, now_s: float) -> list[LinkCells | int]:
        ended = self._links.turn(now_s)
        return [self._link(name, ended.get(name)) for name in self._topology.links]

    def _link(self, name: str, ended: Tally | None) -> LinkCells | int:
        if ended is None:
            return 0
        return ended.outcomes, percentile_ms(self._links.times(name), 0.99)

    def _close_calls(self, now_s: float) -> dict[str, CallsPart]:
        ended = self._calls.turn(now_s)
        patterns: dict[str, dict[str, dict[str, object]]] = {}
        for worker, told in self._told.items():
            for name, state in told.patterns.items():
                patterns.setdefault(name, {})[worker] = state
        return {
            name: self._call(name, ended.get(name), patterns.get(name, {}))
            for name in self._topology.dependencies
        }

    def _call(
        self, name: str, ended: CallTally | None, patterns: dict[str, dict[str, object]]
    ) -> CallsPart:
        tally = CallTally() if ended is None else ended
        return CallsPart(
            tally.outcomes,
            tally.attempts,
            percentile_ms(self._calls.times(name), 0.99),
            patterns,
        )

    def _guards(self) -> dict[str, dict[str, object]]:
        told = ((name, self._told.get(name)) for name in self._topology.instances)
        return {name: one.patterns[name] for name, one in told if one and name in one.patterns}

    def _received(self) -> dict[str, int]:
        """Count the attempts at each service in the last second."""
        received = dict.fromkeys(self._topology.services, 0)
        for link, service in self._callees.items():
            if service in received:
                received[service] += self._links.ended(link)
        return received


def _service(instance: str) -> str:
    return instance.rpartition("-")[0]


def _fill(window: Window, tallies: Mapping[str, Tally]) -> None:
    for key, tally in tallies.items():
        window.add(key, tally)
