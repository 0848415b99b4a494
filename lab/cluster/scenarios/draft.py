"""What could be read of a scenario that may be wrong in places, so that all of it is checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lab.cluster.scenarios.authored import DependencyChain, Mix, Service, TimedFault, Users, Work
from lab.cluster.scenarios.positions import Path
from lab.cluster.scenarios.topology import (
    Dependency,
    Instance,
    Link,
    dependencies_of,
    instances_of,
    links_of,
)

DEFAULT_ZONES = ("a",)

K = TypeVar("K")
P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class CallAt:
    """A call as far as it can be read, and where it stands."""

    path: Path
    caller: str
    to: str
    route: str | None


@dataclass(frozen=True)
class Draft:
    """Every part of an authored file that makes sense by itself, whatever is wrong around it."""

    data: Mapping[str, Any]

    @cached_property
    def zones(self) -> list[str]:
        """The zones' names."""
        return _texts(self.data.get("zones", DEFAULT_ZONES))

    @cached_property
    def names(self) -> list[str]:
        """The services' names, also of those with a mistake inside."""
        return list(_mapping(self.data.get("services")))

    @cached_property
    def services(self) -> dict[str, Service]:
        """The services without any mistake."""
        return _parts(Service, _mapping(self.data.get("services")))

    @cached_property
    def users(self) -> Users | None:
        """The users, None with a mistake in them."""
        return _part(Users, self.data.get("users"))

    @cached_property
    def entry(self) -> str | None:
        """The service that users call."""
        entry = _mapping(self.data.get("users")).get("entry")
        return entry if isinstance(entry, str) else None

    @cached_property
    def mix(self) -> dict[int, Mix]:
        """The users' shares by their place."""
        return _parts(Mix, dict(enumerate(_list(_mapping(self.data.get("users")).get("mix")))))

    @cached_property
    def chains(self) -> list[str]:
        """The names of the dependencies that have a chain."""
        return list(_mapping(self.data.get("dependencies")))

    @cached_property
    def faults(self) -> dict[int, TimedFault]:
        """The faults by their place."""
        return _parts(TimedFault, dict(enumerate(_list(self.data.get("faults")))))

    @cached_property
    def whole(self) -> bool:
        """Whether services and users have no mistake, so that what is missing is missing indeed."""
        return len(self.services) == len(self.names) and self.users is not None

    def routes(self, service: str) -> list[str]:
        """Return the paths of a service's routes."""
        return list(_mapping(self._service(service).get("routes")))

    def places(self, service: str) -> list[str]:
        """Return the zones that a service names."""
        return _texts(self._service(service).get("zones"))

    def works(self) -> Iterator[tuple[Path, Work]]:
        """Yield the work of every route, and where it stands."""
        for name in self.names:
            for path, route in _mapping(self._service(name).get("routes")).items():
                work = _part(Work, _mapping(route).get("work"))
                if work is not None:
                    yield ("services", name, "routes", path, "work"), work

    def calls(self) -> Iterator[CallAt]:
        """Yield every call, in the order of the file."""
        for name in self.names:
            for route_path, route in _mapping(self._service(name).get("routes")).items():
                for index, step in enumerate(_list(_mapping(route).get("calls"))):
                    path: Path = ("services", name, "routes", route_path, "calls", index)
                    group = _list(_mapping(step).get("parallel"))
                    yield from _call(name, path, step)
                    for place, call in enumerate(group):
                        yield from _call(name, (*path, "parallel", place), call)

    def instances(self) -> list[Instance]:
        """Return the instances of the services without mistakes."""
        return instances_of(self.services, tuple(self.zones) or DEFAULT_ZONES)

    def dependencies(self) -> list[Dependency]:
        """Return the dependencies of the services without mistakes, all with the default chain."""
        users = self.users
        chains: Mapping[str, DependencyChain] = {}
        return [] if users is None else dependencies_of(self.services, users, chains)

    def links(self) -> list[Link]:
        """Return the links between the instances that are known."""
        return links_of(self.instances(), self.dependencies())

    def _service(self, name: str) -> Mapping[str, Any]:
        return _mapping(_mapping(self.data.get("services")).get(name))


def draft_of(data: object) -> Draft:
    """Return what can be read of ``data``, the plain content of a file."""
    return Draft(_mapping(data))


def _call(caller: str, path: Path, value: object) -> Iterator[CallAt]:
    to, route = _mapping(value).get("to"), _mapping(value).get("route")
    if isinstance(to, str):
        yield CallAt(path, caller, to, route if isinstance(route, str) else None)


def _parts(kind: type[P], values: Mapping[K, object]) -> dict[K, P]:
    parts = {key: _part(kind, value) for key, value in values.items()}
    return {key: part for key, part in parts.items() if part is not None}


def _part(kind: type[P], value: object) -> P | None:
    try:
        return kind.model_validate(value)
    except ValidationError:
        return None  # the validation of the whole tells what is wrong with it


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list | tuple) else ()
    return [each if isinstance(each, str) else "" for each in values]
