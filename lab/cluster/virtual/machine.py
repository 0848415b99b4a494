"""A machine that exists only on a virtual loop: its processes, its ports, the cost of a hop."""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from errno import EADDRINUSE
from signal import Signals
from typing import Any

from lab.cluster.processes.process import Process
from lab.cluster.processes.wire import FromWorker
from lab.cluster.scenarios.limits import VIRTUAL
from lab.cluster.virtual.loop import VirtualLoop
from lab.cluster.virtual.process import VirtualProcess

FIRST_PID = 1001
FIRST_PORT = 20_001


@dataclass(frozen=True, slots=True)
class Costs:
    """What takes time on this machine besides the work: seconds, as measured on real ones."""

    birth_s: float = 0.02
    """From the order to start a process until it runs."""
    connect_s: float = 0.0003
    """To open a connection."""
    one_way_s: float = 0.0002
    """From one end of a link to the other."""


@dataclass(slots=True)
class VirtualPort:
    """A number that no other process of this machine is given."""

    port: int

    def release(self) -> None:
        """Nothing is held: numbers are not given twice."""


class VirtualMachine:
    """A Body for a Cluster. Make it inside a running VirtualLoop."""

    limits = VIRTUAL

    def __init__(self, costs: Costs = Costs()) -> None:
        loop = asyncio.get_running_loop()
        if not isinstance(loop, VirtualLoop):
            raise TypeError("a virtual machine lives in a VirtualLoop; see run_virtual")
        self.loop = loop
        self.clock = loop.time
        self.costs = costs
        self.context = copy_context()
        self.listeners: dict[int, Any] = {}
        self._pids = itertools.count(FIRST_PID)
        self._ports = itertools.count(FIRST_PORT)

    def reserve(self) -> VirtualPort:
        """Return a port of the lab's own."""
        return VirtualPort(next(self._ports))

    async def spawn(
        self, name: str, on_message: Callable[[FromWorker], None], log: deque[str]
    ) -> Process:
        """Start a worker; what it writes is appended to ``log``."""
        await asyncio.sleep(self.costs.birth_s)
        return VirtualProcess(next(self._pids), self, on_message, log)

    async def signal(self, process: Process, number: Signals) -> bool:
        """Send a signal; False when the process is already gone."""
        assert isinstance(process, VirtualProcess)
        if process.is_dead:
            return False
        process.take(number)
        return True

    def listen(self, port: int, listener: object) -> None:
        """Let ``listener`` accept connections at ``port``. Raises OSError when it is taken."""
        if port in self.listeners:
            raise OSError(EADDRINUSE, f"port {port} is taken")
        self.listeners[port] = listener

    def unlisten(self, port: int) -> None:
        """Let nobody accept there."""
        self.listeners.pop(port, None)
