"""Who stands where and who calls whom, derived from the services of a scenario."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lab.cluster.scenarios.authored import Call, DependencyChain, Route, Service, Users
from lab.patterns.chain import Layer, parse_chain

USERS = "users"


@dataclass(frozen=True, slots=True)
class Instance:
    """One process of a service, such as ``gateway-1``, and its zone."""

    name: str
    service: str
    zone: str


@dataclass(frozen=True, slots=True)
class Dependency:
    """A caller (a service or the users) that calls a callee, through a chain.

    It is required when any of its calls is.
    """

    name: str
    caller: str
    callee: str
    required: bool
    chain: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A directed connection between two instances, such as ``gateway-1→catalog-1``."""

    name: str
    dependency: str
    caller: str
    callee: str


def instances_of(services: Mapping[str, Service], zones: tuple[str, ...]) -> list[Instance]:
    """Place the replicas of each service in its zones, one after the other."""
    return [
        Instance(f"{name}-{number + 1}", name, places[number % len(places)])
        for name, service in services.items()
        for places in (service.zones or zones,)
        for number in range(service.replicas)
    ]


def calls_of(service: Service) -> Iterator[Call]:
    """Yield every call that any route of the service makes."""
    for route in service.routes.values():
        yield from calls_of_route(route)


def calls_of_route(route: Route) -> Iterator[Call]:
    """Yield every call of one route, in its order."""
    for step in route.steps():
        yield from step


def dependencies_of(
    services: Mapping[str, Service], users: Users, chains: Mapping[str, DependencyChain]
) -> list[Dependency]:
    """Return one dependency for the users' entry and for each pair that occurs in calls."""
    required: dict[tuple[str, str], bool] = {}
    for caller, service in services.items():
        for call in calls_of(service):
            pair = (caller, call.to)
            required[pair] = required.get(pair, False) or not call.optional
    found = [Dependency(f"{USERS}:{users.entry}", USERS, users.entry, True, users.chain)]
    for (caller, callee), needed in required.items():
        name = f"{caller}:{callee}"
        chain = chains[name].chain if name in chains else parse_chain([])
        found.append(Dependency(name, caller, callee, needed, chain))
    return found


def links_of(instances: Iterable[Instance], dependencies: Iterable[Dependency]) -> list[Link]:
    """Join every instance of a caller with every instance of its callee."""
    names: dict[str, list[str]] = {USERS: [USERS]}
    for instance in instances:
        names.setdefault(instance.service, []).append(instance.name)
    return [
        Link(f"{caller}→{callee}", dependency.name, caller, callee)
        for dependency in dependencies
        for caller in names.get(dependency.caller, ())
        for callee in names.get(dependency.callee, ())
    ]
