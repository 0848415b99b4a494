"""An event loop whose clock jumps to the next deadline: minutes of cluster time in moments.

The services, chains, users and patterns are given their clock, so under this loop (clock =
``loop.time``) they run in virtual time. Nothing real may be waited for: there are no sockets here.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class Stalled(RuntimeError):
    """Every task waits for something that no timer will ever bring about."""


class _NoSockets(selectors.SelectSelector):
    """Instead of waiting for sockets, lets the clock jump by the time it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> "list[tuple[selectors.SelectorKey, int]]":
        if timeout is None:
            raise Stalled("nothing is left that could ever happen; a task waits for ever")
        self.now_s += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time starts at 0 and passes only when nothing is ready to run."""

    def __init__(self) -> None:
        self._virtual = _NoSockets()
        super().__init__(self._virtual)

    def time(self) -> float:
        """Return virtual seconds."""
        return self._virtual.now_s


def run_virtual(main: Coroutine[Any, Any, Result]) -> Result:
    """Run ``main`` to its end in virtual time. Raises Stalled when it can never end."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
