"""What a message must have to be believed: a file may have been written by anybody."""

from typing import Any

import msgspec

from lab.cluster.runs.kept_trace import Trace

Raw = msgspec.Raw
Objects = list[dict[str, Raw]]


class State(msgspec.Struct, tag_field="type", tag="state"):
    """See Cluster.state."""

    t: float
    status: str
    scenario: dict[str, Raw]
    zones: list[str]
    services: Objects
    instances: Objects
    workers: Objects
    dependencies: Objects
    links: Objects
    users: dict[str, Raw]
    faults: Objects


class Frame(msgspec.Struct, tag_field="type", tag="frame"):
    """See lab.telemetry.frame."""

    n: int
    t: float
    users: dict[str, Raw]
    instances: list[Raw]
    links: list[Raw]
    calls: dict[str, dict[str, Raw]]
    row: dict[str, Any] | None = None


class Event(msgspec.Struct, tag_field="type", tag="event"):
    """See Journal.add."""

    id: int
    t: float
    kind: str
    subject: str
    text: str


class TraceHead(msgspec.Struct):
    """See plain_head."""

    id: str
    t: float
    route: str
    outcome: str
    duration_ms: float


class Traces(msgspec.Struct, tag_field="type", tag="traces"):
    """Heads of kept requests."""

    traces: list[TraceHead]


class Spans(msgspec.Struct, tag_field="type", tag="spans"):
    """Kept requests with their steps."""

    traces: list[Trace]


_MESSAGE = msgspec.json.Decoder(State | Frame | Event | Traces | Spans)

KINDS: dict[type[Any], str] = {
    State: "state",
    Frame: "frame",
    Event: "event",
    Traces: "traces",
    Spans: "spans",
}


def kind_of(body: bytes | Raw) -> str:
    """Return what a message is. Raises msgspec.ValidationError when it is not as labs tell it."""
    return KINDS[type(_MESSAGE.decode(body))]
