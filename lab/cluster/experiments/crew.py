"""The processes that carry out orders side by side; none outlives the block that made them."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from lab.cluster.experiments.measuring import broken
from lab.cluster.experiments.trial import Order, Trial
from lab.cluster.experiments.worker import LENGTH_BYTES, Done, Told, framed

WORKER = "lab.cluster.experiments.worker"
ROOT = Path(__file__).parents[3]

_ANSWER = msgspec.msgpack.Decoder(Told | Done)

Ended = Callable[[Trial], None]
Progress = Callable[[Order, float], None]


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


async def carry_out(
    orders: Iterator[Order], workers: int, ended: Ended, progress: Progress, niceness: int = 0
) -> None:
    """Carry out every order; ``ended`` hears each trial. Cancelled, it kills what runs.

    What a trial gives does not depend on the worker: each plays it from its data and seed.
    """
    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(_Worker(niceness, ended, progress).work(orders))


class _Worker:
    """One process at a time; a new one after a trial that ended early or took the process along."""

    def __init__(self, niceness: int, ended: Ended, progress: Progress) -> None:
        self._niceness = niceness
        self._ended = ended
        self._progress = progress
        self._process: asyncio.subprocess.Process | None = None

    async def work(self, orders: Iterator[Order]) -> None:
        try:
            for order in orders:
                trial = await self._carry_out(order)
                self._ended(trial)
                if trial.ended:  # the memory that it took stays with the process
                    await self._kill()
        finally:
            await self._kill()

    async def _carry_out(self, order: Order) -> Trial:
        process = self._process = self._process or await self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(framed(order))
            await process.stdin.drain()
            while True:
                head = await process.stdout.readexactly(LENGTH_BYTES)
                body = await process.stdout.readexactly(int.from_bytes(head, "big"))
                answer = _ANSWER.decode(body)
                if isinstance(answer, Done):
                    return answer.trial
                self._progress(order, answer.t)
        except (asyncio.IncompleteReadError, ConnectionError):
            status = await process.wait()
            return broken(order, f"broke: the process that played it ended with {status}")

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", WORKER, str(self._niceness),
            stdin=pipe, stdout=pipe, cwd=ROOT, start_new_session=True,
        )  # fmt: skip

    async def _kill(self) -> None:
        """End the process and wait until it is gone, even while being cancelled."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await asyncio.shield(process.wait())
