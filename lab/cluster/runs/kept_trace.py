"""One request of a record with its spans, as a lab tells it while it runs."""

from typing import Any

import msgspec

from lab.cluster.runs.recording import Recording
from lab.cluster.scenarios.topology import USERS

Plain = dict[str, Any]

Short = tuple[int, str, str, float, float, str, str, int]
"""See Traces.short."""


class Trace(msgspec.Struct):
    """A request and its steps."""

    id: str
    route: str
    priority: str
    outcome: str
    rule: str
    duration_ms: float
    spans: list[Short]


class _Spans(msgspec.Struct):
    traces: list[Trace]


_SPANS = msgspec.json.Decoder(_Spans)


def kept_trace(recording: Recording, trace_id: str, *, from_t: float = 0.0) -> Plain:
    """Return one request. Raises LookupError when its spans are not kept.

    ``from_t`` is a lab time before which it had not ended: a late one is then found sooner.
    """
    for trace in _told(recording, trace_id, from_t):
        spans = [_span(place, short) for place, short in enumerate(trace.spans, start=1)]
        return msgspec.structs.asdict(trace) | {"spans": spans}
    raise LookupError(f"the record has no spans of request {trace_id!r:.80}")


def _told(recording: Recording, trace_id: str, from_t: float) -> list[Trace]:
    wanted = trace_id.encode()
    for _, kind, body in recording.between(from_t, recording.to_t):
        if kind == "spans" and wanted in body:
            return [trace for trace in _SPANS.decode(body).traces if trace.id == trace_id]
    return []


def _span(place: int, short: Short) -> Plain:
    parent, kind, name, start_ms, end_ms, outcome, rule, attempt = short
    return {
        "id": f"{place:016x}",
        "parent": "" if parent < 0 else f"{parent + 1:016x}",
        "instance": USERS if kind == "user" else name.partition("→")[0],
        "kind": kind,
        "name": name,
        "start_ms": start_ms,
        "end_ms": end_ms,
        "outcome": outcome,
        "rule": rule,
        "attempt": attempt,
    }
