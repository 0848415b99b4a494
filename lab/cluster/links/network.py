"""All links of one lab."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from lab.cluster.links.link import Link
from lab.cluster.links.toxics.error import ToxicError

Clock = Callable[[], float]
Chance = Callable[[], float]


class Network:
    """Links by name, each a TCP proxy on a loopback port, after Toxiproxy's model.

    A link or toxic that does not exist, and whatever is wrong with a toxic, is a ToxicError. The
    names are those of Toxiproxy's operations, so that its control API is a thin layer over this.
    """

    def __init__(
        self,
        clock: Clock,
        chance_for: Callable[[str], Chance],
        make_link: Callable[[int, int, Clock, Chance], Link] = Link,
    ) -> None:
        """Give each link the clock (monotonic seconds) and a chance of its own, by its name."""
        self._make_link = make_link
        self._clock = clock
        self._chance_for = chance_for
        self._links: dict[str, Link] = {}
        self._taken: dict[str, tuple[int, int]] = {}

    async def add(
        self, name: str, port: int, upstream_port: int, *, up: bool = True, enabled: bool = True
    ) -> int:
        """Listen on ``port`` (0 takes a free one) for connections to ``upstream_port``.

        ``up`` and ``enabled`` are as in the two setters: with either False nobody listens yet.
        Returns the port. OSError if it is taken by somebody without SO_REUSEPORT.
        """
        if name in self._links:
            raise ToxicError("link", f"there is a link {name!r} already", code="exists")
        link = self._make_link(port, upstream_port, self._clock, self._chance_for(f"link {name}"))
        link.upstream_up, link.enabled = up, enabled
        await link.listen()
        self._links[name] = link
        return link.port

    async def remove(self, name: str) -> None:
        """Refuse connections from now on and end the open ones."""
        link = self._find(name)
        del self._links[name]
        self._taken.pop(name, None)
        await link.close()

    async def set_upstream(self, name: str, up: bool) -> None:
        """Listen only while the upstream's process is up, so that callers are really refused."""
        await self._find(name).set_upstream(up)

    async def set_enabled(self, name: str, enabled: bool) -> None:
        """Take the link down (open connections get a FIN, new ones are refused), or up again."""
        await self._find(name).enable(enabled)

    def add_toxic(self, name: str, toxic: Mapping[str, object]) -> dict[str, Any]:
        """Add ``{"type", "name"?, "stream"?, "toxicity"?, "attributes"?}``; return all of it."""
        return self._find(name).add_toxic(toxic)

    def update_toxic(self, name: str, toxic: str, changes: Mapping[str, object]) -> dict[str, Any]:
        """Merge ``{"toxicity"?, "attributes"?}`` into a toxic; return all of it."""
        return self._find(name).update_toxic(toxic, changes)

    def remove_toxic(self, name: str, toxic: str) -> None:
        """Remove a toxic; what it holds goes on its way at once."""
        self._find(name).remove_toxic(toxic)

    def toxics(self, name: str) -> list[dict[str, Any]]:
        """Return the toxics of a link."""
        return self._find(name).toxics

    async def reset(self) -> None:
        """Enable every link and remove every toxic."""
        for link in [*self._links.values()]:
            link.remove_toxics()
            await link.enable(enabled=True)

    def take_bytes(self) -> dict[str, tuple[int, int]]:
        """Return the bytes that arrived (upstream, downstream) since the last call, where any."""
        moved: dict[str, tuple[int, int]] = {}
        for name, link in self._links.items():
            now, before = link.sent_bytes, self._taken.get(name, (0, 0))
            if now != before:
                self._taken[name] = now
                moved[name] = (now[0] - before[0], now[1] - before[1])
        return moved

    @property
    def connections(self) -> int:
        """Return how many connections are open over all links."""
        return sum(len(link.connections) for link in self._links.values())

    async def close(self) -> None:
        """Remove all links."""
        for name in [*self._links]:
            await self.remove(name)

    def _find(self, name: str) -> Link:
        if name not in self._links:
            near = get_close_matches(name, self._links, n=1)
            hint = f"did you mean {near[0]}?" if near else ""
            raise ToxicError("link", f"there is no link {name!r}", hint, code="not_found")
        return self._links[name]
