"""What a worker is told at its start: plain data that crosses the control line."""

from typing import Any

import msgspec

Plain = dict[str, Any]


class WorkSpec(msgspec.Struct):
    """How long one request occupies a worker slot, in seconds."""

    kind: str
    mean_s: float
    deviation_s: float = 0.0


class CallSpec(msgspec.Struct):
    """One call that a route makes over a dependency."""

    dependency: str
    route: str
    method: str = "GET"
    idempotent: bool = True
    optional: bool = False


class RouteSpec(msgspec.Struct):
    """The work of a route, then its steps: each is a group of calls made in parallel.

    ``extra`` is more work for optional content, left out in a brownout like optional calls.
    """

    work: WorkSpec
    steps: list[list[CallSpec]] = []
    extra: WorkSpec | None = None


class ServiceSpec(msgspec.Struct):
    """The behaviour of one service. ``queue`` is the bound on waiting requests, None for none.

    ``guards`` are the settings of the patterns that guard it, by name.
    """

    name: str
    capacity: int
    queue: int | None
    routes: dict[str, RouteSpec]
    guards: dict[str, Plain] = {}
    is_deep: bool = False
    """Whether its health is that of its dependencies too."""


class DependencySpec(msgspec.Struct):
    """One dependency of this worker: its chain, and each callee instance with its link's port.

    ``near`` are the instances in the worker's own zone.
    """

    name: str
    callee: str
    chain: list[Plain]
    health: Plain
    instances: dict[str, int]
    near: list[str] = []


class MixSpec(msgspec.Struct):
    """A share of the users' requests."""

    route: str
    share: float
    method: str = "GET"
    priority: str = "default"
    idempotent: bool = True


class UsersSpec(msgspec.Struct):
    """The open loop: Poisson arrivals at ``rate_per_s``, each given up after ``patience_s``."""

    rate_per_s: float
    patience_s: float
    max_in_flight: int
    mix: list[MixSpec]


class LinkSpec(msgspec.Struct):
    """A directed link: the proxy listens on ``port`` and connects to ``upstream_port``."""

    name: str
    port: int
    upstream_port: int
    upstream_up: bool = False
    enabled: bool = True
    toxics: list[Plain] = []


class FaultSpec(msgspec.Struct):
    """A fault that the worker itself must act out."""

    id: str
    kind: str
    params: Plain
    target: str = ""


class WorkerSpec(msgspec.Struct):
    """One worker process. Which of ``service``, ``users`` and ``links`` is set says its role.

    ``birth`` counts the processes that have played it since the lab's start or reset, from 1: each
    has chance of its own.
    """

    name: str
    seed: int
    birth: int = 1
    port: int = 0
    start_s: float = 0.0
    service: ServiceSpec | None = None
    users: UsersSpec | None = None
    links: list[LinkSpec] | None = None
    dependencies: list[DependencySpec] = []
    faults: list[FaultSpec] = []
