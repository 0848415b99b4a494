"""One request of a record with its spans, as a lab tells it while it runs."""

from typing import Any

import msgspec

from lab.cluster.runs.recording import Recording
from lab.cluster.scenarios.topology import USERS

Plain = dict[str, Any]

Short = tuple[int, str, str, float, float, str, str, int]
"""See Traces.short."""


class Trace(msgspec.Struct):
    """A request and its steps; without them where only its end is known."""

    id: str
    route: str
    priority: str
    outcome: str
    rule: str
    duration_ms: float
    spans: list[Short] = []


class _Traces(msgspec.Struct):
    traces: list[Trace]


_TRACES = msgspec.json.Decoder(_Traces)


def kept_trace(recording: Recording, trace_id: str, *, from_t: float = 0.0) -> Plain:
    """Return one request; its steps come a moment after its end, so the last ones lack them.

    ``from_t`` is a lab time before which it had not ended: a late one is then found sooner.
    Raises LookupError when nothing of it is kept.
    """
    trace = _found(recording, trace_id, from_t)
    if trace is None:
        raise LookupError(f"the record has no request {trace_id!r:.80}")
    spans = [_span(place, short) for place, short in enumerate(trace.spans, start=1)]
    return msgspec.structs.asdict(trace) | {"spans": spans}


def _found(recording: Recording, trace_id: str, from_t: float) -> Trace | None:
    wanted, found = trace_id.encode(), None
    for _, kind, body in recording.between(from_t, recording.to_t):
        if kind in ("traces", "spans") and wanted in body:
            told = _TRACES.decode(body).traces
            found = next((trace for trace in told if trace.id == trace_id), found)
            if kind == "spans":
                break
    return found


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
