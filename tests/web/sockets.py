"""Websockets for tests: the site's own route, without a server."""

import json
from typing import Any

from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from lab.web.routing import websocket_urlpatterns
from tests.web.clients import HOST

Json = dict[str, Any]


class Socket(WebsocketCommunicator):
    """A websocket to a lab."""

    PATH = "/ws/labs/{}"

    def __init__(self, lab_id: object, **headers: str) -> None:
        sent = {"host": HOST} | headers
        super().__init__(
            URLRouter(websocket_urlpatterns),
            self.PATH.format(lab_id),
            headers=[(name.encode(), value.encode()) for name, value in sent.items()],
        )
        self.scope["client"] = ("127.0.0.1", 50000)

    async def join(self) -> Json:
        """Connect; return the first message that is not a notice."""
        connected, _ = await self.connect()
        assert connected
        return await self.next_but("notice")

    async def next(self) -> Json:
        """Return the next message."""
        message: Json = json.loads(await self.receive_from(timeout=5))
        return message

    async def next_but(self, *kinds: str) -> Json:
        """Return the next message of another kind than these."""
        while (message := await self.next())["type"] in kinds:
            pass
        return message

    async def ask(self, number: int, **command: object) -> Json:
        """Send a command; return its reply."""
        await self.send_json({"id": number, **command})
        return await self.next_but("frame", "event", "state", "notice", "hello", "traces")

    async def send_json(self, message: object) -> None:
        """Send ``message``."""
        await self.send_to(text_data=json.dumps(message))

    async def code(self) -> int:
        """Wait for the close; return its code. Messages before it are dropped."""
        while (output := await self.receive_output(timeout=5))["type"] != "websocket.close":
            pass
        return int(output.get("code", 1000))
