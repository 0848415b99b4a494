"""The units of one lab: made to match what is wanted, and told apart from what they do."""

from collections.abc import Iterator

from lab.cluster.processes.process import Port
from lab.cluster.processes.supervisor import Supervisor
from lab.cluster.processes.units import Unit
from lab.cluster.scenarios.topology import USERS, Link
from lab.cluster.scenarios.wanted import NETWORK, Wanted
from lab.cluster.specs import DependencySpec, FaultSpec, WorkerSpec
from lab.cluster.steering.linkboard import LinkBoard
from lab.patterns.parameters import plain
from lab.patterns.supervision import SupervisionSettings

BOOT = "boot"

ALWAYS = SupervisionSettings(base_s=0.1, cap_s=1.0, crash_limit=1000)
"""The users and the network are not what a learner studies: they always come back, at once."""


class Crew:
    """All units, their ports and their links."""

    def __init__(self, supervisor: Supervisor, wanted: Wanted, seed: int) -> None:
        self.wanted = wanted
        self.network = Unit(NETWORK, NETWORK, None, 0, ALWAYS)
        self.users = Unit(USERS, USERS, None, 0, ALWAYS)
        self.instances: dict[str, Unit] = {}
        self.links = LinkBoard(supervisor, self.network)
        self._ports: dict[str, Port] = {}
        self._supervisor = supervisor
        self._seed = seed

    def __iter__(self) -> Iterator[Unit]:
        yield from self.instances.values()
        yield self.users
        yield self.network

    def by_name(self) -> dict[str, Unit]:
        """Return all units by name."""
        return {unit.name: unit for unit in self}

    def hire(self) -> list[Unit]:
        """Make units and links that are wanted and missing; return the new service instances."""
        new = []
        for name, service, zone in self.wanted.instances():
            if name not in self.instances:
                self._ports[name] = self._supervisor.body.reserve()
                restart = self.wanted.services[service].restart
                unit = Unit(name, service, zone, self._ports[name].port, restart)
                self.instances[name] = unit
                new.append(unit)
        for link in self.missing_links():
            self.links.add(link)
        return new

    def missing_links(self) -> list[Link]:
        """Return the links that are wanted and do not exist."""
        return [link for link in self.wanted.links() if link.name not in self.links.links]

    def surplus(self) -> tuple[list[Unit], list[Link]]:
        """Return the units and links that exist and are not wanted."""
        names = {name for name, _, _ in self.wanted.instances()}
        links = {link.name for link in self.wanted.links()}
        return (
            [unit for name, unit in self.instances.items() if name not in names],
            [link for name, link in self.links.links.items() if name not in links],
        )

    def dismiss(self, unit: Unit) -> None:
        """Forget a unit that has ended, and give its port back."""
        del self.instances[unit.name]
        self._ports.pop(unit.name).release()

    def release(self) -> None:
        """Give all ports back."""
        self.links.clear()
        for port in self._ports.values():
            port.release()

    def spec_of(self, unit: Unit, faults: list[FaultSpec]) -> WorkerSpec:
        """Return what a new process of this unit is to be."""
        spec = WorkerSpec(unit.name, self._seed, unit.births, unit.port, faults=faults)
        if unit is self.network:
            spec.links = self.links.specs({name: u.port for name, u in self.instances.items()})
            return spec
        spec.dependencies = self._dependencies_of(unit)
        if unit is self.users:
            spec.users = self.wanted.users
        else:
            service = self.wanted.services[unit.service]
            spec.service = service.spec
            spec.start_s = service.start_s + sum(unit.start_delays_s.values())
        return spec

    def _dependencies_of(self, unit: Unit) -> list[DependencySpec]:
        return [
            DependencySpec(
                dependency.name,
                dependency.callee,
                self.wanted.chains[dependency.name],
                plain(self.wanted.services[dependency.callee].health),
                {
                    link.callee: self.links.ports[link.name].port
                    for link in self.links.links.values()
                    if link.caller == unit.name
                    and link.dependency == dependency.name
                    and self.instances[link.callee].is_known
                },
                [name for name, other in self.instances.items() if other.zone == unit.zone],
            )
            for dependency in self.wanted.calls_of(unit.service)
        ]
