"""Starts worker processes by way of the warm fork server, and tells what becomes of them."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable

import msgspec

from lab.cluster.forkserver import Notice, Signal, Spawn
from lab.cluster.wire import FromWorker, Line, Order, Start

LOG_LINE_BYTES = 2000
ANSWER_WITHIN_S = 5.0


class SpawnError(Exception):
    """No process could be started; the text says why."""


class Process:
    """One worker process, as the kernel and its control line tell of it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.is_stopped = asyncio.Event()
        self.exited: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.line: Line[FromWorker] | None = None
        self.on_stop: Callable[[bool], None] = lambda _stopped: None

    def send(self, message: Start | Order) -> None:
        """Write to the control line; raises WireError when nobody reads it."""
        assert self.line is not None
        self.line.send(message)

    def told(self, notice: Notice) -> None:
        """Take what the kernel said of this process."""
        if notice.what == "exited":
            if not self.exited.done():
                self.exited.set_result(notice.value)
        else:
            stopped = notice.what == "stopped"
            if stopped:
                self.is_stopped.set()
            else:
                self.is_stopped.clear()
            self.on_stop(stopped)


class Spawner:
    """The site's end of the fork server; one for each lab host. ``start`` it from the main thread.

    The parent-death signal fires when the *thread* that made the child ends, so that thread must
    live as long as the site.
    """

    def __init__(self) -> None:
        self._server: subprocess.Popen[bytes] | None = None
        self._site: socket.socket | None = None
        self._reader: asyncio.Transport | None = None
        self._answers: asyncio.Queue[Notice] = asyncio.Queue()
        self._turn = asyncio.Lock()
        self._processes: dict[int, Process] = {}

    @property
    def pid(self) -> int | None:
        """The fork server's process id, None while it does not run."""
        return None if self._server is None else self._server.pid

    async def start(self) -> None:
        """Start the fork server if it does not run; returns before it is warm."""
        if self._server is not None and self._server.poll() is None:
            return
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        command = [sys.executable, "-m", "lab.cluster.forkserver"]
        self._server = subprocess.Popen(  # noqa: ASYNC220 - it takes a millisecond
            [*command, str(theirs.fileno()), str(os.getpid())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        self._site = ours.dup()
        loop = asyncio.get_running_loop()
        self._reader, _ = await loop.create_connection(lambda: _Notices(self), sock=ours)

    async def stop(self) -> None:
        """Close the fork server's socket: it kills what is left of its workers and ends."""
        if self._server is None:
            return
        server, self._server = self._server, None
        if self._reader is not None:
            self._reader.abort()
        if self._site is not None:
            self._site.close()
        try:
            await asyncio.to_thread(server.wait, ANSWER_WITHIN_S)
        except subprocess.TimeoutExpired:
            server.kill()
            await asyncio.to_thread(server.wait)
        self.lost()

    async def spawn(
        self, name: str, on_message: Callable[[FromWorker], None], log: deque[str]
    ) -> Process:
        """Fork a worker; what it writes is appended to ``log``.

        Raises SpawnError when the machine refuses a process or a descriptor.
        """
        try:
            ours, theirs = socket.socketpair()
            log_read, log_write = os.pipe()
        except OSError as error:
            raise SpawnError(f"no descriptors left for {name}: {error}") from error
        try:
            notice = await self._ask(Spawn(name), [theirs.fileno(), log_write])
        except SpawnError:
            ours.close()
            os.close(log_read)
            raise
        finally:
            theirs.close()
            os.close(log_write)
        process = self._processes[notice.pid]
        loop = asyncio.get_running_loop()
        _, process.line = await loop.create_connection(
            lambda: Line[FromWorker](FromWorker, on_message, lambda: None), sock=ours
        )
        await loop.connect_read_pipe(lambda: _LogLines(log), os.fdopen(log_read, "rb", buffering=0))
        return process

    async def signal(self, process: Process, number: signal.Signals) -> bool:
        """Send a signal; False when the process is already gone."""
        if process.exited.done():
            return False
        notice = await self._ask(Signal(process.pid, number), [])
        return notice.what == "signalled"

    async def _ask(self, request: Spawn | Signal, fds: list[int]) -> Notice:
        async with self._turn:
            await self.start()
            assert self._site is not None
            try:
                socket.send_fds(self._site, [msgspec.msgpack.encode(request)], fds)
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    return await self._answers.get()
            except (OSError, TimeoutError) as error:
                self.lost()
                raise SpawnError(f"the fork server does not answer: {error!r}") from error

    def heard(self, notice: Notice) -> None:
        """Take one notice of the fork server."""
        if notice.what == "spawned":
            self._processes[notice.pid] = Process(notice.pid)
        if notice.what in ("spawned", "signalled", "gone"):
            self._answers.put_nowait(notice)
        elif notice.pid in self._processes:
            process = self._processes[notice.pid]
            if notice.what == "exited":
                del self._processes[notice.pid]
            process.told(notice)

    def lost(self) -> None:
        """The fork server is gone, and so are its workers: the kernel saw to that."""
        for process in self._processes.values():
            process.told(Notice("exited", process.pid, signal.SIGKILL))
        self._processes.clear()
        if self._server is not None and self._site is not None:
            self._server.kill()
            self._server.wait()
            self._site.close()
            self._server = None


class _Notices(asyncio.Protocol):
    """Reads the fork server's notices: four bytes of length and a msgpack body."""

    def __init__(self, spawner: Spawner) -> None:
        self._spawner = spawner
        self._unread = bytearray()

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while len(self._unread) >= 4:
            end = 4 + int.from_bytes(self._unread[:4], "big")
            if len(self._unread) < end:
                return
            notice = msgspec.msgpack.decode(bytes(self._unread[4:end]), type=Notice)
            del self._unread[:end]
            self._spawner.heard(notice)

    def connection_lost(self, exc: Exception | None) -> None:
        self._spawner.lost()


class _LogLines(asyncio.Protocol):
    """Keeps the last lines that a worker wrote to its standard output and error."""

    def __init__(self, lines: deque[str]) -> None:
        self._lines = lines
        self._unfinished = b""

    def data_received(self, data: bytes) -> None:
        *whole, self._unfinished = (self._unfinished + data).split(b"\n")
        self._unfinished = self._unfinished[-LOG_LINE_BYTES:]
        self._lines.extend(line[:LOG_LINE_BYTES].decode(errors="replace") for line in whole)
