"""The lab host inside the site's own process, for one machine."""

import asyncio
import logging

from django.conf import settings

from lab.web import labs
from lab.web.errors import Problem
from lab.web.host import LabHost

logger = logging.getLogger(__name__)


class EmbeddedHost:
    """Runs labs beside Daphne, on its event loop; on one's own machine the sandbox among them."""

    def __init__(self) -> None:
        self._host = LabHost()

    async def run(self) -> None:
        """Serve until cancelled, then end every lab."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._host.run(), name="lab host")
            await labs.put_to_rest()
            if not settings.FAULTLINE_SHARED:
                await self._open_sandbox()

    async def _open_sandbox(self) -> None:
        try:
            await labs.open_sandbox()
        except Problem as problem:
            logger.warning("the sandbox does not run: %s", problem.message)
