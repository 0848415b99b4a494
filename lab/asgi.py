"""The site as one ASGI application: static files, pages and API, websockets."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab.settings")

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

pages = get_asgi_application()  # sets Django up, so it comes before what needs models

from lab.web.routing import websocket_urlpatterns  # noqa: E402 - see above
from lab.web.static_files import StaticFiles, collect, load  # noqa: E402


def _site() -> ProtocolTypeRouter:
    http: Any
    if settings.DEBUG:
        http = ASGIStaticFilesHandler(pages)
    else:
        collect(settings.STATIC_ROOT)
        files = load(settings.STATIC_ROOT, settings.STATIC_URL)
        http = StaticFiles(pages, files, settings.STATIC_URL)
    websocket: Any = URLRouter(websocket_urlpatterns)
    return ProtocolTypeRouter({"http": http, "websocket": websocket})


application = _site()
