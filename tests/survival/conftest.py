"""Real labs in a loop that all tests of this folder share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lab.cluster import Spawner

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the coroutines that are here in one loop: a lab cannot move from one to another."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def spawner() -> AsyncIterator[Spawner]:
    """A fork server that a test may harm."""
    spawner = Spawner()
    await spawner.start()
    yield spawner
    await spawner.stop()
