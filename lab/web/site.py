"""What one site process holds between requests: questions to hosts, feeds, runs, experiments."""

import asyncio
from typing import cast

from channels.layers import get_channel_layer
from django.apps import apps

from lab.web.allowances import Allowances
from lab.web.apps import WebConfig
from lab.web.exchange import Exchange
from lab.web.experiments import Experiments
from lab.web.feed import Feeds
from lab.web.nursery import Nursery
from lab.web.opened import OpenedRuns
from lab.web.proofs import Proofs
from lab.web.waking import Waking


class Site:
    """One per event loop; made by the first request, since Daphne announces no start."""

    def __init__(self) -> None:
        layer = get_channel_layer()
        if layer is None:
            raise RuntimeError("no channel layer: set CHANNEL_LAYERS in lab/settings.py")
        self.allowances = Allowances()
        self.nursery = Nursery()
        self.exchange = Exchange(layer, self.nursery)
        self.waking = Waking(self.exchange, self.nursery)
        self.feeds = Feeds(layer, self.exchange, self.waking, self.nursery)
        self.opened = OpenedRuns(self.nursery)
        self.proofs = Proofs(self.nursery)
        self.experiments = Experiments(self.nursery)

    async def close(self) -> None:
        """End its background tasks."""
        await self.nursery.close()


def here() -> Site:
    """The site of the running loop."""
    config = cast("WebConfig", apps.get_app_config("web"))
    loop = asyncio.get_running_loop()
    site = config.sites.get(loop)
    if site is None:
        site = config.sites[loop] = Site()
    return site
