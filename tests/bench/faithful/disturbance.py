"""How much other work of the machine disturbs a live measurement."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

NAP_S = 0.01
LATE_S = 0.005
MOST_LATE_RATIO = 0.05
"""On a quiet machine about one nap in a hundred ends later than 5 ms."""


class Disturbance:
    """Takes naps beside the measurement and counts those that end late."""

    def __init__(self) -> None:
        self.naps = 0
        self.late = 0

    @property
    def late_ratio(self) -> float:
        """The share of the naps that ended too late."""
        return self.late / max(1, self.naps)

    @property
    def is_disturbed(self) -> bool:
        """Tell whether a figure that is off says little about us."""
        return self.late_ratio > MOST_LATE_RATIO

    async def watch(self) -> None:
        """Nap until cancelled."""
        while True:
            began_s = time.monotonic()
            await asyncio.sleep(NAP_S)
            self.naps += 1
            self.late += time.monotonic() - began_s - NAP_S > LATE_S

    def __str__(self) -> str:
        """Say it for the table."""
        return f"{self.late_ratio:.0%} of naps late{', disturbed' if self.is_disturbed else ''}"


@contextmanager
def watched_machine() -> Iterator[Disturbance]:
    """Watch the machine inside the block."""
    disturbance = Disturbance()
    task = asyncio.get_running_loop().create_task(disturbance.watch())
    try:
        yield disturbance
    finally:
        task.cancel()
