"""What each link should be: its port, its toxics, whether it is cut, whether its callee listens."""

from typing import Any

from lab.cluster.processes.process import Port
from lab.cluster.processes.supervisor import NotObeyed, Supervisor
from lab.cluster.processes.units import Unit
from lab.cluster.scenarios.topology import Link
from lab.cluster.specs import LinkSpec

Plain = dict[str, Any]


class LinkBoard:
    """The wanted links; the network worker is told of every change and answers for it."""

    def __init__(self, supervisor: Supervisor, network: Unit) -> None:
        self.links: dict[str, Link] = {}
        self.ports: dict[str, Port] = {}
        self._toxics: dict[str, dict[str, Plain]] = {}
        self._cut_by: dict[str, set[str]] = {}
        self._up: set[str] = set()
        self._supervisor = supervisor
        self._network = network

    def add(self, link: Link) -> None:
        """Reserve a port for a new link. Raises OSError when the machine has none left."""
        self.ports[link.name] = self._supervisor.body.reserve()
        self.links[link.name] = link
        self._toxics[link.name] = {}
        self._cut_by[link.name] = set()

    def remove(self, name: str) -> None:
        """Forget a link and give its port back."""
        self.ports.pop(name).release()
        del self.links[name], self._toxics[name], self._cut_by[name]

    def clear(self) -> None:
        """Forget all links."""
        for name in list(self.links):
            self.remove(name)

    def heal(self) -> None:
        """Forget all toxics and cuts; the network worker is expected to start anew."""
        for name in self.links:
            self._toxics[name].clear()
            self._cut_by[name].clear()

    def specs(self, ports: dict[str, int]) -> list[LinkSpec]:
        """Return all links as a new network worker needs them; ``ports`` are the instances'."""
        return [
            LinkSpec(
                name, self.ports[name].port, ports[link.callee], link.callee in self._up,
                not self._cut_by[name], list(self._toxics[name].values()),
            )
            for name, link in self.links.items()
        ]  # fmt: skip

    def plain(self) -> list[Plain]:
        """Return the links as the page sees them."""
        return [
            {
                "name": name,
                "dependency": link.dependency,
                "caller": link.caller,
                "callee": link.callee,
                "port": self.ports[name].port,
                "enabled": not self._cut_by[name],
                "toxics": list(self._toxics[name].values()),
            }
            for name, link in self.links.items()
        ]

    def listens(self, instance: str, up: bool) -> None:
        """Note that a callee listens (or is gone), so that its links accept or refuse."""
        if up:
            self._up.add(instance)
        else:
            self._up.discard(instance)
        links = [name for name, link in self.links.items() if link.callee == instance]
        if links:
            self._supervisor.tell(self._network, "upstream", {"links": links, "up": up})

    async def poison(self, name: str, toxic: Plain) -> None:
        """Put a toxic on a link. Raises NotObeyed, and then it is not there."""
        self._toxics[name][toxic["name"]] = toxic
        try:
            await self._supervisor.order(self._network, "toxic_on", {"link": name, "toxic": toxic})
        except NotObeyed:
            await self.cure(name, toxic["name"])  # it may obey yet, when it goes on
            raise

    async def cure(self, name: str, toxic: str) -> None:
        """Take a toxic off a link."""
        if self._toxics.get(name, {}).pop(toxic, None) is not None:
            fields = {"link": name, "toxic": toxic}
            await self._supervisor.have([self._network], "toxic_off", fields)

    async def cut(self, name: str, fault: str) -> None:
        """Cut a link. Raises NotObeyed, and then it is not cut."""
        self._cut_by[name].add(fault)
        try:
            await self._enable(name)
        except NotObeyed:
            self._cut_by[name].discard(fault)
            raise

    async def join(self, name: str, fault: str) -> None:
        """Undo a cut, unless another fault cuts the link too."""
        if name in self._cut_by:
            self._cut_by[name].discard(fault)
            fields = {"link": name, "enabled": not self._cut_by[name]}
            await self._supervisor.have([self._network], "enable", fields)

    async def _enable(self, name: str) -> None:
        fields = {"link": name, "enabled": not self._cut_by[name]}
        await self._supervisor.order(self._network, "enable", fields)
