"""Runs the site: Daphne on the main thread's event loop, with the lab host beside it if embedded.

Daphne brings Twisted's reactor, which runs on an asyncio loop and catches the signals::

    SIGINT, SIGTERM ─▶ reactor stops ─▶ host ends its labs ─▶ other tasks end ─▶ status 0
    host crashed ─────▶ logged ───────▶ reactor stops ─▶ … ────────────────────▶ status 1
"""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from typing import Any, Protocol

from daphne.server import Server, twisted_loop
from twisted.internet import reactor

logger = logging.getLogger(__name__)

MAX_FRAME_BYTES = 64 << 10
"""Of a websocket frame that comes in; a command is far smaller. A longer one ends it (1009)."""

MAX_MESSAGE_BYTES = 8 << 20
"""Autobahn holds what goes out to this limit too, and a lab's five minutes of history are long."""
APPLICATION_CLOSE_S = 5
PING_S = 10
"""A websocket that is silent for so long is pinged, and closed if it stays so for as long again."""
STOP_S = 10.0
"""After this long the process ends even if some labs have not; their workers die with it."""


class Host(Protocol):
    """Runs labs until it is cancelled."""

    async def run(self) -> None:
        """Serve."""
        ...


class Serving:
    """One run of the site in this process. Takes over ``listener``."""

    def __init__(self, application: Any, listener: socket.socket, host: Host | None) -> None:
        self._host = host
        self._task: asyncio.Task[None] | None = None
        self._server = Server(
            application,
            endpoints=[f"fd:fileno={listener.detach()}"],
            application_close_timeout=APPLICATION_CLOSE_S,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            websocket_max_message_size=MAX_MESSAGE_BYTES,
            websocket_max_frame_size=MAX_FRAME_BYTES,
            verbosity=0,
        )

    def run(self, ready: Callable[[], None]) -> int:
        """Serve until a signal comes; return the exit status. ``ready`` is called at the start."""
        if self._host is not None:
            self._task = twisted_loop.create_task(self._host.run(), name="lab host")
            self._task.add_done_callback(lambda _: self._server.stop())
        reactor.callWhenRunning(ready)
        self._server.run()
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a second Ctrl-C ends it at once
        failed = self._host_failed()
        twisted_loop.run_until_complete(self._stop())
        return 1 if failed else 0

    def _host_failed(self) -> bool:
        """Tell, and log, whether the host ended by itself."""
        if self._task is None or not self._task.done():
            return False
        logger.critical("the lab host crashed", exc_info=self._task.exception())
        return True

    async def _stop(self) -> None:
        await _end([self._task] if self._task else [])
        await _end([task for task in asyncio.all_tasks() if task is not asyncio.current_task()])


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        _, unfinished = await asyncio.wait(tasks, timeout=STOP_S)
        for task in unfinished:
            logger.error("%s did not end within %g s", task.get_name(), STOP_S)
