"""Fetches the spans of kept requests from the workers, for whoever looks and for the record."""

import asyncio
from collections.abc import Callable

from lab.cluster.sight.audience import Audience
from lab.cluster.sight.traces import Traces

GATHER_S = 0.25
"""Every worker is asked: to ask after each tick would be a third of all that a large lab does. But
what a worker has not told when it crashes is lost."""
ENDED_S = 0.1
"""So long after a user has an answer, the workers have ended their parts of the request."""
ANSWERED_S = 0.1


class KeptSpans:
    """Asks once for the requests of three ticks::

    kept ── GATHER_S ──▶ ripe ── ENDED_S ──▶ ask the workers ── ANSWERED_S ──▶ the record
    """

    def __init__(
        self, traces: Traces, audience: Audience, ask: Callable[[list[str]], None]
    ) -> None:
        self._traces = traces
        self._audience = audience
        self._ask = ask
        self._kept: list[str] = []
        self._timers: dict[Callable[[], None], asyncio.TimerHandle] = {}

    def keep(self, trace_ids: list[str]) -> None:
        """Fetch the spans of these requests soon."""
        if not self._kept:
            self._later(GATHER_S, self._ripen)
        self._kept += trace_ids

    def close(self) -> None:
        """Fetch nothing more: the lab has ended, and a timer must not keep it in memory."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _ripen(self) -> None:
        kept, self._kept = self._kept, []
        self._later(ENDED_S, lambda: self._fetch(kept))

    def _fetch(self, trace_ids: list[str]) -> None:
        self._ask(trace_ids)
        if self._audience.is_recorded:
            self._later(ANSWERED_S, lambda: self._record(trace_ids))

    def _record(self, trace_ids: list[str]) -> None:
        """Put into the record what the workers have answered."""
        known = [self._traces.short(each) for each in trace_ids if each in self._traces]
        self._audience.keep({"type": "spans", "traces": known})

    def _later(self, delay_s: float, call: Callable[[], None]) -> None:
        def due() -> None:
            del self._timers[due]
            call()

        self._timers[due] = asyncio.get_running_loop().call_later(delay_s, due)
