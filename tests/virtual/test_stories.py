"""A lab in virtual time tells the stories of faults as a live one does (tests/cluster/live)."""

import pytest

from tests.cluster.stories import STORIES
from tests.virtual.shop import VirtualShop, in_a_shop


@pytest.mark.parametrize("name", STORIES)
@in_a_shop
async def test_it_is_told_alike(shop: VirtualShop, name: str) -> None:
    await STORIES[name](shop)
