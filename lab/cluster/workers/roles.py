"""The three things that a worker can be: a service instance, the users, the network."""

import asyncio
from typing import Any, Protocol

import msgspec

from lab.cluster.calls.call import Site
from lab.cluster.calls.outgoing import Outgoing
from lab.cluster.specs import FaultSpec, LinkSpec, UsersSpec, WorkerSpec
from lab.cluster.workers.ground import Ground
from lab.cluster.workers.misbehaviour import KINDS
from lab.cluster.workers.service import Service
from lab.cluster.workers.users import KINDS as USERS_KINDS
from lab.cluster.workers.users import Users
from lab.telemetry.trace import TraceHead

Plain = dict[str, Any]

HOG_PERIOD_S = 0.02
DRAIN_S = 5.0


class Role(Protocol):
    """What the worker's loop asks of any role."""

    async def begin(self, group: asyncio.TaskGroup) -> None: ...
    async def drain(self) -> None: ...
    async def obey(self, name: str, fields: Plain) -> Plain: ...
    def gauges(self) -> dict[str, float]: ...
    def patterns(self) -> dict[str, dict[str, object]]: ...
    def kept(self) -> list[TraceHead]: ...
    def bytes(self) -> dict[str, tuple[int, int]]: ...


class UnknownOrder(Exception):
    """The supervisor asked for something that this role does not do."""


class CallerRole:
    """What a service and the users share: they call others."""

    def __init__(self, spec: WorkerSpec, site: Site, addresses: dict[str, int]) -> None:
        self.spec = spec
        self.site = site
        self.outgoing = Outgoing(spec.dependencies, addresses, site)

    async def obey(self, name: str, fields: Plain) -> Plain:
        match name:
            case "chain":
                self.outgoing.rechain(fields["dependency"], fields["chain"])
            case "health":
                self.outgoing.retune_health(fields["dependency"], fields["health"])
            case "add":
                about = fields["dependency"], fields["instance"], fields["port"]
                self.outgoing.add(*about, near=fields["near"])
            case "remove":
                self.outgoing.remove(fields["dependency"], fields["instance"])
            case "fault_on":
                self.begin_fault(msgspec.convert(fields, FaultSpec))
            case "fault_off":
                self.end_fault(fields["id"])
            case _:
                raise UnknownOrder(name)
        return {}

    def begin_fault(self, fault: FaultSpec) -> None:
        """Act a fault out that hits what this worker calls."""
        if fault.kind != "lost_name":
            raise UnknownOrder(f"fault {fault.kind}")
        self.outgoing.lose(fault.id, fault.target)

    def end_fault(self, fault_id: str) -> None:
        """Stop acting it out; one that is not acted out is left alone."""
        self.outgoing.find(fault_id)

    def patterns(self) -> dict[str, dict[str, object]]:
        return self.outgoing.snapshot()

    def kept(self) -> list[TraceHead]:
        return []

    def bytes(self) -> dict[str, tuple[int, int]]:
        return {}


class ServiceRole(CallerRole):
    """A service instance behind its HTTP port."""

    def __init__(
        self, spec: WorkerSpec, site: Site, ground: Ground, addresses: dict[str, int]
    ) -> None:
        super().__init__(spec, site, addresses)
        assert spec.service is not None
        self.service = Service(spec.service, self.outgoing.callers, site)
        self.service.faults.crash = ground.crash
        self.server = ground.server(self.service.handle)
        self._ground = ground
        self._hogs: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None

    async def begin(self, group: asyncio.TaskGroup) -> None:
        self._group = self.service.group = group
        if self.spec.start_s > 0.0:
            await asyncio.sleep(self.spec.start_s)
        self.outgoing.begin(group)
        for fault in self.spec.faults:
            self.begin_fault(fault)
        await self.server.start(self.spec.port)

    async def drain(self) -> None:
        await self.server.stop(DRAIN_S)

    async def obey(self, name: str, fields: Plain) -> Plain:
        match name:
            case "resize":
                self.service.resize(fields["capacity"], fields["queue"])
                self.service.guard(fields["guards"])
                self.service.spec.is_deep = fields["is_deep"]
            case _:
                return await super().obey(name, fields)
        return {}

    def gauges(self) -> dict[str, float]:
        return self.service.gauges()

    def patterns(self) -> dict[str, dict[str, object]]:
        guards: dict[str, object] = dict(self.service.guards.snapshot(self.site.clock()))
        writes = self.service.writes.snapshot()
        if writes is not None:
            guards["writes"] = writes
        return super().patterns() | ({self.spec.name: guards} if guards else {})

    def end_fault(self, fault_id: str) -> None:
        super().end_fault(fault_id)
        self.service.faults.end(fault_id)
        hog = self._hogs.pop(fault_id, None)
        if hog is not None:
            hog.cancel()

    def begin_fault(self, fault: FaultSpec) -> None:
        if fault.kind == "hog":
            assert self._group is not None
            share = fault.params["share_ratio"]
            self._hogs[fault.id] = self._group.create_task(_hog(self._ground, share))
        elif fault.kind in KINDS:
            self.service.faults.begin(fault)
        else:
            super().begin_fault(fault)


class UsersRole(CallerRole):
    """The users' open loop."""

    def __init__(self, spec: WorkerSpec, site: Site, addresses: dict[str, int]) -> None:
        super().__init__(spec, site, addresses)
        assert spec.users is not None
        (entry,) = self.outgoing.callers.values()
        self.users = Users(spec.users, entry, site)

    async def begin(self, group: asyncio.TaskGroup) -> None:
        self.outgoing.begin(group)
        for fault in self.spec.faults:
            self.begin_fault(fault)
        group.create_task(self.users.run())

    async def drain(self) -> None:
        return

    async def obey(self, name: str, fields: Plain) -> Plain:
        match name:
            case "users":
                self.users.retune(msgspec.convert(fields, UsersSpec))
            case _:
                return await super().obey(name, fields)
        return {}

    def begin_fault(self, fault: FaultSpec) -> None:
        if fault.kind in USERS_KINDS:
            self.users.begin(fault)
        else:
            super().begin_fault(fault)

    def end_fault(self, fault_id: str) -> None:
        super().end_fault(fault_id)
        self.users.end(fault_id)

    def gauges(self) -> dict[str, float]:
        return self.users.gauges()

    def kept(self) -> list[TraceHead]:
        return self.users.keeper.take()


class NetworkRole:
    """Every link of the lab as a TCP proxy."""

    def __init__(self, spec: WorkerSpec, site: Site, ground: Ground) -> None:
        assert spec.links is not None
        self._links = spec.links
        self.network = ground.network(site.streams.chance)

    async def begin(self, group: asyncio.TaskGroup) -> None:
        for link in self._links:
            await self._add(link)

    async def drain(self) -> None:
        await self.network.close()

    async def obey(self, name: str, fields: Plain) -> Plain:
        network = self.network
        match name:
            case "upstream":
                for link in fields["links"]:
                    await network.set_upstream(link, fields["up"])
            case "enable":
                await network.set_enabled(fields["link"], fields["enabled"])
            case "toxic_on":
                return network.add_toxic(fields["link"], fields["toxic"])
            case "toxic_off":
                network.remove_toxic(fields["link"], fields["toxic"])
            case "add_link":
                await self._add(msgspec.convert(fields, LinkSpec))
            case "remove_link":
                await network.remove(fields["link"])
            case _:
                raise UnknownOrder(name)
        return {}

    def gauges(self) -> dict[str, float]:
        return {"connections": self.network.connections}

    def patterns(self) -> dict[str, dict[str, object]]:
        return {}

    def kept(self) -> list[TraceHead]:
        return []

    def bytes(self) -> dict[str, tuple[int, int]]:
        return self.network.take_bytes()

    async def _add(self, link: LinkSpec) -> None:
        await self.network.add(
            link.name, link.port, link.upstream_port, up=link.upstream_up, enabled=link.enabled
        )
        for toxic in link.toxics:
            self.network.add_toxic(link.name, toxic)


async def _hog(ground: Ground, share_ratio: float) -> None:
    """Burn the processor for a share of the time, as a runaway loop in the process would."""
    while True:
        await ground.burn(HOG_PERIOD_S * share_ratio)
        await asyncio.sleep(HOG_PERIOD_S * (1.0 - share_ratio))
