"""What a lab should be: the scenario as authored, plus what the learner has changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lab.cluster.scenarios.authored import Work
from lab.cluster.scenarios.scenario import Dependency, Scenario
from lab.cluster.scenarios.topology import USERS, Link
from lab.cluster.specs import CallSpec, MixSpec, RouteSpec, ServiceSpec, UsersSpec, WorkSpec
from lab.patterns.chain import plain_chain
from lab.patterns.guards import plain_guards
from lab.patterns.health import HealthSettings
from lab.patterns.supervision import SupervisionSettings

NETWORK = "network"

Plain = dict[str, Any]


@dataclass(slots=True)
class WantedService:
    """How one service should run now."""

    title: str
    zones: tuple[str, ...]
    replicas: int
    spec: ServiceSpec
    start_s: float
    health: HealthSettings
    restart: SupervisionSettings
    guards: Mapping[str, Any]


class Wanted:
    """The wanted state of one lab. A reset makes a new one from the same scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.dependencies: dict[str, Dependency] = {d.name: d for d in scenario.dependencies()}
        self.authored = {name: plain_chain(d.chain) for name, d in self.dependencies.items()}
        self.chains = dict(self.authored)
        self.services = {name: _service(scenario, name) for name in scenario.services}
        users = scenario.users
        self.users = UsersSpec(
            users.rate_per_s,
            users.patience_s,
            users.max_in_flight,
            [MixSpec(m.route, m.share, m.method, m.priority, m.idempotent) for m in users.mix],
        )

    def instances(self) -> Iterator[tuple[str, str, str]]:
        """Yield (name, service, zone) of every instance that should exist."""
        for name, service in self.services.items():
            for number in range(service.replicas):
                zone = service.zones[number % len(service.zones)]
                yield f"{name}-{number + 1}", name, zone

    def links(self) -> Iterator[Link]:
        """Yield every link: each caller instance to each callee instance of a dependency."""
        instances: dict[str, list[str]] = {USERS: [USERS]}
        for name, service, _ in self.instances():
            instances.setdefault(service, []).append(name)
        for dependency in self.dependencies.values():
            for caller in instances[dependency.caller]:
                for callee in instances[dependency.callee]:
                    yield Link(f"{caller}→{callee}", dependency.name, caller, callee)

    def calls_of(self, caller: str) -> list[Dependency]:
        """Return the dependencies of one caller service (or the users)."""
        return [d for d in self.dependencies.values() if d.caller == caller]

    def resize(self, name: str, capacity: int, queue: int | None) -> None:
        """Change capacity and queue of a service; take over its guards and its health's depth."""
        service = self.services[name]
        guards, is_deep = plain_guards(service.guards), service.health.depth == "deep"
        service.spec = ServiceSpec(name, capacity, queue, service.spec.routes, guards, is_deep)

    def copy_service(self, name: str) -> WantedService:
        """Return a copy to change, so that a refused change leaves nothing half done."""
        return replace(self.services[name])


def _service(scenario: Scenario, name: str) -> WantedService:
    service = scenario.services[name]
    routes = {
        path: RouteSpec(
            _work(route.work),
            [
                [
                    CallSpec(
                        f"{name}:{call.to}", call.route, call.method, call.idempotent, call.optional
                    )
                    for call in step
                ]
                for step in route.steps()
            ],
            None if route.extra is None else _work(route.extra),
        )
        for path, route in service.routes.items()
    }
    return WantedService(
        service.title or name,
        tuple(service.zones or scenario.zones),
        service.replicas,
        ServiceSpec(
            name,
            service.capacity,
            service.queue,
            routes,
            plain_guards(service.guards),
            service.health.depth == "deep",
        ),
        service.start_s,
        service.health,
        service.restart,
        service.guards,
    )


def _work(work: Work) -> WorkSpec:
    return WorkSpec(work.kind, work.mean_s, work.deviation_s)
