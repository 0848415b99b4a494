"""Settings and application of our site with clusters that start no process.

``manage.py lab --settings tests.web.fake_site`` is a real Daphne with the real host, feeds, API and
websockets. Frames come ten times a second and say when they were made (CLOCK_MONOTONIC, which all
processes of a machine share); ``GET /probe`` counts what could leak.
"""

import asyncio
import os
import time
from typing import Any

from lab.settings import *  # noqa: F403 - the site's own, but for what follows

ASGI_APPLICATION = "tests.web.fake_application.application"
EMBEDDED_HOST = "tests.web.fake_site.FakeHost"

FRAME_BYTES = int(os.environ.get("FAKE_FRAME_BYTES", "4000"))
FRAME_S = 0.1
PING_S = int(os.environ.get("FAKE_PING_S", "10"))


class FakeHost:
    """The real lab host over fake clusters, which it lets tick."""

    def __init__(self) -> None:
        from lab.web import serving

        serving.PING_S = PING_S

    async def run(self) -> None:
        """Serve until cancelled."""
        from lab.web.host import LabHost
        from tests.web.fake_cluster import FakeDoor

        door = FakeDoor()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(LabHost(door.door()).run())
            tasks.create_task(_tick(door))


async def _tick(door: Any) -> None:
    filler = "x" * FRAME_BYTES
    while True:
        await asyncio.sleep(FRAME_S - time.monotonic() % FRAME_S)
        for cluster in door.clusters:
            if cluster.listeners:
                cluster.tick(made_s=time.monotonic(), filler=filler)
