"""Finds what a fault's target names: processes, links, zones."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.cluster.processes.units import Unit
from lab.cluster.scenarios.faults import FaultKind
from lab.cluster.scenarios.topology import USERS, Link
from lab.cluster.scenarios.wanted import NETWORK, Wanted
from lab.cluster.steering.commands import CommandError, unknown


@dataclass(slots=True)
class Aim:
    """What a fault hits. ``links`` are names; ``walls`` are (link, stream) of a partition."""

    target: str
    units: list[Unit] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)
    walls: list[tuple[str, str]] = field(default_factory=list)


class Range:
    """Everything in one lab that can be aimed at."""

    def __init__(self, wanted: Wanted, units: Mapping[str, Unit], links: list[Link]) -> None:
        self._wanted = wanted
        self._units = units
        self._links = links

    def aim(self, kind: FaultKind, target: str, direction: str = "both") -> Aim:
        """Return what ``target`` means for this kind. Raises CommandError naming what exists."""
        target = target.replace("->", "→").strip()
        if "pair" in kind.targets:
            return self._pair(target, direction)
        if kind.targets == ("users",):
            if target != USERS:
                raise CommandError("bad_target", "this fault aims at the users", "target", USERS)
            return Aim(target, [self._units[USERS]])
        if kind.targets == ("zone",) or (target in self._wanted.scenario.zones):
            return self._zone(kind, target)
        if kind.targets == ("dependency",):
            return self._callers_of(target)
        return self._links_of(target) if "link" in kind.targets else self._processes(target)

    def _processes(self, target: str) -> Aim:
        if target in self._units and target not in (USERS, NETWORK):
            return Aim(target, [self._units[target]])
        units = [unit for unit in self._units.values() if unit.service == target]
        if target in self._wanted.services and units:
            return Aim(target, units)
        known = [name for name in self._units if name not in (USERS, NETWORK)]
        raise unknown("target", target, [*known, *self._wanted.services], "target")

    def _links_of(self, target: str) -> Aim:
        links = [link.name for link in self._links if target in (link.name, link.dependency)]
        if not links:
            known = [link.name for link in self._links]
            raise unknown("target", target, [*self._wanted.dependencies, *known], "target")
        return Aim(target, links=links)

    def _callers_of(self, target: str) -> Aim:
        dependencies = self._wanted.dependencies
        if target not in dependencies:
            raise unknown("target", target, dependencies, "target")
        caller = dependencies[target].caller
        return Aim(target, [unit for unit in self._units.values() if unit.service == caller])

    def _zone(self, kind: FaultKind, target: str) -> Aim:
        if target not in self._wanted.scenario.zones:
            raise unknown("target", target, self._wanted.scenario.zones, "target")
        if "zone" not in kind.targets:
            raise CommandError(
                "bad_target", f"{kind.kind} cannot aim at a zone", "target",
                f"it aims at: {', '.join(kind.targets)}",
            )  # fmt: skip
        units = [unit for unit in self._units.values() if unit.zone == target]
        if kind.kind == "slow_zone":
            inside = {unit.name for unit in units}
            near = [link.name for link in self._links if inside & {link.caller, link.callee}]
            return Aim(target, links=near, zones=[target])
        return Aim(target, units, zones=[target])

    def _pair(self, target: str, direction: str) -> Aim:
        first, bar, second = (part.strip() for part in target.partition("|"))
        places = self._places()
        for name in (first, second):
            if not bar or name not in places:
                known = [*self._wanted.scenario.zones, *self._wanted.services]
                hint = "two zones or two services, as in a|b"
                raise (
                    unknown("target", name, known, "target")
                    if bar
                    else CommandError("bad_target", "a partition needs two sides", "target", hint)
                )
        if first == second:
            raise CommandError("bad_target", "both sides are the same", "target", "name two")
        aim = Aim(f"{first}|{second}", zones=[z for z in (first, second) if z in self._zones()])
        for link in self._links:
            for here, there, blocked in ((first, second, "forward"), (second, first, "backward")):
                if places[here] >= {link.caller} and places[there] >= {link.callee}:
                    aim.walls += _walls(link.name, blocked, direction)
        aim.links = sorted({name for name, _ in aim.walls})
        if not aim.walls:
            raise CommandError("bad_target", f"no link joins {first} and {second}", "target")
        return aim

    def _places(self) -> dict[str, set[str]]:
        places: dict[str, set[str]] = {zone: set() for zone in self._zones()}
        for unit in self._units.values():
            if unit.zone is not None:
                places[unit.zone].add(unit.name)
                places.setdefault(unit.service, set()).add(unit.name)
        return places

    def _zones(self) -> list[str]:
        return list(self._wanted.scenario.zones)


def _walls(link: str, blocked: str, direction: str) -> list[tuple[str, str]]:
    """Block the streams of one link. ``blocked`` is the direction of the link's requests."""
    back = "backward" if blocked == "forward" else "forward"
    walls = []
    if direction in ("both", blocked):
        walls.append((link, "upstream"))
    if direction in ("both", back):
        walls.append((link, "downstream"))
    return walls
