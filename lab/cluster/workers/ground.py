"""What a worker stands on: the process that it is, real or virtual."""

from collections.abc import Callable, Mapping
from typing import NoReturn, Protocol

from lab.cluster.links.network import Network
from lab.cluster.message import Handler, Transport


class Server(Protocol):
    """Serves requests on one port."""

    async def start(self, port: int) -> None:
        """Listen; OSError if the port is taken."""

    async def stop(self, drain_s: float) -> None:
        """Refuse, let requests end for ``drain_s``, cancel the rest."""


class Ground(Protocol):
    """Time, sockets, processor and end of one process, and its line to the supervisor."""

    pid: int

    def clock(self) -> float:
        """Return monotonic seconds."""

    def cpu_s(self) -> float:
        """Return the processor time that the process has used."""

    async def burn(self, seconds: float) -> None:
        """Keep the processor busy, so that nothing else of this process runs."""

    def transport(self, addresses: Mapping[str, int]) -> Transport:
        """Return what carries requests over links, each at its port."""

    def server(self, handler: Handler) -> Server:
        """Return what serves requests."""

    def network(self, chance_for: Callable[[str], Callable[[], float]]) -> Network:
        """Return what carries the links."""

    def send(self, message: object) -> None:
        """Tell the supervisor. Raises WireError when it does not read."""

    def log(self, text: str) -> None:
        """Write a line."""

    def end(self) -> NoReturn:
        """End the process at once."""

    def crash(self) -> NoReturn:
        """End the process at once, with exit status 1."""
