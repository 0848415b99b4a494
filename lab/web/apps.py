"""The web room as a Django application."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from django.apps import AppConfig

if TYPE_CHECKING:
    from lab.web.site import Site


class WebConfig(AppConfig):
    """Pages, API, websocket and lab host. ``sites`` holds one Site per event loop."""

    name = "lab.web"
    label = "web"
    verbose_name = "Faultline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make room for the sites of this process."""
        self.sites: WeakKeyDictionary[asyncio.AbstractEventLoop, Site] = WeakKeyDictionary()
