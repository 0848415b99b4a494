"""What one worker recorded in a tenth of a second; it travels as msgpack to the supervisor."""

import msgspec

from lab.telemetry.tally import CallTally, Tally
from lab.telemetry.trace import TraceHead


class Tick(msgspec.Struct, array_like=True, gc=False):
    """Everything that ended at one worker since its tick before, and what is true of it now.

    ``n`` counts the ticks of this worker from 1; ``at_s`` is the machine's monotonic clock.
    """

    worker: str
    n: int
    at_s: float
    links: dict[str, Tally] = msgspec.field(default_factory=dict)
    """Attempts as the caller saw them, by link."""
    calls: dict[str, CallTally] = msgspec.field(default_factory=dict)
    """Calls by dependency."""
    served: dict[str, Tally] = msgspec.field(default_factory=dict)
    """What this instance answered, by route."""
    users: dict[str, Tally] = msgspec.field(default_factory=dict)
    """User requests by route, measured from the intended start."""
    offered: int = 0
    dropped: int = 0
    gauges: dict[str, float] = msgspec.field(default_factory=dict)
    """in_flight, busy, queued, capacity, cpu_ratio …"""
    patterns: dict[str, dict[str, object]] = msgspec.field(default_factory=dict)
    """Snapshots by dependency and pattern."""
    kept: list[TraceHead] = msgspec.field(default_factory=list)
    bytes: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
    """Bytes since the tick before by link: (to the callee, to the caller)."""


def encode_tick(tick: Tick) -> bytes:
    """Return a tick as msgpack."""
    return msgspec.msgpack.encode(tick)


def decode_tick(data: bytes) -> Tick:
    """Return the tick in ``data``; msgspec.DecodeError for anything else."""
    return msgspec.msgpack.decode(data, type=Tick)
