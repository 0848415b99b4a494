"""Chart rows: what users felt over half a second, and the calls it took, layer by layer."""

from collections import deque
from collections.abc import Callable, Mapping

import msgspec

from lab.telemetry.histogram import percentile_ms
from lab.telemetry.tally import no_outcomes
from lab.telemetry.window import SPAN_S

ROW_S = 0.5


class Row(msgspec.Struct, gc=False):
    """One point of each chart. Counts are per second; percentiles are of the last second.

    ``layers``: attempts that reached for a service per user request offered, both in the last
    second; empty when none was offered. With three attempts at each of three hops to a dead store
    it reads 3, 9 and 27.
    """

    t: float
    offered: float
    ok: float
    degraded: float
    failed: float
    timed_out: float
    refused: float
    shed: float
    short_circuited: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    layers: dict[str, float]


class Rows:
    """Gathers frames until half a second of the lab's time is full, then gives a row."""

    def __init__(self) -> None:
        self._began_t = 0.0
        self._offered = 0
        self._outcomes = no_outcomes()
        self._recent: deque[tuple[float, int]] = deque()

    def add(self, t_s: float, offered: int, outcomes: list[int]) -> None:
        """Count what one frame brought: user requests offered, and ended by outcome."""
        self._offered += offered
        self._outcomes = [a + b for a, b in zip(self._outcomes, outcomes, strict=True)]
        self._recent.append((t_s, offered))
        while self._recent[0][0] <= t_s - SPAN_S:
            self._recent.popleft()

    def row(
        self, t_s: float, times: Mapping[int, int], received: Callable[[], Mapping[str, int]]
    ) -> Row | None:
        """Return a row when the next half second began, else None.

        ``times`` are the durations of user requests, and ``received`` counts the attempts at each
        service, both over the last second.
        """
        if int(t_s / ROW_S + 1e-6) <= int(self._began_t / ROW_S + 1e-6):
            return None
        span_s = t_s - self._began_t
        ok, degraded, failed, timed_out, refused, shed, short_circuited = (
            round(count / span_s, 3) for count in self._outcomes
        )
        offered = sum(count for _, count in self._recent)
        row = Row(
            t=round(t_s, 3),
            offered=round(self._offered / span_s, 3),
            ok=ok,
            degraded=degraded,
            failed=failed,
            timed_out=timed_out,
            refused=refused,
            shed=shed,
            short_circuited=short_circuited,
            p50_ms=percentile_ms(times, 0.5),
            p95_ms=percentile_ms(times, 0.95),
            p99_ms=percentile_ms(times, 0.99),
            layers={name: round(n / offered, 3) for name, n in received().items()}
            if offered
            else {},
        )
        self._began_t, self._offered, self._outcomes = t_s, 0, no_outcomes()
        return row
