"""``manage.py lab``: the site, and on a single machine the lab host too, in one process."""

import os
import sys
import threading
import webbrowser
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from lab.web import preflight


class Command(BaseCommand):
    """Checks, migrates, serves; ends with 0 on a signal, with 1 and one sentence on a bad start."""

    help = "Start Faultline and open it in a browser."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="0 takes any free port")
        parser.add_argument("--no-browser", action="store_true", help="do not open a browser")

    def handle(self, *_: object, host: str, port: int, no_browser: bool, **__: Any) -> None:
        """Run the site. Raises BadStart."""
        listener = preflight.listen(host, port)
        preflight.check_data_folder(settings.DATA_FOLDER)
        preflight.raise_file_limit()
        if settings.REDIS_URL:
            preflight.check_redis(settings.REDIS_URL)
        preflight.migrate()

        from lab.web.serving import Serving  # installs Twisted's reactor, so not before it is meant

        url = address(*listener.getsockname()[:2])
        # Hosts are processes of their own where there is a Redis to find them by.
        lab_host = None if settings.REDIS_URL else import_string(settings.EMBEDDED_HOST)()
        serving = Serving(import_string(settings.ASGI_APPLICATION), listener, lab_host)

        def ready() -> None:
            self.stdout.write(f"Faultline is running at {url} (stop it with Ctrl-C)")
            self.stdout.flush()
            if not no_browser and _has_browser():
                threading.Thread(target=webbrowser.open, args=[url], daemon=True).start()

        sys.exit(serving.run(ready))


def address(host: str, port: int) -> str:
    """Return the address to type into a browser."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{port}"


def _has_browser() -> bool:
    """Tell whether a person with a screen started this."""
    if not sys.stdout.isatty() or "CI" in os.environ:
        return False
    screens = ("DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform == "darwin" or any(screen in os.environ for screen in screens)
