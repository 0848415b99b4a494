"""Obeys the commands: checks all, then changes what is wanted, then tells the workers."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from lab.cluster.processes.supervisor import Supervisor
from lab.cluster.processes.units import Unit, UnitState
from lab.cluster.scenarios.authored import TimedFault
from lab.cluster.scenarios.topology import USERS
from lab.cluster.scenarios.wanted import NETWORK, Wanted
from lab.cluster.sight import view
from lab.cluster.specs import MixSpec, UsersSpec
from lab.cluster.steering import commands as c
from lab.cluster.steering.commands import CommandError, unknown
from lab.cluster.steering.crew import BOOT
from lab.cluster.steering.injector import Injector
from lab.cluster.steering.staffing import Staffing
from lab.patterns.chain import parse_chain, plain_chain
from lab.patterns.guards import parse_guards
from lab.patterns.health import HealthSettings
from lab.patterns.parameters import ParameterError, parse, plain
from lab.patterns.supervision import Supervision, SupervisionSettings

if TYPE_CHECKING:
    from lab.cluster.cluster import Cluster

MAX_INSTANCES = 24
MAX_LINKS = 100
HINT_LIVE = "start the scenario in virtual time to set its pace"

Plain = dict[str, Any]


class Steering:
    """What each command does to a lab."""

    def __init__(
        self,
        lab: "Cluster",
        injector: Injector,
        supervisor: Supervisor,
        staffing: Staffing,
    ) -> None:
        self._lab = lab
        self._injector = injector
        self._supervisor = supervisor
        self._staffing = staffing
        self._turn = asyncio.Lock()

    async def obey(self, command: c.Command) -> Plain:
        """Obey one command. Raises CommandError, and then nothing has changed."""
        if isinstance(command, c.Look):
            if isinstance(command, c.ReadTrace) and command.trace in self._lab.traces:
                await self._lab.collect([command.trace])
            return self.look(command)
        if isinstance(command, c.Timing):
            raise CommandError("live", "a live lab runs at its own pace", "command", HINT_LIVE)
        if isinstance(command, c.Past):
            raise CommandError("not_recorded", "nothing is kept of this lab's past", "command")
        async with self._turn:
            return await self._change(command)

    def look(self, command: c.Look) -> Plain:
        """Tell what is known just now. Raises CommandError."""
        lab = self._lab
        if isinstance(command, c.ReadLog):
            return {"lines": list(self._unit(command.instance).log)}
        if isinstance(command, c.ReadTrace):
            if command.trace not in lab.traces:
                raise CommandError("unknown_trace", "no such request is kept", "trace")
            return lab.traces.one(command.trace)
        return self._tell(command.command)

    async def schedule(self, fault: TimedFault) -> None:
        """Inject a fault of the scenario, now or at its time; the journal tells if it fails."""
        try:
            await self._injector.inject(
                fault.kind, fault.target, fault.params, fault.at_s, fault.duration_s
            )
        except CommandError as error:
            text = f"{fault.kind} {fault.target}: {error.message}"
            self._lab.journal.add("fault_failed", fault.target, text)

    async def _change(self, command: c.Change) -> Plain:
        match command:
            case c.InjectFault():
                fault = await self._injector.inject(
                    command.kind,
                    command.target,
                    command.params,
                    command.after_s,
                    command.duration_s,
                )
                return fault.plain()
            case c.HealFault():
                return (await self._injector.heal(command.fault)).plain()
            case c.SetChain():
                return {"chain": await self._set_chain(command)}
            case c.SetUsers():
                return await self._set_users(command)
            case c.SetService():
                return await self._set_service(command)
            case c.Act():
                return await self._restart(command.target)
            case c.Reset():
                return await self._reset()

    def _tell(self, what: str) -> Plain:
        lab = self._lab
        match what:
            case "hello":
                return lab.hello()
            case "traces":
                return {"traces": lab.traces.list(lab.journal.t)}
            case "events":
                return {"events": lab.history.events}
            case "stats":
                return lab.totals.plain()
            case _:
                return lab.state()

    async def _set_chain(self, command: c.SetChain) -> list[Plain]:
        wanted = self._lab.crew.wanted
        dependency = wanted.dependencies.get(command.dependency)
        if dependency is None:
            raise unknown("dependency", command.dependency, wanted.dependencies, "dependency")
        try:
            chain = plain_chain(parse_chain(command.chain))
        except ParameterError as error:
            raise CommandError("invalid", error.message, error.field, error.hint) from error
        wanted.chains[dependency.name] = chain
        fields = {"dependency": dependency.name, "chain": chain}
        await self._supervisor.have(self._units_of(dependency.caller), "chain", fields)
        text = " › ".join(str(entry["pattern"]) for entry in chain if entry["enabled"])
        self._lab.journal.add("chain", dependency.name, f"chain of {dependency.name}: {text}")
        self._lab.touch()
        return chain

    async def _set_users(self, command: c.SetUsers) -> Plain:
        wanted = self._lab.crew.wanted
        now = wanted.users
        mix = now.mix if command.mix is None else self._mix(command.mix, now)
        users = UsersSpec(
            now.rate_per_s if command.rate_per_s is None else command.rate_per_s,
            now.patience_s if command.patience_s is None else command.patience_s,
            now.max_in_flight if command.max_in_flight is None else command.max_in_flight,
            mix,
        )
        wanted.users = users
        fields = msgspec.to_builtins(users)
        await self._supervisor.have([self._lab.crew.users], "users", fields)
        text = f"users: {users.rate_per_s:g} requests/s"
        self._lab.journal.add("users", USERS, text)
        self._lab.touch()
        return view.users(wanted)

    def _mix(self, shares: list[c.Share], now: UsersSpec) -> list[MixSpec]:
        known = {entry.route: entry for entry in now.mix}
        if not sum(share.share for share in shares) > 0.0:
            raise CommandError("invalid", "the shares are all zero", "mix", "give one a share")
        for share in shares:
            if share.route not in known:
                raise unknown("route", share.route, known, "mix")
        return [
            MixSpec(
                share.route, share.share, known[share.route].method, share.priority,
                known[share.route].idempotent,
            )
            for share in shares
        ]  # fmt: skip

    async def _set_service(self, command: c.SetService) -> Plain:
        wanted = self._lab.crew.wanted
        if command.service not in wanted.services:
            raise unknown("service", command.service, wanted.services, "service")
        service = wanted.copy_service(command.service)
        if command.health is not None:
            service.health = _settings(HealthSettings, service.health, command.health, "health")
        if command.restart is not None:
            service.restart = _settings(
                SupervisionSettings, service.restart, command.restart, "restart"
            )
        if command.guards is not None:
            service.guards = _guards(service.guards, command.guards)
        if command.replicas is not None:
            service.replicas = command.replicas
        before = wanted.services[command.service]
        wanted.services[command.service] = service
        try:
            self._check_size(wanted, service.replicas)
        except CommandError:
            wanted.services[command.service] = before
            raise
        spec = service.spec
        queue = command.queue if "queue" in command.model_fields_set else spec.queue
        wanted.resize(command.service, command.capacity or spec.capacity, queue)
        await self._apply(command.service)
        await self._staffing.staff()
        self._lab.journal.add("service", command.service, f"{command.service} is changed")
        self._lab.touch()
        return {"service": command.service, "replicas": service.replicas}

    def _check_size(self, wanted: Wanted, replicas: int) -> None:
        limits = self._lab.limits
        if replicas > limits.replicas:
            text, hint = "too many replicas", f"at most {limits.replicas}; got {replicas}"
            raise CommandError("invalid", text, "replicas", hint)
        instances, links = sum(1 for _ in wanted.instances()), sum(1 for _ in wanted.links())
        if instances > limits.instances:
            text = f"this lab has at most {limits.instances} instances"
            raise CommandError("too_many", text, "replicas", "take replicas from another service")
        if links > limits.links:
            text = f"this lab has at most {limits.links} links"
            raise CommandError("too_many", text, "replicas", "take replicas from another service")

    async def _apply(self, name: str) -> None:
        """Have the instances of a service, and its callers, obey what is wanted of it now."""
        service = self._lab.crew.wanted.services[name]
        instances = self._units_of(name)
        for unit in instances:
            unit.supervision.retune(service.restart)
        spec = service.spec
        fields: Plain = msgspec.to_builtins(spec)
        await self._supervisor.have(instances, "resize", fields)
        for dependency in self._lab.crew.wanted.dependencies.values():
            if dependency.callee == name:
                health: Plain = {"dependency": dependency.name, "health": plain(service.health)}
                await self._supervisor.have(self._units_of(dependency.caller), "health", health)

    def _units_of(self, service: str) -> list[Unit]:
        return [unit for unit in self._lab.crew if unit.service == service]

    async def _restart(self, target: str) -> Plain:
        crew = self._lab.crew
        units = [unit for unit in crew.instances.values() if target in (unit.name, unit.service)]
        if not units:
            known = [*crew.instances, *crew.wanted.services]
            raise unknown("target", target, known, "target")
        for unit in units:
            unit.start_now()
            await self._supervisor.kill(unit)
        return {"restarted": [unit.name for unit in units]}

    async def _reset(self) -> Plain:
        """Back to the scenario as authored, from any state: heal all, then start all anew."""
        lab = self._lab
        lab.enter("resetting")
        await self._injector.clear()
        crew = lab.crew
        crew.wanted = Wanted(lab.scenario)
        crew.links.heal()
        crew.users.hold(BOOT)
        await self._staffing.staff()
        for unit in crew:
            if unit.name not in (USERS, NETWORK):
                unit.supervision = Supervision(crew.wanted.services[unit.service].restart)
            unit.change(UnitState.DOWN, "is reset", unit.since_s)
            unit.start_now()
            unit.births = 0
            unit.hurry.set()  # also of one that is held: this end of it is no crash
            await self._supervisor.kill(unit)
            unit.restarts = 0
        await lab.booted()
        lab.journal.add("reset", lab.scenario.name, "everything is as authored again")
        for fault in lab.scenario.faults:
            await self.schedule(fault)
        return {"status": lab.status}

    def _unit(self, name: str) -> Unit:
        units = self._lab.crew.by_name()
        if name not in units:
            raise unknown("instance", name, units, "instance")
        return units[name]


def _settings(kind: Any, now: Any, changes: Plain, field: str) -> Any:
    try:
        return parse(kind, plain(now) | changes)
    except ParameterError as error:
        raise CommandError(
            "invalid", error.message, f"{field}.{error.field}", error.hint
        ) from error


def _guards(now: Mapping[str, Any], changes: Plain) -> dict[str, Any]:
    try:
        return parse_guards(changes, now)
    except ParameterError as error:
        raise CommandError("invalid", error.message, f"guards.{error.field}", error.hint) from error
