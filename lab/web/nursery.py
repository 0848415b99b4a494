"""Background tasks of a site process, which no block of code encloses."""

import asyncio
import logging
from collections.abc import Coroutine
from contextvars import Context
from typing import Any, TypeVar

from channels.db import aclose_old_connections

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


class Nursery:
    """Keeps the tasks of one owner; a crash is logged, closing cancels and awaits them all.

    A TaskGroup would be better, but Daphne gives an application no moment of its own to open one
    in: there are only requests and websockets, and these tasks outlive each of them.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run ``work`` in the background."""
        task = self._keep(work, name)
        task.add_done_callback(_log_crash)
        return task

    async def shelter(self, work: Coroutine[Any, Any, Result], name: str) -> Result:
        """Run ``work`` to its end even if the caller is cancelled; return what it returns."""
        return await asyncio.shield(self._keep(work, name))

    async def close(self) -> None:
        """Cancel what still runs and wait until it has ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _keep(self, work: Coroutine[Any, Any, Result], name: str) -> asyncio.Task[Result]:
        """In a context of its own: a request's would keep a thread of that request alive."""
        loop = asyncio.get_running_loop()
        task = loop.create_task(_tidied(work), name=name, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _tidied(work: Coroutine[Any, Any, Result]) -> Result:
    """Give database connections back, as the end of a request does."""
    try:
        return await work
    finally:
        await aclose_old_connections()


def _log_crash(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        logger.error("background task %s crashed", task.get_name(), exc_info=task.exception())
