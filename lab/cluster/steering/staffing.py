"""Hires and dismisses: makes units and links what is wanted, so that no request notices.

An instance leaves its callers' balance before it drains, and its links end after it. A new one
enters their balance when it serves, not before::

    callers obey "remove" ─▶ instance drains, ends ─▶ its links end
    links listen ◀─ it serves ◀─ new instance starts          then callers are told "add"
"""

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from lab.cluster.processes.supervisor import Supervisor
from lab.cluster.processes.units import Unit
from lab.cluster.scenarios.topology import Link

if TYPE_CHECKING:
    from lab.cluster.cluster import Cluster

Plain = dict[str, Any]


class Staffing:
    """The units of one lab that come and go after its start."""

    def __init__(self, lab: "Cluster", supervisor: Supervisor, group: asyncio.TaskGroup) -> None:
        self._lab = lab
        self._supervisor = supervisor
        self._group = group

    async def staff(self) -> None:
        """Make units and links what is wanted now."""
        await self._dismiss()
        self._hire()
        self._lab.arrange()

    def introduce(self, unit: Unit) -> None:
        """An instance serves for the first time: its callers may know of it."""
        unit.is_known = True
        self._group.create_task(self._introduce(unit))

    async def _introduce(self, unit: Unit) -> None:
        crew = self._lab.crew
        links = [link for link in crew.links.links.values() if link.callee == unit.name]
        fields = {"links": [link.name for link in links], "up": True}
        await self._supervisor.have([crew.network], "upstream", fields)
        callers = crew.by_name()
        for link in links:
            if link.name in crew.links.links:
                port, caller = crew.links.ports[link.name].port, callers[link.caller]
                about = _about(link, port=port, near=caller.zone == unit.zone)
                self._supervisor.tell(caller, "add", about)

    async def _dismiss(self) -> None:
        crew = self._lab.crew
        units, links = crew.surplus()
        by_name = crew.by_name()
        async with asyncio.TaskGroup() as group:
            for link in links:
                caller = by_name[link.caller]
                group.create_task(self._supervisor.have([caller], "remove", _about(link)))
        async with asyncio.TaskGroup() as group:
            for unit in units:
                group.create_task(self._supervisor.stop(unit))
        for link in links:
            self._supervisor.tell(crew.network, "remove_link", {"link": link.name})
            crew.links.remove(link.name)
        for unit in units:
            crew.dismiss(unit)
            self._lab.ejections.forget_instance(unit.name)

    def _hire(self) -> None:
        crew = self._lab.crew
        missing = crew.missing_links()
        new = crew.hire()
        ports = {name: unit.port for name, unit in crew.instances.items()}
        specs = {spec.name: spec for spec in crew.links.specs(ports)}
        for link in missing:
            self._supervisor.tell(crew.network, "add_link", msgspec.to_builtins(specs[link.name]))
        for unit in new:
            unit.is_known = False
            self._group.create_task(self._supervisor.keep(unit))


def _about(link: Link, **more: object) -> Plain:
    return {"dependency": link.dependency, "instance": link.callee, **more}
