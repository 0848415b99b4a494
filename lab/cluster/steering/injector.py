"""Begins and ends faults. Each is acknowledged by what obeyed it, and ended cleanly.

Process faults are signals that the kernel confirms, service and user faults are orders that the
worker confirms, link faults are toxics that the network worker confirms.
"""

import asyncio
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lab.cluster.processes.supervisor import NotObeyed
from lab.cluster.processes.units import Unit
from lab.cluster.scenarios.faults import FAULTS, FaultKind
from lab.cluster.sight.journal import Journal
from lab.cluster.steering.act import Act, Stage
from lab.cluster.steering.acts import act_for
from lab.cluster.steering.aim import Aim, Range
from lab.cluster.steering.commands import CommandError, unknown
from lab.cluster.workers.misbehaviour import KINDS
from lab.cluster.workers.users import KINDS as USERS_KINDS
from lab.patterns.parameters import ParameterError, parse, plain

Plain = dict[str, Any]

MAX_FAULTS = 50
ACTED_BY_WORKERS = (*KINDS, *USERS_KINDS, "hog", "lost_name")


@dataclass(slots=True)
class Fault:
    """One fault, from its order to its end. Times are on the lab's clock, in seconds."""

    id: str
    kind: FaultKind
    aim: Aim
    settings: Any
    duration_s: float | None
    act: Act
    starts_t: float | None = None
    started_t: float | None = None
    ends_t: float | None = None
    event_id: int | None = None
    acknowledged_by: list[str] = field(default_factory=list)
    task: "asyncio.Task[None] | None" = None
    ending: bool = False
    over: bool = False

    @property
    def momentary(self) -> bool:
        """Whether it is over once it has happened."""
        return self.kind.momentary and self.duration_s is None

    def _state(self) -> str:
        if self.started_t is None:
            return "scheduled"
        return "over" if self.over else "active"

    def plain(self) -> Plain:
        """Return it as the page and the API see it."""
        return {
            "id": self.id,
            "kind": self.kind.kind,
            "title": self.kind.title,
            "target": self.aim.target,
            "params": plain(self.settings),
            "state": self._state(),
            "starts_t": self.starts_t,
            "started_t": self.started_t,
            "ends_t": self.ends_t,
            "instances": [unit.name for unit in self.aim.units],
            "links": list(self.aim.links),
            "zones": list(self.aim.zones),
            "acknowledged_by": self.acknowledged_by,
        }


class Injector:
    """All faults of one lab that are scheduled or active."""

    def __init__(
        self,
        stage: Stage,
        journal: Journal,
        targets: Callable[[], Range],
        changed: Callable[[], None],
    ) -> None:
        self.faults: dict[str, Fault] = {}
        self._stage = stage
        self._journal = journal
        self._targets = targets
        self._changed = changed
        self._ids = itertools.count(1)

    async def inject(
        self,
        kind: str,
        target: str,
        params: Mapping[str, object],
        after_s: float = 0.0,
        duration_s: float | None = None,
    ) -> Fault:
        """Begin a fault, or schedule it. Raises CommandError, and then nothing is broken."""
        fault = self._make(kind, target, params, duration_s)
        if after_s > 0.0:
            fault.starts_t = round(self._journal.t() + after_s, 3)
            self.faults[fault.id] = fault
            fault.task = self._stage.group.create_task(self._later(fault, after_s))
            self._changed()
            return fault
        await self._begin(fault)
        if duration_s is not None:
            fault.task = self._stage.group.create_task(self._until(fault, duration_s))
        return fault

    async def heal(self, fault_id: str) -> Fault:
        """End a fault. Healing one that is over already is an error that says so."""
        fault = self.faults.get(fault_id)
        if fault is None:
            raise unknown("fault", fault_id, self.faults, "fault")
        if fault.task is not None:
            fault.task.cancel()
        await self._end(fault, "healed")
        return fault

    async def clear(self) -> None:
        """End all faults at once."""
        async with asyncio.TaskGroup() as group:
            for fault in list(self.faults.values()):
                if fault.task is not None:
                    fault.task.cancel()
                group.create_task(self._end(fault, "reset"))

    def ended_with(self, unit: Unit) -> None:
        """A process is gone: a hang of it is over, for its successor is not stopped."""
        for fault in list(self.faults.values()):
            if fault.kind.kind == "hang" and fault.started_t is not None:
                fault.aim.units = [other for other in fault.aim.units if other is not unit]
                if not fault.aim.units:
                    self._over(fault, "over: the process is gone")

    def acted_by(self, unit: Unit) -> list[Fault]:
        """Return the active faults that a new process of this unit must act out itself."""
        return [
            fault
            for fault in self.faults.values()
            if fault.started_t is not None
            and not fault.ending
            and unit in fault.aim.units
            and fault.kind.kind in ACTED_BY_WORKERS
        ]

    def _make(
        self, kind: str, target: str, params: Mapping[str, object], duration_s: float | None
    ) -> Fault:
        if kind not in FAULTS:
            raise unknown("kind", kind, FAULTS, "kind")
        if len(self.faults) >= MAX_FAULTS:
            raise CommandError("too_many", f"{MAX_FAULTS} faults are active", "", "heal some")
        try:
            settings = parse(FAULTS[kind].settings, params)
        except ParameterError as error:
            field = f"params.{error.field}"
            raise CommandError("invalid", error.message, field, error.hint) from error
        direction = getattr(settings, "direction", "both")
        aim = self._targets().aim(FAULTS[kind], target, direction)
        fault_id = f"f{next(self._ids)}"
        act = act_for(self._stage, fault_id, kind, aim, settings, duration_s is not None)
        return Fault(fault_id, FAULTS[kind], aim, settings, duration_s, act)

    async def _begin(self, fault: Fault) -> None:
        kind, target = fault.kind, fault.aim.target
        subjects = [unit.name for unit in fault.aim.units] + fault.aim.zones + [target]
        subjects += sorted({unit.service for unit in fault.aim.units})
        event = self._journal.add(
            "fault_on",
            target,
            f"{kind.title.lower()} {target}",
            detail={"fault": fault.id, "kind": kind.kind, "params": plain(fault.settings)},
        )
        fault.event_id, fault.started_t = event["id"], event["t"]
        if fault.duration_s is not None:
            fault.ends_t = round(event["t"] + fault.duration_s, 3)
        self._journal.touches(event, subjects)
        self.faults[fault.id] = fault
        try:
            fault.acknowledged_by = await fault.act.begin()
        except NotObeyed as error:
            self._over(fault, f"failed: {error}", "fault_failed")
            raise CommandError(
                "not_obeyed", str(error), "target", "heal or restart it first"
            ) from error
        if fault.momentary:
            fault.over = True
            del self.faults[fault.id]
        self._changed()

    async def _end(self, fault: Fault, how: str) -> None:
        fault.ending = True  # a process that starts from now on does not act it out
        if fault.started_t is not None:
            await fault.act.end()
        self._over(fault, how)

    def _over(self, fault: Fault, how: str, kind: str = "fault_off") -> None:
        if self.faults.pop(fault.id, None) is None:
            return
        fault.over = True
        self._journal.add(
            kind,
            fault.aim.target,
            f"{fault.kind.title.lower()} {fault.aim.target}: {how}",
            detail={"fault": fault.id, "kind": fault.kind.kind},
        )
        if fault.event_id is not None:
            self._journal.over(fault.event_id)
        self._changed()

    async def _later(self, fault: Fault, after_s: float) -> None:
        await asyncio.sleep(after_s)
        try:
            await self._begin(fault)
        except CommandError:
            return  # the journal has told it
        if fault.duration_s is not None:
            await self._until(fault, fault.duration_s)

    async def _until(self, fault: Fault, duration_s: float) -> None:
        await asyncio.sleep(duration_s)
        await self._end(fault, "its time is over")
