"""Runs that this process has unpacked lately, so that a replay does not unpack for every page."""

import asyncio
import uuid
from collections import OrderedDict
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from lab.cluster import Run as Unpacked
from lab.cluster import unpack
from lab.web.models import Run
from lab.web.nursery import Nursery

MOST_BYTES = 48 << 20
"""Of unpacked runs; the one that was used last is kept whatever its size."""
MOST_THREADS = 2

Result = TypeVar("Result")
Args = ParamSpec("Args")


class OpenedRuns:
    """A run's file never changes but for its title, so what was unpacked once stays right.

    What takes seconds and megabytes is done in threads, of which there are two.
    """

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._threads = asyncio.Semaphore(MOST_THREADS)
        self._turn = asyncio.Lock()
        self._opened: OrderedDict[uuid.UUID, Unpacked] = OrderedDict()

    async def work(
        self, act: Callable[Args, Result], *args: Args.args, **more: Args.kwargs
    ) -> Result:
        """Do what holds a processor for long beside the loop."""
        async with self._threads:
            return await asyncio.to_thread(act, *args, **more)

    async def open(self, run: Run) -> Unpacked:
        """Return the run unpacked; its row is known to be there."""
        found = self._opened.get(run.pk)
        if found is None:
            found = await self._nursery.shelter(self._unpack(run.pk), f"unpacking run {run.pk}")
        if run.pk in self._opened:
            self._opened.move_to_end(run.pk)
        return found

    async def _unpack(self, key: uuid.UUID) -> Unpacked:
        async with self._turn:
            found = self._opened.get(key)
            if found is None:
                file = await Run.objects.values_list("file", flat=True).aget(pk=key)
                found = self._opened[key] = await self.work(unpack, bytes(file))
                self._forget()
            return found

    def _forget(self) -> None:
        kept_bytes = sum(run.recording.kept_bytes for run in self._opened.values())
        while kept_bytes > MOST_BYTES and len(self._opened) > 1:
            _, oldest = self._opened.popitem(last=False)
            kept_bytes -= oldest.recording.kept_bytes
