"""A site and a lab host in the test's own event loop, with clusters that start no process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers
from django.test import AsyncClient

from lab.web.host import LabHost
from lab.web.site import Site, here
from tests.web.fake_cluster import FakeDoor

HOST = "127.0.0.1:8000"

OpenHost = Callable[[FakeDoor], AbstractAsyncContextManager[LabHost]]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """This loop's site process, with a layer of its own."""
    before = channel_layers.set("default", InMemoryChannelLayer())
    site = here()
    yield site
    await site.close()
    channel_layers.set("default", before)


@pytest.fixture
def door() -> FakeDoor:
    """Where the host's clusters come from."""
    return FakeDoor()


@asynccontextmanager
async def open_host(door: FakeDoor) -> AsyncIterator[LabHost]:
    """A lab host that runs until the block ends."""
    host = LabHost(door.door())
    task = asyncio.get_running_loop().create_task(host.run())
    try:
        yield host
    finally:
        task.cancel()
        await asyncio.wait({task})


@pytest.fixture
async def host(site: Site, door: FakeDoor) -> AsyncIterator[LabHost]:
    """The host of this test's labs."""
    async with open_host(door) as host:
        yield host


@pytest.fixture
def learner() -> AsyncClient:
    """The local learner: a program on this machine, without a cookie."""
    return AsyncClient(headers={"host": HOST})


@pytest.fixture
def browser() -> Callable[[], AsyncClient]:
    """Make browsers, each with a session once it has seen a page, under CSRF's rules."""
    return lambda: AsyncClient(headers={"host": HOST}, enforce_csrf_checks=True)
