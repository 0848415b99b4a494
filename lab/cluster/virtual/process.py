"""A virtual process: a worker whose clock, sockets and end are those of a virtual machine."""

import signal
import traceback
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Protocol

from lab.cluster.processes.process import Process
from lab.cluster.processes.wire import FromWorker, Order, Start, WireError
from lab.cluster.virtual.ground import CRASHED, VirtualGround
from lab.cluster.virtual.owner import OWNER, Owner
from lab.cluster.workers.worker import Worker

if TYPE_CHECKING:
    from lab.cluster.virtual.machine import VirtualMachine


class Socket(Protocol):
    """Something that the kernel closes when a process dies."""

    def owner_died(self, process: "VirtualProcess") -> None:
        """One of its two processes is gone."""


class VirtualProcess(Process, Owner):
    """Runs a Worker as the owner of all its callbacks; one that raises is a crash.

    Stopped, none of its callbacks run: its timers become due and its messages arrive without any
    effect until it is continued. Killed, its sockets close, its timers are dropped and its tasks
    cancelled; what they still do then reaches nobody.
    """

    def __init__(
        self,
        pid: int,
        machine: "VirtualMachine",
        on_message: Callable[[FromWorker], None],
        log: deque[str],
    ) -> None:
        super().__init__(pid)
        self.machine = machine
        self.loop = machine.loop
        self.is_dead = False
        self.context = copy_context()
        self.context.run(OWNER.set, self)
        self.sockets: dict[Socket, None] = {}
        self.log = log
        self._on_message = on_message
        self._ports: list[int] = []
        self._is_held = False
        self._worker = self.context.run(Worker, VirtualGround(self))
        self.loop.create_task(self._run(), context=self.context)

    def send(self, message: Start | Order) -> None:
        """Write to the control line; raises WireError when nobody reads it."""
        if self.is_dead:
            raise WireError("the control line is closed")
        self.loop.call_soon(self._worker.received, message, context=self.context)

    def tell(self, message: FromWorker) -> None:
        """Write to the other end of the control line."""
        if not self.is_dead:
            self.loop.call_soon(self._on_message, message, context=self.machine.context)

    def listen(self, port: int, listener: object) -> None:
        """Accept connections at ``port``. Raises OSError when somebody else does."""
        self.machine.listen(port, listener)
        self._ports.append(port)

    def unlisten(self, port: int) -> None:
        """Accept no more."""
        if port in self._ports:
            self._ports.remove(port)
            self.machine.unlisten(port)

    def take(self, number: signal.Signals) -> None:
        """Take a signal, as the kernel would deliver it."""
        match number:
            case signal.SIGKILL:
                self.die(signal.SIGKILL)
            case signal.SIGSTOP:
                if not self._is_held:
                    self.loop.hold(self)
                    self._stopped(is_held=True)
            case signal.SIGCONT:
                if self._is_held:
                    self.loop.let_go(self)
                    self._stopped(is_held=False)
            case signal.SIGTERM:
                self.loop.call_soon(self._worker.terminate, context=self.context)
            case _:
                self.loop.call_soon(self.die, 0, context=self.context)

    def die(self, status: int) -> None:
        """End with this wait status; idempotent."""
        if self.is_dead:
            return
        self.is_dead = True
        for port in [*self._ports]:
            self.unlisten(port)
        for socket in [*self.sockets]:
            socket.owner_died(self)
        self.loop.let_go(self, wholly=True)
        self.loop.drop_timers(self)
        for task in self.loop.tasks_of(self):
            task.cancel()
        self.loop.call_soon(self.told_exit, status, context=self.machine.context)

    def failed(self, error: Exception) -> None:
        """Crash; the log gets the reason."""
        if not self.is_dead:
            self.log.extend("".join(traceback.format_exception(error)).splitlines())
            self.die(CRASHED)

    def _stopped(self, *, is_held: bool) -> None:
        """The kernel's word of it comes after the answer to the signal, as in a live lab."""
        self._is_held = is_held
        word = partial(self.told_stop, stopped=is_held)
        self.loop.call_soon(word, context=self.machine.context)

    async def _run(self) -> None:
        try:
            await self._worker.run()
        except Exception as error:  # noqa: BLE001 - the edge of the process
            self.failed(error)
