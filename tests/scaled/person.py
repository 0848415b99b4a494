"""Somebody with a browser: one session, used at any of the site's addresses."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.web.wire import Wire

Json = dict[str, Any]


class Browser:
    """A session that began at ``home``."""

    def __init__(self, home: str) -> None:
        self._client = httpx.AsyncClient(timeout=30)
        self._home = home
        self._csrf = ""

    async def visit(self) -> "Browser":
        """Open home, which gives a session."""
        response = await self._client.get(self._home)
        assert response.status_code == 200
        self._csrf = self._client.cookies["faultline_csrf"]
        return self

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(self, method: str, url: str, body: object = None) -> httpx.Response:
        """Send a request as the page does."""
        return await self._client.request(
            method, url, json=body, headers={"X-CSRFToken": self._csrf, "Origin": _origin(url)}
        )

    async def send_file(self, url: str, file: bytes) -> httpx.Response:
        """Hand in a file, as the page does."""
        headers = {"X-CSRFToken": self._csrf, "Origin": _origin(url)}
        headers["Content-Type"] = "application/gzip"
        return await self._client.post(url, content=file, headers=headers)

    async def watch(self, url: str, key: str, of: str = "labs") -> "Window":
        """Open the websocket of a lab (or an experiment) at that address."""
        session = self._client.cookies["faultline_session"]
        port = urlsplit(url).port
        assert port is not None
        headers = {"Cookie": f"faultline_session={session}", "Origin": _origin(url)}
        return Window(await Wire.open(port, f"/ws/{of}/{key}", headers))


class Window:
    """A page that watches a lab and acknowledges what it is shown."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def next(self, *kinds: str, within_s: float = 20.0) -> Json:
        """Return the next message of one of these types."""
        async with asyncio.timeout(within_s):
            while True:
                message: Json = json.loads(await self._wire.read_text())
                if message["type"] == "frame":
                    self.send({"command": "seen", "n": message["n"]})
                if message["type"] in kinds:
                    return message

    def send(self, message: Json) -> None:
        """Send a command."""
        self._wire.send_text(json.dumps(message))

    def close(self) -> None:
        """Go away."""
        self._wire.vanish()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
