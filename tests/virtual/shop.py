"""A corner shop in virtual time, watched as a live one is, with its machine open to look into."""

import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from lab.cluster import Cluster, VirtualMachine, run_virtual
from lab.cluster.links.link import Link
from tests.cluster.shops import corner
from tests.cluster.watched import Plain, Watched

LINK = "front-1→back-1"


class VirtualShop(Watched):
    """See Watched; ``machine`` is what the lab stands on."""

    def __init__(self, lab: Cluster, machine: VirtualMachine) -> None:
        super().__init__(lab)
        self.machine = machine

    def the_link(self, name: str = LINK) -> Link:
        """Return a link itself; KeyError while it does not listen."""
        found: Link = self.machine.listeners[self.link(name)["port"]]
        return found

    async def counts_of(self, name: str, seconds: float) -> list[int]:
        """Return the seven counts of a link over the next seconds."""
        return self.link_counts(name, await self.next_frames(round(seconds * 10)))

    async def no_probes(self) -> None:
        """Let nobody be taken out of a balance."""
        for service in ("front", "back", "till"):
            await self.do("set_service", service=service, health={"enabled": False})

    def told(self, kind: str, subject: str) -> list[Plain]:
        """Return the events of one kind and subject so far."""
        return [e for e in self.events if (e["kind"], e["subject"]) == (kind, subject)]


def in_a_shop(story: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Make a test of a story that takes a shop; what else it takes are the test's parameters."""

    @functools.wraps(story)
    def run(**given: Any) -> None:
        run_virtual(_told(story, given))

    shop, *others = inspect.signature(story).parameters.values()
    assert shop.name == "shop"
    run.__signature__ = inspect.Signature(others)  # type: ignore[attr-defined]
    return run


async def _told(story: Callable[..., Coroutine[Any, Any, None]], given: dict[str, Any]) -> None:
    machine = VirtualMachine()
    shop = VirtualShop(Cluster(corner(), machine), machine)
    await shop.lab.start()
    try:
        await shop.flows()
        await story(shop, **given)
    finally:
        await shop.lab.stop()
