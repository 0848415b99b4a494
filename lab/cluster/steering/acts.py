"""What the lab does to begin and to end each kind of fault."""

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lab.cluster.processes.supervisor import NotObeyed, Supervisor
from lab.cluster.processes.units import Unit, UnitState
from lab.cluster.steering.act import Act, Stage
from lab.cluster.steering.acts_on_links import link_act
from lab.cluster.steering.aim import Aim
from lab.patterns.parameters import plain

STOPPED_WITHIN_S = 1.0
DEPLOYED_WITHIN_S = 10.0


@dataclass(slots=True)
class Kill:
    """End processes by a signal; ``hold`` keeps them down until the end of the fault."""

    stage: Stage
    fault: str
    units: list[Unit]
    number: signal.Signals
    hold: bool

    async def begin(self) -> list[str]:
        if self.hold:
            for unit in self.units:
                unit.hold(self.fault)
        killed = []
        for unit in self.units:
            async with unit.birth:  # one that is being made when it is held dies as soon as it is
                running = unit.process is not None
            if running:
                with suppress(NotObeyed):  # it ended by itself meanwhile
                    await self.stage.supervisor.signal(unit, self.number)
                    killed.append(unit.name)
        if not killed and not self.hold:
            raise NotObeyed(f"{self.units[0].name} is already down")
        return [unit.name for unit in self.units] if self.hold else killed

    async def end(self) -> None:
        for unit in self.units:
            if self.fault in unit.held_by:
                unit.release(self.fault)


@dataclass(slots=True)
class Freeze:
    """SIGSTOP, until SIGCONT."""

    stage: Stage
    fault: str
    units: list[Unit]

    async def begin(self) -> list[str]:
        running = [unit for unit in self.units if unit.process is not None]
        if not running:
            raise NotObeyed(f"{self.units[0].name} is down, so it cannot hang")
        try:
            for unit in running:
                await _stop(self.stage.supervisor, unit, self.fault)
        except NotObeyed:
            await self.end()
            raise
        return [unit.name for unit in running]

    async def end(self) -> None:
        for unit in self.units:
            await _continue(self.stage.supervisor, unit, self.fault)


@dataclass(slots=True)
class Pause:
    """SIGSTOP and SIGCONT in turn."""

    stage: Stage
    fault: str
    units: list[Unit]
    every_s: float
    length_s: float
    task: "asyncio.Task[None] | None" = None

    async def begin(self) -> list[str]:
        self.task = self.stage.group.create_task(self._run())
        return [unit.name for unit in self.units]

    async def end(self) -> None:
        if self.task is not None:
            self.task.cancel()
        for unit in self.units:
            await _continue(self.stage.supervisor, unit, self.fault)

    async def _run(self) -> None:
        while True:
            for unit in self.units:
                if unit.process is not None and unit.state is UnitState.UP:
                    with suppress(NotObeyed):  # it ended meanwhile; its successor pauses next time
                        await _stop(self.stage.supervisor, unit, self.fault)
            await asyncio.sleep(self.length_s)
            for unit in self.units:
                await _continue(self.stage.supervisor, unit, self.fault)
            await asyncio.sleep(self.every_s)


@dataclass(slots=True)
class DelayStart:
    """Let every start take a while."""

    fault: str
    units: list[Unit]
    delay_s: float

    async def begin(self) -> list[str]:
        for unit in self.units:
            unit.start_delays_s[self.fault] = self.delay_s
        return [unit.name for unit in self.units]

    async def end(self) -> None:
        for unit in self.units:
            unit.start_delays_s.pop(self.fault, None)


@dataclass(slots=True)
class Misbehave:
    """Have the workers themselves act the fault out: all that are up, at once.

    One that is frozen does when it goes on, one that is down when it is started again.
    """

    stage: Stage
    fault: str
    kind: str
    units: list[Unit]
    params: dict[str, Any]
    target: str

    async def begin(self) -> list[str]:
        if len(self.units) == 1:  # its own words tell best why it does not
            await self.stage.supervisor.order(self.units[0], "fault_on", self._fields())
            return [self.units[0].name]
        obeyed = await self.stage.supervisor.have(self.units, "fault_on", self._fields())
        if not obeyed:
            await self.end()
            raise NotObeyed("none of its instances is up")
        return obeyed

    async def end(self) -> None:
        await self.stage.supervisor.have(self.units, "fault_off", {"id": self.fault})

    def _fields(self) -> dict[str, Any]:
        about = {"id": self.fault, "kind": self.kind, "params": self.params}
        return about | {"target": self.target}


@dataclass(slots=True)
class Deploy:
    """Restart one instance after the other: each starts as the fault's version (see acted_by)."""

    stage: Stage
    units: list[Unit]
    task: "asyncio.Task[None] | None" = None

    async def begin(self) -> list[str]:
        self.task = self.stage.group.create_task(self._roll())
        return [unit.name for unit in self.units]

    async def end(self) -> None:
        """Roll back: all at once, since every second of the bad version hurts."""
        if self.task is not None:
            self.task.cancel()
        for unit in self.units:
            unit.start_now()
            await self.stage.supervisor.kill(unit)

    async def _roll(self) -> None:
        for unit in self.units:
            with suppress(NotObeyed, TimeoutError):
                async with asyncio.timeout(DEPLOYED_WITHIN_S):
                    await self._replace(unit)

    async def _replace(self, unit: Unit) -> None:
        """Drain a process and wait for its successor; one that is down starts new anyway."""
        process = unit.process
        unit.start_now()
        await self.stage.supervisor.signal(unit, signal.SIGTERM)
        if process is not None:
            await process.exited
        await unit.up.wait()


def act_for(stage: Stage, fault: str, kind: str, aim: Aim, settings: Any, held: bool) -> Act:
    """Return the act of a fault. ``held``: it has an end, until which what it kills stays down."""
    if aim.links:
        return link_act(stage, fault, kind, aim, settings)
    match kind:
        case "crash":
            return Kill(stage, fault, aim.units, signal.SIGKILL, held)
        case "terminate":
            number = signal.SIGTERM if settings.drain else signal.SIGINT
            return Kill(stage, fault, aim.units, number, held)
        case "lose_zone":
            return Kill(stage, fault, aim.units, signal.SIGKILL, hold=True)
        case "hang":
            return Freeze(stage, fault, aim.units)
        case "pauses":
            return Pause(stage, fault, aim.units, settings.every_s, settings.length_s)
        case _:
            return _own_act(stage, fault, kind, aim, settings)


def _own_act(stage: Stage, fault: str, kind: str, aim: Aim, settings: Any) -> Act:
    """Return the act of a fault that the process itself shows."""
    match kind:
        case "bad_deploy":
            return Deploy(stage, aim.units)
        case "slow_start":
            return DelayStart(fault, aim.units, settings.delay_s)
        case _:
            return Misbehave(stage, fault, kind, aim.units, plain(settings), aim.target)


async def _stop(supervisor: Supervisor, unit: Unit, fault: str) -> None:
    """Stop a process and wait for the kernel's word that it is stopped."""
    process = unit.process
    unit.frozen_by.add(fault)
    await supervisor.signal(unit, signal.SIGSTOP)
    assert process is not None
    try:
        async with asyncio.timeout(STOPPED_WITHIN_S):
            await process.is_stopped.wait()
    except TimeoutError as error:
        raise NotObeyed(f"{unit.name} did not stop") from error


async def _continue(supervisor: Supervisor, unit: Unit, fault: str) -> None:
    """Continue what this fault stopped, unless another one stops it too.

    Also where no word of the stop has come yet; one that has ended meanwhile needs nothing.
    """
    if fault in unit.frozen_by:
        unit.frozen_by.discard(fault)
        if not unit.frozen_by:
            with suppress(NotObeyed):
                await supervisor.signal(unit, signal.SIGCONT)
