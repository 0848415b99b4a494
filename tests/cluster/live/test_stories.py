"""A live lab tells the stories of faults as one in virtual time does (tests/virtual)."""

import pytest

from tests.cluster.stories import STORIES
from tests.cluster.watched import Watched


@pytest.mark.parametrize("name", STORIES)
async def test_it_is_told_alike(name: str, shop: Watched) -> None:
    await STORIES[name](shop)
