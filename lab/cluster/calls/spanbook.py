"""The spans of one worker: ids, the W3C ``traceparent``, and the ring that keeps them a while."""

from collections.abc import Callable
from itertools import count

from lab.telemetry.trace import SpanRing

SAMPLED = "01"


class SpanBook:
    """Makes span ids that no other worker makes: ``worker_number`` fills their upper 32 bits."""

    def __init__(self, worker_number: int) -> None:
        number = worker_number & 0xFFFFFFFF
        self.ring = SpanRing()
        self.span_id: Callable[[], int] = count((number << 32) + 1).__next__
        self._prefix = f"{number:08x}" * 2

    def trace_id(self) -> str:
        """Return a new trace id: 32 hexadecimal digits."""
        return f"{self._prefix}{self.span_id():016x}"


def traceparent(trace_id: str, span_id: int) -> str:
    """Return the header of https://www.w3.org/TR/trace-context/ version 00."""
    return f"00-{trace_id}-{span_id:016x}-{SAMPLED}"


def parse_traceparent(header: str) -> tuple[str, str]:
    """Return the trace id and the caller's span id; two empty strings for another shape.

    The HTTP server lets only hexadecimal digits through.
    """
    if len(header) != 55 or header[2] != "-" or header[35] != "-" or header[52] != "-":
        return "", ""
    return header[3:35], header[36:52]
