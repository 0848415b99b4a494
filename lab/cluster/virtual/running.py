"""The time in which a virtual loop runs."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.cluster.virtual.loop import VirtualLoop


class Running:
    """Makes a loop the running one inside the block, also inside another loop's callback."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop
        self._outer: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> None:
        self._outer = self._loop.begin()

    def __exit__(self, *_: object) -> None:
        self._loop.rest(self._outer)
