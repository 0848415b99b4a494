"""The last five minutes, for whoever joins late or reloads: chart rows, events, request heads."""

from collections import deque
from collections.abc import Mapping

from lab.telemetry.outcome import OUTCOMES
from lab.telemetry.row import ROW_S, Row
from lab.telemetry.trace import TraceHead

EVENTS = 2000
TRACES = 500

COLUMNS = ("t", "offered", *(each.value for each in OUTCOMES), "p50_ms", "p95_ms", "p99_ms")


class History:
    """Bounded: 600 rows for 300 s, the newest 2,000 events and 500 request heads."""

    def __init__(self, seconds: float = 300.0) -> None:
        self._rows: deque[Row] = deque(maxlen=int(seconds / ROW_S))
        self._events: deque[Mapping[str, object]] = deque(maxlen=EVENTS)
        self._traces: deque[TraceHead] = deque(maxlen=TRACES)

    def add_row(self, row: Row) -> None:
        """Keep a chart row; the oldest is forgotten when there are too many."""
        self._rows.append(row)

    def add_event(self, event: Mapping[str, object]) -> None:
        """Keep an event as it was sent."""
        self._events.append(event)

    def add_trace(self, head: TraceHead) -> None:
        """Keep the head of a finished request."""
        self._traces.append(head)

    def clear(self) -> None:
        """Forget everything, as a reset does when it begins a new run."""
        self._rows.clear()
        self._events.clear()
        self._traces.clear()

    @property
    def events(self) -> list[Mapping[str, object]]:
        """The events, oldest first."""
        return list(self._events)

    @property
    def traces(self) -> list[TraceHead]:
        """The request heads, oldest first."""
        return list(self._traces)

    def columns(self) -> dict[str, object]:
        """Return the rows by column: lists of equal length, ``layers`` as such lists by service.

        A layer that a row does not have is None there.
        """
        columns: dict[str, object] = {
            name: [getattr(row, name) for row in self._rows] for name in COLUMNS
        }
        services = {service: None for row in self._rows for service in row.layers}
        columns["layers"] = {
            service: [row.layers.get(service) for row in self._rows] for service in services
        }
        return columns
