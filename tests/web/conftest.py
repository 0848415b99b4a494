"""A site and a lab host in the test's own event loop, with clusters that start no process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from channels.layers import InMemoryChannelLayer, channel_layers

from lab.web.host import LabHost
from lab.web.site import Site, here
from tests.web.clients import Http
from tests.web.fake_cluster import FakeDoor

OpenHost = Callable[[FakeDoor], AbstractAsyncContextManager[LabHost]]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """This loop's site process, with a layer of its own."""
    before = channel_layers["default"]
    channel_layers.set("default", InMemoryChannelLayer())
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
    async with _running(LabHost(door.door())) as host:
        yield host


@asynccontextmanager
async def open_live_host() -> AsyncIterator[LabHost]:
    """The same with real processes."""
    async with _running(LabHost()) as host:
        yield host


@asynccontextmanager
async def _running(host: LabHost) -> AsyncIterator[LabHost]:
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
def learner() -> Http:
    """The local learner: a program on this machine, without a cookie."""
    return Http()


@pytest.fixture
def browser() -> Callable[[], Http]:
    """Make browsers, each with a session once it has seen a page."""
    return lambda: Http(is_browser=True)
