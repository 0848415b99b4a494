"""Labs that come and go leave the site as it was: descriptors, tasks, children, memory."""

import asyncio
import gc
import os
import sys
import weakref

import pytest

from lab.cluster import Cluster, Spawner
from tests.cluster.kernel import children_of, descriptors_of, pss_bytes
from tests.cluster.shops import corner
from tests.cluster.waiting import until
from tests.cluster.watched import Watched

CYCLES = 30
WARM = 10
GROWTH_BYTES = 10_000_000
GROWTH_OBJECTS = 2_000

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counted from /proc")


async def live_and_die(spawner: Spawner) -> "weakref.ref[Cluster]":
    lab = Watched(Cluster(corner(), spawner))
    await lab.lab.start()
    await lab.fault("crash", "back-1")
    await lab.fault("hang", "back-2")
    await lab.next_frames(1)
    await lab.lab.stop()
    return weakref.ref(lab.lab)


async def test_thirty_labs_later_the_site_is_as_it_was(spawner: Spawner) -> None:
    assert spawner.pid is not None
    me, fork_server = os.getpid(), spawner.pid
    await live_and_die(spawner)
    tasks, descriptors = asyncio.all_tasks(), descriptors_of(me)
    fork_descriptors = descriptors_of(fork_server)
    labs, warm_bytes, warm_objects = [], 0, 0
    for number in range(CYCLES):
        labs.append(await live_and_die(spawner))
        if number == WARM:
            gc.collect()
            warm_bytes, warm_objects = pss_bytes(me), len(gc.get_objects())
    assert asyncio.all_tasks() == tasks
    await until(lambda: not children_of(fork_server), "the end of all workers")
    await until(lambda: descriptors_of(me) <= descriptors, "descriptors of the site")
    await until(lambda: descriptors_of(fork_server) <= fork_descriptors, "of the fork server")
    assert spawner.pid == fork_server
    gc.collect()
    alive = [lab for lab in labs if lab() is not None]
    assert len(alive) <= 1  # a timer may hold the last one for some seconds more
    assert len(gc.get_objects()) - warm_objects < GROWTH_OBJECTS
    assert pss_bytes(me) - warm_bytes < GROWTH_BYTES  # a lab takes about one megabyte
