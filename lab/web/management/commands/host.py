"""``manage.py host``: a lab host as a process of its own, on any machine of a scaled site."""

import asyncio
import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from lab.web import preflight
from lab.web.bad_start import BadStart


class Command(BaseCommand):
    """Runs labs for the sites that share its Redis; ends its labs and itself on a signal."""

    help = "Run labs for a scaled site (REDIS_URL and DATABASE_URL name its Redis and database)."
    requires_system_checks = ()
    requires_migrations_checks = False

    def handle(self, *_: object, **__: Any) -> None:
        """Run the host. Raises BadStart."""
        if not settings.REDIS_URL:
            raise BadStart(
                "a host of its own needs REDIS_URL, where the sites find it: set it, "
                "or run `make lab`, which has a host inside."
            )
        preflight.check_data_folder(settings.DATA_FOLDER)
        preflight.raise_file_limit()
        preflight.check_redis(settings.REDIS_URL)
        preflight.migrate()
        asyncio.run(self._run())

    async def _run(self) -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        self.stdout.write("Faultline's lab host is running (stop it with Ctrl-C)")
        self.stdout.flush()
        async with asyncio.TaskGroup() as group:
            host = group.create_task(import_string(settings.LAB_HOST)().run(), name="lab host")
            host.add_done_callback(lambda _: stopped.set())
            await stopped.wait()
            if host.done():
                sys.exit("Faultline's lab host ended by itself")
            host.cancel()
