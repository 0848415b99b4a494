"""The parts of a scenario as people write them; the published schema is made from these."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    StringConstraints,
    Tag,
    WithJsonSchema,
    WrapSerializer,
)
from pydantic.config import JsonDict

from lab.cluster.scenarios.authored_patterns import Chain, Guards, Health, Restart
from lab.cluster.scenarios.faults import FAULTS
from lab.cluster.scenarios.limits import LIVE, VIRTUAL
from lab.patterns.chain import parse_chain
from lab.patterns.guards import parse_guards
from lab.patterns.health import HealthSettings
from lab.patterns.supervision import SupervisionSettings

NAME_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
ROUTE_PATTERN = r"^/[A-Za-z0-9._~/-]*$"
PAIR_PATTERN = r"^[a-z0-9-]+:[a-z0-9-]+$"

MAX_S = 3600.0
MAX_RATE_PER_S = 1000.0
MAX_CALLS = 30

ALIVE: JsonDict = {"maximum": LIVE.replicas}
"""The schema for editors knows of live labs only; what a body takes is checked by its limits."""

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=40)]
RoutePath = Annotated[str, StringConstraints(pattern=ROUTE_PATTERN, max_length=80)]
Pair = Annotated[str, StringConstraints(pattern=PAIR_PATTERN, max_length=90)]
Line = Annotated[str, StringConstraints(max_length=120)]
Prose = Annotated[str, StringConstraints(max_length=4000)]
Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict()]

Method = Literal["GET", "POST", "PUT", "DELETE"]
Priority = Literal["critical", "default", "sheddable"]
WorkKind = Literal["fixed", "exponential", "normal", "lognormal"]

K = TypeVar("K")
V = TypeVar("V")

Frozen = Annotated[
    Mapping[K, V],
    AfterValidator(MappingProxyType),
    WrapSerializer(lambda value, serialize: serialize(dict(value))),
]


class Part(BaseModel):
    """What all parts share: nothing unknown is accepted, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Work(Part):
    """How long a request occupies a worker of the instance, before it calls anybody."""

    kind: WorkKind = Field(description="how the times are spread")
    mean_s: Annotated[Number, Field(ge=0.0, le=30.0)] = Field(description="mean, in seconds")
    deviation_s: Annotated[Number, Field(ge=0.0, le=30.0)] = Field(
        0.0, description="standard deviation in seconds, for normal and lognormal"
    )


def repeatable(fields: Mapping[str, Any]) -> bool:
    """Return whether HTTP calls the method idempotent (RFC 9110, 9.2.2): all of ours but POST."""
    return fields.get("method") != "POST"


class Call(Part):
    """One call that a route makes. A required one that fails, fails the request."""

    to: Name = Field(description="the service that is called")
    route: RoutePath = Field(description="which of its routes")
    method: Method = "GET"
    optional: Flag = Field(False, description="without its answer the request is degraded only")
    idempotent: Flag = Field(
        default_factory=repeatable, description="whether doing it twice is as good as once"
    )


class Parallel(Part):
    """Calls made at the same time; the step ends with the last of them."""

    parallel: tuple[Call, ...] = Field(min_length=1, max_length=MAX_CALLS)


def _step_kind(value: object) -> str:
    grouped = isinstance(value, Parallel) or (isinstance(value, dict) and "parallel" in value)
    return "parallel" if grouped else "call"


Step = Annotated[
    Annotated[Call, Tag("call")] | Annotated[Parallel, Tag("parallel")], Discriminator(_step_kind)
]


class Route(Part):
    """What a request on this route does: work, then its calls one after the other."""

    work: Work = Field(description="such as {kind: exponential, mean_s: 0.004}")
    extra: Work | None = Field(
        None, description="more work for optional content, left out in a brownout"
    )
    calls: tuple[Step, ...] = Field((), max_length=MAX_CALLS)

    def steps(self) -> list[tuple[Call, ...]]:
        """Return the calls in groups: the groups in sequence, those of a group in parallel."""
        return [step.parallel if isinstance(step, Parallel) else (step,) for step in self.calls]


class Service(Part):
    """One service and how its instances behave."""

    title: Line = ""
    replicas: Annotated[Whole, Field(ge=1, le=VIRTUAL.replicas, json_schema_extra=ALIVE)] = 1
    zones: tuple[Name, ...] = Field(
        (), description="its instances take turns in these; none named: in all of the scenario"
    )
    capacity: Annotated[Whole, Field(ge=1, le=1000)] = Field(
        32, description="requests that an instance works on at once"
    )
    queue: Annotated[Whole, Field(ge=0, le=100_000)] | None = Field(
        64, description="requests that may wait at an instance; null for no bound"
    )
    start_s: Annotated[Number, Field(ge=0.0, le=60.0)] = Field(
        0.0, description="how long an instance takes to start"
    )
    health: Health = Field(HealthSettings(), description="how callers probe its instances")
    restart: Restart = Field(
        SupervisionSettings(), description="how its instances are started again"
    )
    guards: Guards = Field(
        default_factory=lambda: parse_guards({}), description="such as codel: {enabled: true}"
    )
    routes: Frozen[RoutePath, Route] = Field(min_length=1, description="such as /items: {work: …}")


class DependencyChain(Part):
    """The patterns of one dependency, outermost first."""

    chain: Chain = Field(default_factory=lambda: parse_chain([]))


class Mix(Part):
    """A share of the users' requests. Shares are weights: 3 and 1 are the same as 0.75 and 0.25."""

    route: RoutePath = Field(description="a route of the entry service")
    share: Annotated[Number, Field(ge=0.0, le=1000.0)] = Field(description="such as 0.7")
    priority: Priority = "default"
    method: Method = "GET"
    idempotent: Flag = Field(
        default_factory=repeatable, description="whether doing it twice is as good as once"
    )


class Users(Part):
    """The load: Poisson arrivals that neither wait for slow answers nor forgive them."""

    rate_per_s: Annotated[Number, Field(ge=0.0, le=MAX_RATE_PER_S)] = Field(
        description="such as 40"
    )
    patience_s: Annotated[Number, Field(ge=0.01, le=300.0)] = Field(
        3.0, description="the deadline of a user request"
    )
    max_in_flight: Annotated[Whole, Field(ge=1, le=5000)] = Field(
        500, description="what exceeds it is counted as dropped"
    )
    entry: Name = Field(description="the service that users call")
    mix: tuple[Mix, ...] = Field(
        min_length=1, max_length=20, description="such as [{route: /browse, share: 1}]"
    )
    chain: Chain = Field(
        default_factory=lambda: parse_chain([]), description="the chain of users:entry"
    )


class TimedFault(Part):
    """Something broken on purpose, from ``at_s`` on, for ``duration_s`` or until it is healed."""

    kind: Annotated[str, WithJsonSchema({"enum": list(FAULTS)})] = Field(
        max_length=40, description="such as hang"
    )
    target: str = Field(max_length=200, description="such as payments-1")
    at_s: Annotated[Number, Field(ge=0.0, le=MAX_S)] = 0.0
    duration_s: Annotated[Number, Field(gt=0.0, le=MAX_S)] | None = None
    params: dict[str, Any] = Field(default_factory=dict, description="see the catalogue of faults")
