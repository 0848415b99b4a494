"""What can never end in a virtual loop, and who is in it."""

import asyncio
from collections.abc import Iterable
from typing import Any

from lab.cluster.virtual.deed import Deed

MOST_NAMED = 20


class Stalled(RuntimeError):
    """Every task waits for something that no timer will ever bring about; the text names them."""


class Runaway(RuntimeError):
    """So much happens at one moment that time never goes on."""


def who_waits(tasks: Iterable["asyncio.Task[Any]"]) -> str:
    """Name tasks by their coroutines, and where these wait."""
    return _some([_place(task) for task in tasks])


def what_runs(deeds: Iterable[Deed]) -> str:
    """Name callbacks: each by the coroutine that it goes on with, or by itself."""
    return _some([*{_what(deed): None for deed in deeds}])


def _some(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _what(deed: Deed) -> str:
    """Name what a callback does: the coroutine that it goes on with, or itself."""
    task = getattr(deed.call, "__self__", None)
    if isinstance(task, asyncio.Task):
        return _place(task)
    return str(getattr(deed.call, "__qualname__", deed.call))


def _place(task: "asyncio.Task[Any]") -> str:
    """Name a task by the coroutine that waits in it, and where."""
    frames = task.get_stack(limit=1)
    coroutine = getattr(task.get_coro(), "__qualname__", repr(task.get_coro()))
    return f"{coroutine} (line {frames[-1].f_lineno})" if frames else coroutine
