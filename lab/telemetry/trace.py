"""Spans as tuples, the ring that keeps them a while, and the choice of requests worth showing.

A span costs half a µs this way, against 40 µs in a tracing SDK: on the path of a request a tuple of
plain values is appended, no more. What takes longer waits until somebody asks for the trace.
"""

from collections import deque
from collections.abc import Callable

import msgspec

from lab.telemetry.outcome import Outcome

Span = tuple[str, str, str, str, str, float, float, str, str, int]
"""(trace_id, span_id, parent_id, kind, name, start_s, end_s, outcome, rule, attempt)

``kind`` is one of user, call, attempt, wait, rejected, fallback, server, queue, work; ``rule`` says
in words what decided the outcome; ``attempt`` counts from 1 and is 0 where there are none.
"""

SpanId = int | str
"""A number where it was made; 16 hexadecimal digits wherever it has travelled or is read."""

RawSpan = tuple[str, SpanId, SpanId, str, str, float, float, str, str, int]
"""A span as it is recorded. Its outcome should be a plain string, not an enum's member: a tuple of
plain values is nothing that the garbage collector has to look into again and again."""

KINDS = ("user", "call", "attempt", "wait", "rejected", "fallback", "server", "queue", "work")

SPANS_PER_TRACE = 256

OLD_S = 6.0
"""A trace whose first span ended so long before the newest one is forgotten: who keeps a request
asks for its spans within half a second, and its user waits for two or three."""

MOST_UNSORTED = 16_384
"""So many new spans wait to be sorted by trace; past it the oldest are forgotten unsorted."""


def written(span_id: SpanId) -> str:
    """Return a span id as the standard writes it: 16 hexadecimal digits."""
    return span_id if isinstance(span_id, str) else f"{span_id:016x}"


class SpanRing:
    """The spans of the newest ``limit_traces`` traces, and of none that is older than OLD_S.

    A trace holds at most SPANS_PER_TRACE spans, so that a storm of retries stays bounded too. One
    without a trace id belongs to nobody's request and is dropped. Spans are sorted by trace when
    somebody asks for one, all that are new in one go::

        add ──▶ new spans, in the order they ended ──of──▶ trace ▸ its spans
    """

    def __init__(self, limit_traces: int = 2000) -> None:
        self._limit_traces = limit_traces
        self._new: deque[RawSpan] = deque(maxlen=MOST_UNSORTED)
        self._traces: dict[str, list[RawSpan]] = {}
        self._order: deque[str] = deque()
        self.add: Callable[[RawSpan], None] = self._new.append

    def of(self, trace_id: str) -> list[Span]:
        """Return the spans of one trace in the order they ended, empty when it is unknown."""
        self._sort()
        return [
            (span[0], written(span[1]), written(span[2]), *span[3:])
            for span in self._traces.get(trace_id, ())
        ]

    def __len__(self) -> int:
        self._sort()
        return len(self._traces)

    def _sort(self) -> None:
        traces = self._traces
        for span in self._new:
            spans = traces.get(span[0])
            if spans is None:
                self._begin(span[0], span)
            elif len(spans) < SPANS_PER_TRACE:
                spans.append(span)
        if self._new:
            self._forget(before_s=self._new[-1][6] - OLD_S)
        self._new.clear()

    def _forget(self, before_s: float) -> None:
        order, traces = self._order, self._traces
        while order and traces[order[0]][0][6] < before_s:  # when the first span ended
            del traces[order.popleft()]

    def _begin(self, trace_id: str, span: RawSpan) -> None:
        if not trace_id or self._limit_traces < 1:
            return
        if len(self._order) >= self._limit_traces:
            del self._traces[self._order.popleft()]
        self._traces[trace_id] = [span]
        self._order.append(trace_id)


class TraceHead(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """One finished user request in one line. ``start_s`` is its intended start."""

    trace_id: str
    route: str
    priority: str
    outcome: Outcome
    rule: str
    start_s: float
    duration_s: float


class Keeper:
    """Chooses which finished requests of a tick are worth keeping: failed, then slow, then others.

    Slow means more than twice the moving mean of good requests. Of the slow ones the slowest are
    kept, of the failed and the ordinary ones the first. The choice depends on what was offered
    only, so the same requests give the same choice.
    """

    SLOW_FACTOR = 2.0
    MEAN_WEIGHT = 0.05

    def __init__(self, per_tick: int = 3) -> None:
        self._per_tick = per_tick
        self._usual_s: float | None = None
        self._bad: list[TraceHead] = []
        self._slow: list[TraceHead] = []
        self._ordinary: list[TraceHead] = []

    def offer(self, head: TraceHead) -> None:
        """Consider one finished request."""
        if head.outcome is not Outcome.OK and head.outcome is not Outcome.DEGRADED:
            if len(self._bad) < self._per_tick:
                self._bad.append(head)
            return
        usual_s = self._usual_s
        if usual_s is None:
            usual_s = self._usual_s = head.duration_s
        if head.duration_s > self.SLOW_FACTOR * usual_s:
            self._offer_slow(head)
        elif len(self._ordinary) < self._per_tick:
            self._ordinary.append(head)
        self._usual_s = usual_s + self.MEAN_WEIGHT * (head.duration_s - usual_s)

    def take(self) -> list[TraceHead]:
        """Return at most ``per_tick`` requests, the most telling first, and begin anew."""
        kept = (self._bad + self._slow + self._ordinary)[: self._per_tick]
        self._bad, self._slow, self._ordinary = [], [], []
        return kept

    def _offer_slow(self, head: TraceHead) -> None:
        self._slow.append(head)
        self._slow.sort(key=lambda slow: -slow.duration_s)
        del self._slow[self._per_tick :]
