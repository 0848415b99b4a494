"""What a virtual loop runs: a callback now or later, and a task that knows its number."""

import asyncio
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any

from lab.cluster.virtual.owner import OWNER

if TYPE_CHECKING:
    from lab.cluster.virtual.loop import VirtualLoop


class VirtualTask(asyncio.Task[Any]):
    """A task that knows its number and whose it is."""

    __slots__ = ("n", "owner")

    def __init__(self, coro: Any, loop: "VirtualLoop", n: int, context: Context | None) -> None:
        self.n = n
        self.owner = OWNER.get() if context is None else context.get(OWNER)
        super().__init__(coro, loop=loop, name="", context=context)

    def __hash__(self) -> int:
        return self.n


class Deed(asyncio.TimerHandle):
    """A callback, now or later; one of asyncio's own costs three times as much to make."""

    __slots__ = ("arguments", "call", "is_over", "loop", "scope")

    def __init__(
        self,
        loop: "VirtualLoop",
        call: Callable[..., object],
        arguments: tuple[Any, ...],
        scope: Context | None,
    ) -> None:
        self.loop = loop
        self.call = call
        self.arguments = arguments
        self.scope = copy_context() if scope is None else scope
        self.is_over = False

    def cancel(self) -> None:
        if not self.is_over:
            self.is_over = True
            self.call, self.arguments = _nothing, ()
            self.loop.called_off()

    def cancelled(self) -> bool:
        """Say whether nothing comes of it any more: it was called off, or has run."""
        return self.is_over

    __hash__ = object.__hash__


def _nothing() -> None:
    """Stands for a callback that was called off."""
