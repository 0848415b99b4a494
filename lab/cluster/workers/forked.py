"""A worker that is a process of its own: what the fork server's children run."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from typing import NoReturn

import uvloop

from lab.cluster.http.http_client import HttpTransport
from lab.cluster.http.http_server import HttpServer
from lab.cluster.links.network import Network
from lab.cluster.message import Handler
from lab.cluster.processes.wire import Line, ToWorker
from lab.cluster.workers.worker import Worker


def main(control: socket.socket) -> None:
    """Run the worker until it is told to end, or until the supervisor is gone."""
    uvloop.run(_run(control))


async def _run(control: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ground = Forked()
    worker = Worker(ground)
    control.setblocking(False)
    _, ground.line = await loop.create_connection(
        lambda: Line[ToWorker](ToWorker, worker.received, _end), sock=control
    )
    loop.add_signal_handler(signal.SIGTERM, worker.terminate)
    loop.add_signal_handler(signal.SIGINT, _end)
    await worker.run()


class Forked:
    """The ground of a worker in a real process: the machine's clock, kernel and sockets."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.line: Line[ToWorker] | None = None

    def clock(self) -> float:
        return time.monotonic()

    def cpu_s(self) -> float:
        return time.process_time()

    async def burn(self, seconds: float) -> None:
        until_s = time.perf_counter() + seconds
        while time.perf_counter() < until_s:
            pass

    def transport(self, addresses: Mapping[str, int]) -> HttpTransport:
        return HttpTransport(addresses, self.clock)

    def server(self, handler: Handler) -> HttpServer:
        return HttpServer(handler, self.clock)

    def network(self, chance_for: Callable[[str], Callable[[], float]]) -> Network:
        return Network(self.clock, chance_for)

    def send(self, message: object) -> None:
        assert self.line is not None
        self.line.send(message)

    def log(self, text: str) -> None:
        sys.stderr.write(f"{self.clock():.3f} {text}\n")
        sys.stderr.flush()

    def end(self) -> NoReturn:
        _end()

    def crash(self) -> NoReturn:
        os._exit(1)


def _end() -> NoReturn:
    os._exit(0)
