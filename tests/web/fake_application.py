"""The application of ``fake_site``: the site's API and websockets, and a probe for leaks."""

import asyncio
import os
from pathlib import Path
from typing import Any

import msgspec
from channels.routing import URLRouter
from django.core.asgi import get_asgi_application

pages: Any = get_asgi_application()

from lab.web.routing import websocket_urlpatterns  # noqa: E402 - needs the models
from lab.web.site import here  # noqa: E402 - as above

sockets: Any = URLRouter(websocket_urlpatterns)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Serve a request, a websocket or the probe."""
    if scope["type"] == "websocket":
        await sockets(scope, receive, send)
    elif scope["path"] == "/probe":
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": msgspec.json.encode(_counts())})
    else:
        await pages(scope, receive, send)


def _counts() -> dict[str, float]:
    """What could leak, and the processor time used so far."""
    usage = os.times()
    return {
        "tasks": len(asyncio.all_tasks()),
        "files": len(list(Path("/dev/fd").iterdir())),
        "feeds": len(here().feeds),
        "background": len(here().nursery),
        "cpu_s": usage.user + usage.system,
    }
