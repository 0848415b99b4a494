"""A link in virtual time: the live one, but for how connections are accepted and made."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lab.cluster.links.link import Link, Listener
from lab.cluster.links.link_connection import LinkConnection, Side
from lab.cluster.virtual.plug import End, Plug

if TYPE_CHECKING:
    from lab.cluster.virtual.process import VirtualProcess


class VirtualLink(Link):
    """Listens on a port of the virtual machine, for the network's process."""

    def __init__(
        self,
        process: "VirtualProcess",
        port: int,
        upstream_port: int,
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        super().__init__(port, upstream_port, clock, chance)
        self._process = process

    def accept(self, end: End) -> None:
        """Accept a caller's connection, as the kernel does even for a stopped process."""
        connection = LinkConnection(self, self._process.loop)
        plug = Plug(self._process, connection.client, end)
        self._process.loop.call_soon(
            connection.client.connection_made, plug, context=self._process.context
        )

    async def dial(self, server: Side) -> None:
        """Connect to the upstream. Raises OSError when nobody listens there."""
        listener = self._process.machine.listeners.get(self.upstream_port)
        end = None if listener is None else listener.accept()
        if end is None:
            raise ConnectionRefusedError
        caller = server.connection.client.transport
        if isinstance(caller, Plug):
            end.peer, caller.end.peer = caller.end, end
        server.connection_made(Plug(self._process, server, end))

    async def _open(self) -> Listener:
        self._process.listen(self.port, self)
        return _Listening(self._process, self.port)


class _Listening:
    def __init__(self, process: "VirtualProcess", port: int) -> None:
        self._process = process
        self._port = port

    def close(self) -> None:
        self._process.unlisten(self._port)
