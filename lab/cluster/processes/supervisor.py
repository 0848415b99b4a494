"""Keeps every wanted worker running: spawns, waits, restarts by policy, stops with escalation.

A crash on purpose and one by accident take the same path: the kernel reports an exit, and the
supervision pattern says when to start again.
"""

import asyncio
import itertools
from collections.abc import Iterable
from contextlib import suppress
from signal import SIGKILL, SIGTERM, Signals
from typing import Any, Protocol

from lab.cluster.processes.process import Body, Process, SpawnError
from lab.cluster.processes.units import Unit, UnitState, exit_reason
from lab.cluster.processes.wire import (
    NOBODY_WAITS,
    Done,
    FromWorker,
    Order,
    Ready,
    Start,
    WireError,
)
from lab.cluster.specs import WorkerSpec

READY_WITHIN_S = 10.0
OBEY_WITHIN_S = 1.0
TERM_WITHIN_S = 1.0
SPAWN_AGAIN_S = 1.0


class NotObeyed(Exception):
    """A worker did not do as it was told; the text says why."""


class Owner(Protocol):
    """Whose workers these are."""

    def spec_of(self, unit: Unit) -> WorkerSpec:
        """Return what the worker is to be, as wanted now."""

    def received(self, unit: Unit, message: FromWorker) -> None:
        """Take a message other than Ready and Done."""

    def changed(self, unit: Unit, kind: str) -> None:
        """The unit's state changed; ``kind`` names the event."""


class Supervisor:
    """One lab's workers. ``keep`` runs once for each unit, in the lab's task group."""

    def __init__(self, body: Body, owner: Owner) -> None:
        self.body = body
        self._clock = body.clock
        self._owner = owner
        self._ids = itertools.count(1)
        self._acks: dict[int, tuple[Unit, asyncio.Future[Done]]] = {}

    async def keep(self, unit: Unit) -> None:
        """Keep the unit running until it is retired."""
        while not unit.retired:
            await unit.may_start.wait()
            unit.hurry.clear()
            async with unit.birth:  # whoever retires or holds the unit waits for its process
                forbidden = unit.retired or unit.held_by
                process = None if forbidden else await self._spawn(unit)
            if process is not None:
                status = await self._live(unit, process)
                await self._back_off(unit, exit_reason(status))
            elif not unit.retired:
                await self._pause(unit, SPAWN_AGAIN_S)

    async def _back_off(self, unit: Unit, why: str) -> None:
        """Wait as long as the supervision pattern says; for ever when it gives up."""
        restart = unit.supervision.exited(self._clock())
        if unit.hurry.is_set() or unit.retired:
            return
        unit.restarts += 1
        if restart.wait_s is None:
            self._change(unit, UnitState.DOWN, restart.reason, "restart_given_up")
            unit.may_start.clear()
        else:
            unit.reason = f"{why}; {restart.reason}"
            await self._pause(unit, restart.wait_s)

    async def order(self, unit: Unit, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Have the worker obey, and return what it answers. Raises NotObeyed within a second."""
        if unit.process is None or unit.process.exited.done():
            raise NotObeyed(f"{unit.name} is down, so it cannot obey")
        if unit.process.is_stopped.is_set():
            raise NotObeyed(f"{unit.name} is {unit.state} and does not obey")
        order_id = next(self._ids)
        ack: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._acks[order_id] = (unit, ack)
        try:
            unit.process.send(Order(order_id, name, fields))
            async with asyncio.timeout(OBEY_WITHIN_S):
                done = await ack
        except WireError as error:
            raise NotObeyed(f"{unit.name} does not listen: {error}") from error
        except TimeoutError as error:
            raise NotObeyed(f"{unit.name} is {unit.state} and does not obey") from error
        finally:
            del self._acks[order_id]
        if done.error:
            raise NotObeyed(f"{unit.name} cannot obey: {done.error}")
        return done.result

    def tell(self, unit: Unit, name: str, fields: dict[str, Any]) -> None:
        """Send an order whose answer nobody waits for; a worker that is gone hears nothing."""
        if unit.process is None:
            return
        try:
            unit.process.send(Order(NOBODY_WAITS, name, fields))
        except WireError:
            return  # its exit is on the way, and the next start gets the whole spec

    async def have(self, units: Iterable[Unit], name: str, fields: dict[str, Any]) -> list[str]:
        """Have all units obey that can, at the same time; return who did.

        The others are told: who is frozen obeys when it goes on, who starts gets the whole spec.
        """
        async with asyncio.TaskGroup() as group:
            asked = {
                unit.name: group.create_task(self._have(unit, name, fields)) for unit in [*units]
            }
        return [each for each, task in asked.items() if task.result()]

    async def _have(self, unit: Unit, name: str, fields: dict[str, Any]) -> bool:
        if unit.state is not UnitState.UP:
            self.tell(unit, name, fields)
            return False
        try:
            await self.order(unit, name, fields)
        except NotObeyed:
            return False
        return True

    async def signal(self, unit: Unit, number: Signals) -> None:
        """Signal the process, and wait until the kernel says that it took effect."""
        process = unit.process
        if process is None or not await self._signal(process, number):
            raise NotObeyed(f"{unit.name} has no process to signal")
        if number is SIGKILL:
            await process.exited

    async def stop(self, unit: Unit) -> str:
        """End the unit for good; TERM first, KILL after a second. Returns how it ended."""
        unit.retire()
        async with unit.birth:
            process = unit.process
        if process is None:
            return "was not running"
        if unit.state is not UnitState.HUNG:
            await self._signal(process, SIGTERM)
            with suppress(TimeoutError):  # then escalate
                async with asyncio.timeout(TERM_WITHIN_S):
                    return exit_reason(await asyncio.shield(process.exited))
        await self._signal(process, SIGKILL)
        return exit_reason(await process.exited)

    async def kill(self, unit: Unit) -> None:
        """End the unit's process at once, whatever its state; ``keep`` starts it again."""
        if unit.process is not None:
            await self._signal(unit.process, SIGKILL)

    async def _signal(self, process: Process, number: Signals) -> bool:
        """Send a signal; False when the process is gone, be it with the whole fork server."""
        try:
            return await self.body.signal(process, number)
        except SpawnError:
            return False

    async def _spawn(self, unit: Unit) -> Process | None:
        try:
            process = await self.body.spawn(
                unit.name, lambda message: self._received(unit, message), unit.log
            )
        except SpawnError as error:
            self._change(unit, UnitState.DOWN, str(error), "process_exit")
            return None
        unit.process = process
        unit.ready = asyncio.get_running_loop().create_future()
        process.on_stop = lambda stopped: self._stopped(unit, stopped)
        self._change(unit, UnitState.STARTING, f"process {process.pid} starts", "process_start")
        unit.births += 1
        spec = self._owner.spec_of(unit)
        unit.start_s = spec.start_s
        with suppress(WireError):  # it died at birth: its exit is the next thing we hear
            process.send(Start(spec))
        process.on_exit = lambda status: self._exited(unit, status)
        if process.exited.done():
            self._exited(unit, process.exited.result())
        return process

    async def _live(self, unit: Unit, process: Process) -> int:
        """Wait for the process to end. One that is not ready in time is killed."""
        limit_s = READY_WITHIN_S + unit.start_s
        either: set[asyncio.Future[Any]] = {process.exited, unit.ready}
        await asyncio.wait(either, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        if not unit.ready.done():
            await self.kill(unit)
        return await process.exited

    async def _pause(self, unit: Unit, wait_s: float) -> None:
        """Wait, unless somebody wants the unit at once."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await unit.hurry.wait()

    def _received(self, unit: Unit, message: FromWorker) -> None:
        if isinstance(message, Ready):
            if not unit.ready.done():
                unit.ready.set_result(None)
            unit.supervision.started(self._clock())
            unit.last_tick_s = self._clock()
            self._change(unit, UnitState.UP, "serves", "process_up")
            if unit.process is not None and unit.process.is_stopped.is_set():
                self._stopped(unit, stopped=True)
        elif isinstance(message, Done):
            _, ack = self._acks.get(message.id, (None, None))
            if ack is not None and not ack.done():
                ack.set_result(message)
        else:
            self._owner.received(unit, message)

    def _exited(self, unit: Unit, status: int) -> None:
        """Take the kernel's word at once: whoever asks next must not find a process."""
        unit.process = None
        unit.frozen_by.clear()
        for waiting, ack in self._acks.values():
            if waiting is unit and not ack.done():
                ack.set_result(Done(0, error="it ended"))
        self._change(unit, UnitState.DOWN, exit_reason(status), "process_exit")

    def _stopped(self, unit: Unit, stopped: bool) -> None:
        if stopped:
            self._change(unit, UnitState.HUNG, "stopped by SIGSTOP", "process_stopped")
        else:
            unit.last_tick_s = self._clock()
            self._change(unit, unit.awake_as, "continued by SIGCONT", "process_continued")

    def _change(self, unit: Unit, state: UnitState, reason: str, kind: str) -> None:
        unit.change(state, reason, self._clock())
        self._owner.changed(unit, kind)
