"""Settings and application of a site that has the house, but neither pages nor labs."""

import asyncio
from collections.abc import Awaitable, Callable
from os import environ
from pathlib import Path
from typing import Any

from lab.settings import *  # noqa: F403 - the house's own, but for the two below

ASGI_APPLICATION = "tests.house.small_site.application"
STATICFILES_DIRS: list[Path] = []  # type: ignore[no-redef] # instead of ours
EMBEDDED_HOST = "tests.house.small_site." + environ.get("SMALL_SITE_HOST", "QuietHost")


class QuietHost:
    """A lab host without labs."""

    async def run(self) -> None:
        """Wait for the end, and say when it came."""
        print("host up", flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            print("host down", flush=True)


class BrokenHost:
    """A lab host that crashes."""

    async def run(self) -> None:
        """Crash."""
        raise RuntimeError("no room on this machine")


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer everything with a greeting."""
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})
