"""Real processes. All tests here share one event loop and one fork server; a module has one lab."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lab.cluster import Spawner
from tests.cluster.shops import corner
from tests.cluster.watched import Watched, running

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what is here in one loop: a lab cannot move from one to another."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def spawner() -> AsyncIterator[Spawner]:
    """The fork server of all labs."""
    spawner = Spawner()
    await spawner.start()
    yield spawner
    await spawner.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def corner_shop(spawner: Spawner) -> AsyncIterator[Watched]:
    """One corner shop for a whole module."""
    async with running(corner(), spawner) as lab:
        yield lab


@pytest_asyncio.fixture(loop_scope="session")
async def shop(corner_shop: Watched) -> AsyncIterator[Watched]:
    """The corner shop in good order; whatever a test does to it is reset."""
    await corner_shop.flows()
    yield corner_shop
    await corner_shop.do("reset")
