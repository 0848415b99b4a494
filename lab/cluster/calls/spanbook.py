"""The spans of one worker: ids, the W3C ``traceparent``, and the ring that keeps them a while."""

from lab.telemetry.trace import SpanRing

SAMPLED = "01"


class SpanBook:
    """Makes span ids that no other worker makes: ``worker_number`` fills their upper half."""

    def __init__(self, worker_number: int) -> None:
        self.ring = SpanRing()
        self._prefix = f"{worker_number & 0xFFFFFFFF:08x}"
        self._made = 0

    def span_id(self) -> str:
        """Return a new span id: 16 hexadecimal digits."""
        self._made += 1
        return f"{self._prefix}{self._made & 0xFFFFFFFF:08x}"

    def trace_id(self) -> str:
        """Return a new trace id: 32 hexadecimal digits."""
        return f"{self._prefix}{self._prefix}{self.span_id()}"


def traceparent(trace_id: str, span_id: str) -> str:
    """Return the header of https://www.w3.org/TR/trace-context/ version 00."""
    return f"00-{trace_id}-{span_id}-{SAMPLED}"


def parse_traceparent(header: str) -> tuple[str, str]:
    """Return the trace id and the caller's span id; two empty strings for another shape.

    The HTTP server lets only hexadecimal digits through.
    """
    if len(header) != 55 or header[2] != "-" or header[35] != "-" or header[52] != "-":
        return "", ""
    return header[3:35], header[36:52]
