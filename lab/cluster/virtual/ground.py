"""The ground of a worker in a virtual process: a virtual machine's clock and sockets."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from lab.cluster.links.network import Network
from lab.cluster.message import Handler
from lab.cluster.virtual.link import VirtualLink
from lab.cluster.virtual.server import VirtualServer
from lab.cluster.virtual.transport import VirtualTransport

if TYPE_CHECKING:
    from lab.cluster.virtual.process import VirtualProcess


CRASHED = 1 << 8
"""The wait status of a process that ended with exit status 1."""


class VirtualGround:
    """See Ground."""

    def __init__(self, process: "VirtualProcess") -> None:
        self.pid = process.pid
        self.clock = process.loop.time
        self._process = process
        self._burned_s = 0.0

    def cpu_s(self) -> float:
        """Only what was burned: virtual work takes no processor."""
        return self._burned_s

    async def burn(self, seconds: float) -> None:
        loop, process = self._process.loop, self._process
        loop.hold(process)
        loop.call_later(seconds, loop.let_go, process, context=process.machine.context)
        await asyncio.sleep(seconds)
        self._burned_s += seconds

    def transport(self, addresses: Mapping[str, int]) -> VirtualTransport:
        return VirtualTransport(self._process, addresses)

    def server(self, handler: Handler) -> VirtualServer:
        return VirtualServer(self._process, handler)

    def network(self, chance_for: Callable[[str], Callable[[], float]]) -> Network:
        def make_link(*about: Any) -> VirtualLink:
            return VirtualLink(self._process, *about)

        return Network(self.clock, chance_for, make_link)

    def send(self, message: Any) -> None:
        self._process.tell(message)

    def log(self, text: str) -> None:
        if not self._process.is_dead:
            self._process.log.append(f"{self.clock():.3f} {text}")

    def end(self) -> NoReturn:
        self._process.die(0)
        raise asyncio.CancelledError

    def crash(self) -> NoReturn:
        self._process.die(CRASHED)
        raise asyncio.CancelledError
