"""One worker process as the supervisor knows it, real or virtual."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from signal import Signals
from typing import Protocol

from lab.cluster.processes.wire import FromWorker, Order, Start
from lab.cluster.scenarios.limits import Limits


class SpawnError(Exception):
    """No process could be started; the text says why."""


class Process(ABC):
    """What became of a process is told by calling ``told_exit`` and ``told_stop``."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.is_stopped = asyncio.Event()
        self.exited: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.on_stop: Callable[[bool], None] = lambda _stopped: None
        self.on_exit: Callable[[int], None] = lambda _status: None

    @abstractmethod
    def send(self, message: Start | Order) -> None:
        """Write to the control line; raises WireError when nobody reads it."""

    def told_exit(self, status: int) -> None:
        """It has ended, with this wait status."""
        if not self.exited.done():
            self.exited.set_result(status)
            self.on_exit(status)

    def told_stop(self, stopped: bool) -> None:
        """It was stopped by a signal, or continued."""
        if stopped:
            self.is_stopped.set()
        else:
            self.is_stopped.clear()
        self.on_stop(stopped)


class Port(Protocol):
    """A port that stays a lab's own, whether or not a process serves it."""

    port: int

    def release(self) -> None:
        """Give the port back."""


class Body(Protocol):
    """What a lab's processes are made of: real ones, or virtual ones on one loop."""

    limits: Limits
    """How large a lab it carries."""

    def clock(self) -> float:
        """Return monotonic seconds, the same for all processes of the lab."""

    def reserve(self) -> Port:
        """Return a port of the lab's own. Raises OSError when there is none left."""

    async def spawn(
        self, name: str, on_message: Callable[[FromWorker], None], log: deque[str]
    ) -> Process:
        """Start a worker; what it writes is appended to ``log``. Raises SpawnError."""

    async def signal(self, process: Process, number: Signals) -> bool:
        """Send a signal; False when the process is already gone. Raises SpawnError."""
