"""A machine whose processes live and die as a test says, for the supervisor in virtual time."""

import asyncio
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from lab.cluster.processes.process import Body, Process, SpawnError
from lab.cluster.processes.supervisor import Supervisor
from lab.cluster.processes.units import Unit, UnitState
from lab.cluster.processes.wire import Done, FromWorker, Order, Ready, Start
from lab.cluster.specs import WorkerSpec
from lab.patterns.supervision import SupervisionSettings

BORN_S = 0.01


class FakeProcess(Process):
    """Says that it is ready after ``ready_s``; obeys orders and SIGTERM unless told not to."""

    def __init__(self, pid: int, machine: "FakeSpawner", on_message: Callable[[Any], None]) -> None:
        super().__init__(pid)
        self.machine = machine
        self.on_message = on_message
        self.orders: list[Order] = []
        self.spec: WorkerSpec | None = None

    def send(self, message: Start | Order) -> None:
        loop = asyncio.get_running_loop()
        if isinstance(message, Start):
            self.spec = message.spec
            loop.call_later(self.machine.ready_s, self._tell, Ready())
        else:
            self.orders.append(message)
            if self.machine.obeys:
                loop.call_soon(self._tell, Done(message.id, result={"name": message.name}))

    def end(self, status: int) -> None:
        self.told_exit(status)

    def _tell(self, message: FromWorker) -> None:
        if not self.exited.done() and not self.is_stopped.is_set():
            self.on_message(message)


class FakeSpawner:
    """A machine on which starting a process takes 10 ms and signals take effect at once."""

    def __init__(self) -> None:
        self.processes: list[FakeProcess] = []
        self.births_s: list[float] = []
        self.signals: list[signal.Signals] = []
        self.ready_s = 0.05
        self.obeys = True
        self.terminates = True
        self.full = False
        self.clock = asyncio.get_running_loop().time

    async def spawn(
        self, name: str, on_message: Callable[[FromWorker], None], log: deque[str]
    ) -> FakeProcess:
        if self.full:
            raise SpawnError("no room on this machine")
        await asyncio.sleep(BORN_S)
        process = FakeProcess(len(self.processes) + 1, self, on_message)
        self.processes.append(process)
        self.births_s.append(asyncio.get_running_loop().time())
        return process

    async def signal(self, process: FakeProcess, number: signal.Signals) -> bool:
        await asyncio.sleep(0.001)
        if process.exited.done():
            return False
        self.signals.append(number)
        stopped = process.is_stopped.is_set()
        if number is signal.SIGKILL or (
            number is signal.SIGTERM and self.terminates and not stopped
        ):
            process.end(0 if number is signal.SIGTERM else number)
        elif number is signal.SIGSTOP:
            process.told_stop(stopped=True)
        elif number is signal.SIGCONT:
            process.told_stop(stopped=False)
        return True

    @property
    def alive(self) -> list[int]:
        return [process.pid for process in self.processes if not process.exited.done()]


class Lab:
    """One unit under a supervisor, and what the supervisor said of it."""

    def __init__(self, restart: SupervisionSettings) -> None:
        self.clock = asyncio.get_running_loop().time
        self.machine = FakeSpawner()
        self.supervisor = Supervisor(cast(Body, self.machine), self)
        self.unit = Unit("back-1", "back", "a", 4000, restart)
        self.start_s = 0.0
        self.events: list[tuple[str, str]] = []

    def spec_of(self, unit: Unit) -> WorkerSpec:
        delays_s = sum(unit.start_delays_s.values())
        return WorkerSpec(unit.name, 1, port=unit.port, start_s=self.start_s + delays_s)

    def received(self, unit: Unit, message: FromWorker) -> None:
        raise AssertionError(f"{message} was not expected")

    def changed(self, unit: Unit, kind: str) -> None:
        self.events.append((kind, unit.reason))

    @property
    def process(self) -> FakeProcess:
        return self.machine.processes[-1]

    def is_in(self, state: UnitState) -> bool:
        return self.unit.state is state

    async def crash(self) -> None:
        self.process.end(signal.SIGKILL)
        await asyncio.sleep(0)


@asynccontextmanager
async def lab(**restart: Any) -> AsyncIterator[Lab]:
    """A unit that is kept and, after a second, up."""
    one = Lab(SupervisionSettings(**restart))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(one.supervisor.keep(one.unit))
        await asyncio.sleep(1.0)
        yield one
        task.cancel()
