"""Two minutes of harm at random to a toy shop; ``python -m tests.survival.soak [SECONDS] [SEED]``.

Prints the worst of it as JSON; ends with an AssertionError as soon as the lab lies, does not
answer, or cannot be reset.
"""

import asyncio
import json
import sys
from dataclasses import asdict

from lab.cluster import Spawner
from tests.cluster.shops import shipped
from tests.cluster.watched import running
from tests.survival.harm import Harm, Report


async def soak(seconds: float, seed: int) -> Report:
    """Harm a toy shop for so long."""
    spawner = Spawner()
    await spawner.start()
    try:
        async with running(shipped("toyshop"), spawner) as lab:
            await lab.flows()
            return await Harm(lab, spawner, seed).run(seconds)
    finally:
        await spawner.stop()


def measure(seconds: float = 120.0, seed: int = 1) -> dict[str, float]:
    """Return how much harm was done, and the worst that it caused in seconds."""
    report = asyncio.run(soak(seconds, seed))
    return {key: value for key, value in asdict(report).items() if isinstance(value, (int, float))}


if __name__ == "__main__":
    given = [float(argument) for argument in sys.argv[1:]]
    seconds, seed = [*given, *(120.0, 1.0)[len(given) :]]
    print(json.dumps(measure(seconds, int(seed)), indent=1))
