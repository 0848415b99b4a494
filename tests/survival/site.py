"""A small site: a process with a fork server and labs, which says their pids and then waits.

``python -m tests.survival.site SCENARIO [NUMBER]`` prints one line of JSON when all labs serve.
"""

import asyncio
import json
import sys

from lab.cluster import Cluster, Spawner
from tests.cluster.shops import corner, shipped


async def main(name: str, number: int) -> None:
    """Run so many labs of a scenario until killed."""
    scenario = corner() if name == "corner" else shipped(name)
    spawner = Spawner()
    await spawner.start()
    labs = [Cluster(scenario, spawner) for _ in range(number)]
    async with asyncio.TaskGroup() as group:
        for lab in labs:
            group.create_task(lab.start())
    states = [lab.state() for lab in labs]
    units = [unit for state in states for unit in (*state["instances"], *state["workers"])]
    print(
        json.dumps(
            {
                "fork_server": spawner.pid,
                "workers": {unit["name"]: unit["pid"] for unit in units},
                "pids": [unit["pid"] for unit in units],
                "ports": [link["port"] for state in states for link in state["links"]],
            }
        ),
        flush=True,
    )
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1))
