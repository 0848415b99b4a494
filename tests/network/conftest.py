"""Every test here runs on asyncio's own loop and on uvloop, with real sockets."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from lab.cluster.links.network import Network
from tests.network.reaching import Callee


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    """A network without links, which must leave no task and no connection behind."""
    network = Network(time.monotonic, lambda name: random.Random(name).random)
    yield network
    await network.close()
    assert network.connections == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
async def callee() -> AsyncIterator[Callee]:
    callee = Callee()
    await callee.server.start(0)
    yield callee
    await callee.server.stop(0.0)
