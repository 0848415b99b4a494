"""One moment of a record, as somebody who joined the lab just then would have been greeted."""

from typing import Any

import msgspec

from lab.cluster.runs.recording import Message, Recording
from lab.telemetry.history import EVENTS, TRACES, History
from lab.telemetry.row import Row

HISTORY_S = 300.0

Plain = dict[str, Any]


class _FrameRow(msgspec.Struct):
    row: Row | None = None


_ROW = msgspec.json.Decoder(_FrameRow)


def moment(recording: Recording, t: float) -> Plain:
    """Return the hello of lab time ``t``: state, history, events, requests, and the frame drawn.

    Raises LookupError when nothing of that time is kept.
    """
    state = recording.state_at(t)
    if not state:
        raise LookupError(f"nothing is kept of {t:g} s; the record begins at {recording.from_t:g}")
    history = History(HISTORY_S)
    events: list[msgspec.Raw] = []
    heads: list[Any] = []
    frame = b"null"
    for message in recording.between(t - HISTORY_S, t):
        if message.kind == "frame":
            frame = message.body
            row = _ROW.decode(frame).row
            if row is not None:
                history.add_row(row)
        elif message.kind == "event":
            events.append(msgspec.Raw(message.body))
        elif message.kind == "traces":
            heads += _heads(message)
    began_t = t - HISTORY_S
    for message in reversed(recording.last_before(began_t, "traces", TRACES - len(heads))):
        heads = _heads(message) + heads
    older = recording.last_before(began_t, "event", EVENTS - len(events))
    return {
        "type": "hello",
        "state": msgspec.Raw(state),
        "history": history.columns(),
        "events": [*(msgspec.Raw(event.body) for event in older), *events][-EVENTS:],
        "traces": heads[-TRACES:],
        "frame": msgspec.Raw(frame),
    }


def _heads(message: Message) -> list[Any]:
    heads: list[Any] = msgspec.json.decode(message.body)["traces"]
    return heads
