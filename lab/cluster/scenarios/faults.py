"""The faults one can inject: what each aims at, what it takes, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lab.patterns.parameters import parameter

PROCESS = ("instance", "service", "zone")
LINK = ("link", "dependency")


@dataclass(frozen=True, slots=True)
class Nothing:
    """A fault without parameters."""


@dataclass(frozen=True, slots=True)
class Terminate:
    """SIGTERM, as a deployment sends it."""

    drain: bool = parameter(True, help="finish the requests in hand first")


@dataclass(frozen=True, slots=True)
class Pauses:
    """Stop-the-world pauses, as by a garbage collector."""

    every_s: float = parameter(2.0, unit="s", minimum=0.2, maximum=60.0, help="time between two")
    length_s: float = parameter(0.4, unit="s", minimum=0.01, maximum=10.0, help="length of each")


@dataclass(frozen=True, slots=True)
class SlowStart:
    """The next starts take a while."""

    delay_s: float = parameter(3.0, unit="s", minimum=0.1, maximum=60.0, help="time to serve")


@dataclass(frozen=True, slots=True)
class Hog:
    """Something in the process burns the processor."""

    share_ratio: float = parameter(0.8, minimum=0.05, maximum=0.95, help="share of the time")


@dataclass(frozen=True, slots=True)
class Latency:
    """Handlers take longer."""

    kind: str = parameter(
        "fixed", choices=("fixed", "normal", "heavy_tail"), help="how the added time is spread"
    )
    mean_s: float = parameter(0.5, unit="s", minimum=0.001, maximum=30.0, help="mean added time")
    deviation_s: float = parameter(0.1, unit="s", minimum=0.0, maximum=10.0, help="for normal")


@dataclass(frozen=True, slots=True)
class Errors:
    """A share of the requests is answered with an error."""

    ratio: float = parameter(0.5, minimum=0.01, maximum=1.0, help="share of the requests")
    status: int = parameter(500, minimum=500, maximum=599, help="HTTP status")


@dataclass(frozen=True, slots=True)
class FirstErrors:
    """The first requests fail, then all is well: a transient fault."""

    count: int = parameter(5, minimum=1, maximum=10_000, help="how many")


@dataclass(frozen=True, slots=True)
class Stuck:
    """Workers that never come back."""

    workers: int = parameter(4, minimum=1, maximum=1000, help="slots taken for good")


@dataclass(frozen=True, slots=True)
class Poison:
    """Some requests kill whoever handles them."""

    every: int = parameter(50, minimum=1, maximum=10_000, help="one request of so many is poison")


@dataclass(frozen=True, slots=True)
class Leak:
    """Slots that are not given back."""

    ratio: float = parameter(0.05, minimum=0.001, maximum=1.0, help="share of the requests")


@dataclass(frozen=True, slots=True)
class BadDeploy:
    """A new version with a defect."""

    ratio: float = parameter(0.3, minimum=0.0, maximum=1.0, help="share of requests that fail")
    delay_s: float = parameter(0.1, unit="s", minimum=0.0, maximum=10.0, help="slower by this")


@dataclass(frozen=True, slots=True)
class Toxic:
    """What every link fault has."""

    stream: str = parameter(
        "downstream",
        choices=("upstream", "downstream"),
        help="upstream: requests; downstream: answers",
    )
    toxicity_ratio: float = parameter(1.0, minimum=0.0, maximum=1.0, help="share of connections")


@dataclass(frozen=True, slots=True)
class ToxicLatency(Toxic):
    """Toxiproxy's latency."""

    latency_ms: int = parameter(200, unit="ms", minimum=0, maximum=60_000, help="added delay")
    jitter_ms: int = parameter(0, unit="ms", minimum=0, maximum=60_000, help="plus or minus")


@dataclass(frozen=True, slots=True)
class Bandwidth(Toxic):
    """Toxiproxy's bandwidth."""

    rate_kb_per_s: int = parameter(1, unit="kB/s", minimum=0, maximum=1_000_000, help="0 stalls")


@dataclass(frozen=True, slots=True)
class BlackHole(Toxic):
    """Toxiproxy's timeout: what is sent vanishes."""

    timeout_ms: int = parameter(0, unit="ms", minimum=0, maximum=600_000, help="0 never closes")


@dataclass(frozen=True, slots=True)
class ResetPeer(Toxic):
    """Toxiproxy's reset_peer."""

    timeout_ms: int = parameter(0, unit="ms", minimum=0, maximum=600_000, help="wait before RST")


@dataclass(frozen=True, slots=True)
class SlowClose(Toxic):
    """Toxiproxy's slow_close."""

    delay_ms: int = parameter(1000, unit="ms", minimum=0, maximum=600_000, help="delay of the FIN")


@dataclass(frozen=True, slots=True)
class Slicer(Toxic):
    """Toxiproxy's slicer."""

    average_bytes: int = parameter(16, unit="bytes", minimum=1, maximum=1_000_000, help="per slice")
    variation_bytes: int = parameter(0, unit="bytes", minimum=0, maximum=1_000_000, help="± this")
    delay_us: int = parameter(1000, unit="µs", minimum=0, maximum=10_000_000, help="between slices")


@dataclass(frozen=True, slots=True)
class LimitData(Toxic):
    """Toxiproxy's limit_data."""

    bytes: int = parameter(1000, unit="bytes", minimum=0, maximum=10**9, help="then it closes")


@dataclass(frozen=True, slots=True)
class Partition:
    """No byte passes between two zones or two services."""

    direction: str = parameter(
        "both", choices=("both", "forward", "backward"), help="forward: from the first named"
    )


@dataclass(frozen=True, slots=True)
class SlowZone(ToxicLatency):
    """Latency on every link into and out of a zone."""


@dataclass(frozen=True, slots=True)
class Spike:
    """More users at once."""

    factor: float = parameter(3.0, minimum=0.0, maximum=20.0, help="times the rate")


@dataclass(frozen=True, slots=True)
class Ramp:
    """More and more users."""

    factor: float = parameter(3.0, minimum=0.0, maximum=20.0, help="times the rate in the end")
    over_s: float = parameter(20.0, unit="s", minimum=1.0, maximum=600.0, help="time to get there")


@dataclass(frozen=True, slots=True)
class Stampede:
    """All those who waited come back at once."""

    factor: float = parameter(8.0, minimum=1.0, maximum=20.0, help="times the rate at first")
    over_s: float = parameter(10.0, unit="s", minimum=0.5, maximum=600.0, help="a third is left")


@dataclass(frozen=True, slots=True)
class Impatient:
    """Users who reload the page when nothing comes."""

    after_s: float = parameter(1.0, unit="s", minimum=0.05, maximum=60.0, help="wait before it")
    times: int = parameter(3, minimum=1, maximum=20, help="reloads at most")


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault. ``momentary``: done once it has happened, unless it has a duration."""

    kind: str
    title: str
    verb: str
    layer: str
    targets: tuple[str, ...]
    settings: type[Any]
    help: str
    momentary: bool = False


def _by_kind(*kinds: FaultKind) -> Mapping[str, FaultKind]:
    return MappingProxyType({kind.kind: kind for kind in kinds})


FAULTS = _by_kind(
    FaultKind("crash", "Crash", "Crash", "process", PROCESS, Nothing,
              "Kill the process at once (SIGKILL). It says goodbye to nobody; callers are refused "
              "until it is started again.", momentary=True),
    FaultKind("terminate", "Terminate", "Terminate", "process", PROCESS, Terminate,
              "Ask the process to end (SIGTERM), as a deployment does.", momentary=True),
    FaultKind("hang", "Freeze", "Freeze", "process", PROCESS, Nothing,
              "Stop the process without ending it (SIGSTOP). Its port still accepts connections, "
              "so callers wait: a hang is worse than a crash."),
    FaultKind("pauses", "Pauses", "Pause now and then", "process", PROCESS, Pauses,
              "Stop and continue the process again and again, as a garbage collector does."),
    FaultKind("slow_start", "Slow start", "Slow the start", "process", PROCESS, SlowStart,
              "Each start of the process takes this long before it serves."),
    FaultKind("hog", "Processor hog", "Hog the processor", "process", PROCESS, Hog,
              "A runaway loop in the process leaves little time for requests."),
    FaultKind("latency", "Slow", "Slow down", "service", PROCESS, Latency,
              "Handlers take longer, and hold their worker while they do."),
    FaultKind("errors", "Errors", "Make it fail", "service", PROCESS, Errors,
              "A share of the requests is answered with an error, quickly."),
    FaultKind("first_errors", "First errors", "Fail the first", "service", PROCESS, FirstErrors,
              "The next requests fail, then all is well: what a retry is for."),
    FaultKind("stuck", "Stuck workers", "Stick workers", "service", PROCESS, Stuck,
              "Some workers never come back, so the capacity shrinks."),
    FaultKind("poison", "Poison request", "Send poison", "service", PROCESS, Poison,
              "Some requests crash the process that handles them. A retry carries the same poison "
              "to the next instance."),
    FaultKind("leak", "Leaking pool", "Leak workers", "service", PROCESS, Leak,
              "Now and then a worker is not given back, so the capacity shrinks until a restart."),
    FaultKind("bad_deploy", "Bad deploy", "Deploy a bad version", "service", PROCESS, BadDeploy,
              "Instance after instance is restarted with a version that fails and is slow. Healing "
              "rolls it back."),
    FaultKind("toxic_latency", "Link latency", "Slow down", "link", LINK, ToxicLatency,
              "Every byte arrives later."),
    FaultKind("bandwidth", "Bandwidth", "Throttle", "link", LINK, Bandwidth,
              "Bytes trickle: 1 kB is 1,000 bytes, for each connection."),
    FaultKind("black_hole", "Black hole", "Swallow data", "link", LINK, BlackHole,
              "What is sent vanishes, and nobody is told."),
    FaultKind("reset_peer", "Reset", "Reset connections", "link", LINK, ResetPeer,
              "Connections end with a reset (RST) after their first byte."),
    FaultKind("slow_close", "Slow close", "Delay the close", "link", LINK, SlowClose,
              "Only the end of a connection (FIN) comes late."),
    FaultKind("slicer", "Slicer", "Slice data", "link", LINK, Slicer,
              "Data arrives in small slices with pauses between them."),
    FaultKind("limit_data", "Data limit", "Limit data", "link", LINK, LimitData,
              "Each connection is closed after this many bytes."),
    FaultKind("down", "Down", "Cut", "link", LINK, Nothing,
              "The link is cut: open connections end, new ones are refused."),
    FaultKind("partition", "Partition", "Partition", "network", ("pair",), Partition,
              "A wall between two zones or two services: no byte passes, and nobody is told."),
    FaultKind("lost_name", "Lost name", "Lose the name", "network", ("dependency",), Nothing,
              "Callers cannot look the service up any more. It is well, and nobody finds it."),
    FaultKind("slow_zone", "Slow zone", "Slow the zone", "zone", ("zone",), SlowZone,
              "Every byte into and out of the zone arrives later."),
    FaultKind("lose_zone", "Lost zone", "Lose the zone", "zone", ("zone",), Nothing,
              "Every process of the zone dies and none can start there until it is back."),
    FaultKind("spike", "Spike", "Spike", "users", ("users",), Spike,
              "The users come at a multiple of their rate, at once."),
    FaultKind("ramp", "Ramp", "Ramp up", "users", ("users",), Ramp,
              "The users grow to a multiple of their rate over a while."),
    FaultKind("stampede", "Stampede", "Send them all back", "users", ("users",), Stampede,
              "All who waited come back at once, as after an outage, and then fewer and fewer."),
    FaultKind("impatient", "Impatient users", "Make them reload", "users", ("users",), Impatient,
              "Users who get no answer soon reload: more requests, just when they hurt most."),
)  # fmt: skip
