"""A record as tables: the rows of the charts, and what happened."""

from typing import Any

import msgspec

from lab.cluster.runs.recording import Recording

Plain = dict[str, Any]


class _WithRow(msgspec.Struct):
    row: Plain | None = None


_FRAME = msgspec.json.Decoder(_WithRow)


def chart_rows(recording: Recording) -> list[Plain]:
    """Return the charts' rows, one for each half second: counts are per second."""
    frames = (_FRAME.decode(body) for _, kind, body in recording if kind == "frame")
    return [frame.row for frame in frames if frame.row is not None]


def events_of(recording: Recording) -> list[msgspec.Raw]:
    """Return the events as they were told, the oldest first."""
    return [msgspec.Raw(body) for _, kind, body in recording if kind == "event"]
