"""The requests worth showing: their heads, and the spans that the workers still hold of them."""

from collections.abc import Callable
from typing import Any

from lab.cluster.scenarios.topology import USERS
from lab.telemetry.trace import Span, TraceHead

LIMIT = 500

Plain = dict[str, Any]


class Traces:
    """The newest ``LIMIT`` kept requests. Spans come from several workers, in any order."""

    def __init__(self) -> None:
        self._heads: dict[str, TraceHead] = {}
        self._spans: dict[str, dict[str, Span]] = {}

    def keep(self, heads: list[TraceHead]) -> None:
        """Keep some more requests; the oldest are forgotten."""
        for head in heads:
            self._heads[head.trace_id] = head
            self._spans[head.trace_id] = {}
        while len(self._heads) > LIMIT:
            oldest = next(iter(self._heads))
            del self._heads[oldest], self._spans[oldest]

    def add(self, spans: list[Span]) -> None:
        """Take spans that a worker sent; those of forgotten requests are dropped."""
        for span in spans:
            known = self._spans.get(span[0])
            if known is not None:
                known[span[1]] = span

    def __contains__(self, trace_id: object) -> bool:
        return trace_id in self._heads

    def list(self, t: Callable[[float], float]) -> "list[Plain]":
        """Return the heads, oldest first; ``t`` turns the machine's clock into the lab's."""
        return [plain_head(head, t) for head in self._heads.values()]

    def one(self, trace_id: str) -> Plain:
        """Return one request with all its spans, in milliseconds from its intended start."""
        head = self._heads[trace_id]
        spans = _in_order(self._spans[trace_id])
        return _about(head) | {"spans": [_plain_span(span, head.start_s) for span in spans]}

    def short(self, trace_id: str) -> Plain:
        """Return the same in a third of the room, for a record: a span's id is its place.

        Each span is [parent or -1, kind, name, start_ms, end_ms, outcome, rule, attempt].
        """
        head, spans = self._heads[trace_id], _in_order(self._spans[trace_id])
        places = {span[1]: place for place, span in enumerate(spans)}
        return _about(head) | {
            "spans": [_short_span(span, places.get(span[2], -1), head.start_s) for span in spans]
        }


def _in_order(spans: dict[str, Span]) -> list[Span]:
    return sorted(spans.values(), key=lambda span: (span[5], span[6]))


def _about(head: TraceHead) -> Plain:
    return {
        "id": head.trace_id,
        "route": head.route,
        "priority": head.priority,
        "outcome": head.outcome,
        "rule": head.rule,
        "duration_ms": round(head.duration_s * 1000, 2),
    }


def plain_head(head: TraceHead, t: Callable[[float], float]) -> Plain:
    """Return one line of the request list."""
    return {
        "id": head.trace_id,
        "t": t(head.start_s),
        "route": head.route,
        "priority": head.priority,
        "outcome": head.outcome,
        "duration_ms": round(head.duration_s * 1000, 2),
        "rule": head.rule,
    }


def _plain_span(span: Span, start_s: float) -> Plain:
    _, span_id, parent, kind, name, begin_s, end_s, outcome, rule, attempt = span
    return {
        "id": span_id,
        "parent": parent,
        "instance": USERS if kind == "user" else name.partition("→")[0],
        "kind": kind,
        "name": name,
        "start_ms": round((begin_s - start_s) * 1000, 3),
        "end_ms": round((end_s - start_s) * 1000, 3),
        "outcome": outcome,
        "rule": rule,
        "attempt": attempt,
    }


def _short_span(span: Span, parent: int, start_s: float) -> list[Any]:
    _, _, _, kind, name, begin_s, end_s, outcome, rule, attempt = span
    begin_ms, end_ms = (begin_s - start_s) * 1000, (end_s - start_s) * 1000
    return [parent, kind, name, round(begin_ms, 3), round(end_ms, 3), outcome, rule, attempt]
