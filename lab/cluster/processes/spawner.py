"""Starts worker processes by way of the warm fork server, and tells what becomes of them."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from io import FileIO
from typing import Any, Literal

import msgspec

from lab.cluster.processes.forkserver import Notice, Signal, Spawn
from lab.cluster.processes.ports import Reservation
from lab.cluster.processes.process import Process, SpawnError
from lab.cluster.processes.wire import FromWorker, Line
from lab.cluster.scenarios.limits import LIVE

LOG_LINE_BYTES = 2000
ANSWER_WITHIN_S = 5.0
WARM_WITHIN_S = 30.0
"""A fork server that has just been started answers when it has everything imported."""


class ForkedProcess(Process):
    """One forked process, as the kernel and its control line tell of it."""

    def __init__(self, pid: int) -> None:
        super().__init__(pid)
        self.line: Line[Any] | None = None

    def send(self, message: object) -> None:
        """Write to the control line; raises WireError when nobody reads it."""
        assert self.line is not None
        self.line.send(message)

    def told(self, notice: Notice) -> None:
        """Take what the kernel said of this process."""
        if notice.what == "exited":
            self.told_exit(notice.value)
            if self.line is not None:
                self.line.close()  # what it said last must not be taken for its successor's words
        else:
            self.told_stop(notice.what == "stopped")


class Spawner:
    """The site's end of the fork server; one for each lab host. ``start`` it from the main thread.

    ``kind`` is what it forks: workers, or (see ``players``) players of virtual labs.

    The parent-death signal fires when the *thread* that made the child ends, so that thread must
    live as long as the site.

    The fork server answers in the order in which it was asked, so each answer belongs to the oldest
    question, also when whoever asked it has been cancelled meanwhile.
    """

    limits = LIVE

    def __init__(self, kind: Literal["worker", "player"] = "worker") -> None:
        self._kind = kind
        self._players: Spawner | None = None
        self._is_warm = False
        self._server: subprocess.Popen[bytes] | None = None
        self._site: socket.socket | None = None
        self._notices: _Notices | None = None
        self._asked: deque[asyncio.Future[ForkedProcess | bool]] = deque()
        self._starting = asyncio.Lock()
        self._processes: dict[int, ForkedProcess] = {}

    @property
    def pid(self) -> int | None:
        """The fork server's process id, None while it does not run."""
        return None if self._server is None else self._server.pid

    @property
    def players(self) -> "Spawner":
        """What forks players; its fork server is started when the first one is wanted."""
        if self._players is None:
            self._players = Spawner("player")
        return self._players

    async def start(self) -> None:
        """Start the fork server if it does not run; returns before it is warm."""
        async with self._starting:
            if self._server is not None and self._server.poll() is None:
                return
            self.lost()
            await self._start()

    async def _start(self) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            self._server = _fork_server(theirs.fileno(), self._kind)
        self._is_warm = False
        self._site = ours.dup()
        self._notices = notices = _Notices(self)
        await asyncio.get_running_loop().create_connection(lambda: notices, sock=ours)

    async def stop(self) -> None:
        """Close the fork server's socket: it kills what is left of its workers and ends."""
        if self._players is not None:
            await self._players.stop()
        server, self._server = self._server, None
        self.lost()
        if server is None:
            return
        try:
            await asyncio.to_thread(server.wait, ANSWER_WITHIN_S)
        except subprocess.TimeoutExpired:
            server.kill()
            await asyncio.to_thread(server.wait)

    def clock(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def reserve(self) -> Reservation:
        """Hold a free loopback port."""
        return Reservation()

    async def spawn(
        self, name: str, on_message: Callable[[FromWorker], None], log: deque[str]
    ) -> Process:
        """Fork a worker; what it writes is appended to ``log``.

        Raises SpawnError when the machine refuses a process or a descriptor.
        """
        return await self.fork(name, Line(FromWorker, on_message, lambda: None), log)

    async def fork(self, name: str, line: Line[Any], log: deque[str]) -> ForkedProcess:
        """Fork a process that speaks over ``line``. Raises SpawnError, as ``spawn`` does."""
        loop = asyncio.get_running_loop()
        ours, theirs, log_read, log_write = _channels(name)
        try:
            process = await self._ask(Spawn(name), [theirs.fileno(), log_write.fileno()])
            assert isinstance(process, ForkedProcess)
            await loop.create_connection(lambda: line, sock=ours)
            await loop.connect_read_pipe(lambda: _LogLines(log), log_read)
        except BaseException:
            # A process whose control line closes ends by itself, so none is left unknown.
            line.close()
            ours.close()
            log_read.close()
            raise
        finally:
            theirs.close()
            log_write.close()
        process.line = line
        return process

    async def signal(self, process: Process, number: signal.Signals) -> bool:
        """Send a signal; False when the process is already gone. Raises SpawnError."""
        if process.exited.done():
            return False
        return await self._ask(Signal(process.pid, number), []) is True

    async def _ask(self, request: Spawn | Signal, fds: list[int]) -> ForkedProcess | bool:
        await self.start()
        assert self._site is not None
        answer: asyncio.Future[ForkedProcess | bool] = asyncio.get_running_loop().create_future()
        body = msgspec.msgpack.encode(request)
        try:
            socket.send_fds(self._site, [len(body).to_bytes(4, "big") + body], fds)
            self._asked.append(answer)
            async with asyncio.timeout(ANSWER_WITHIN_S if self._is_warm else WARM_WITHIN_S):
                return await answer
        except (OSError, TimeoutError) as error:
            self.lost()
            raise SpawnError(f"the fork server does not answer: {error!r}") from error

    def heard(self, notice: Notice) -> None:
        """Take one notice of the fork server."""
        self._is_warm = True
        match notice.what:
            case "spawned":
                self._processes[notice.pid] = ForkedProcess(notice.pid)
                self._answer(self._processes[notice.pid])
            case "signalled" | "gone":
                self._answer(notice.what == "signalled")
            case "refused":
                self._answer(SpawnError(f"no process to be had: {os.strerror(notice.value)}"))
            case "exited":
                self._processes.pop(notice.pid).told(notice)
            case _:
                self._processes[notice.pid].told(notice)

    def _answer(self, answer: "ForkedProcess | bool | SpawnError") -> None:
        asked = self._asked.popleft()
        if asked.done():
            return
        if isinstance(answer, SpawnError):
            asked.set_exception(answer)
        else:
            asked.set_result(answer)

    def closed(self, notices: "_Notices") -> None:
        """The fork server of these notices has closed its socket; another may be there already."""
        if notices is self._notices:
            self.lost()

    def lost(self) -> None:
        """The fork server is gone, and so are its workers: the kernel saw to that."""
        notices, self._notices = self._notices, None
        site, self._site = self._site, None
        if notices is not None:
            notices.close()
        if site is not None:
            site.close()
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
        while self._asked:
            self._answer(SpawnError("the fork server is gone"))
        for process in [*self._processes.values()]:
            process.told(Notice("exited", process.pid, signal.SIGKILL))
        self._processes.clear()


def _fork_server(fd: int, kind: str) -> "subprocess.Popen[bytes]":
    module, site = "lab.cluster.processes.forkserver", str(os.getpid())
    command = [sys.executable, "-m", module, str(fd), site, kind]
    return subprocess.Popen(command, pass_fds=[fd], stdin=subprocess.DEVNULL)


def _channels(name: str) -> tuple[socket.socket, socket.socket, FileIO, FileIO]:
    """Return both ends of a control line, and both ends of a log (to read, to write)."""
    try:
        ours, theirs = socket.socketpair()
        try:
            log_read, log_write = os.pipe()
        except OSError:
            ours.close()
            theirs.close()
            raise
    except OSError as error:
        raise SpawnError(f"no descriptors left for {name}: {error.strerror}") from error
    return ours, theirs, FileIO(log_read, "rb"), FileIO(log_write, "wb")


class _Notices(asyncio.Protocol):
    """Reads the fork server's notices: four bytes of length and a msgpack body."""

    def __init__(self, spawner: Spawner) -> None:
        self._spawner = spawner
        self._unread = bytearray()
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

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
        self._spawner.closed(self)

    def close(self) -> None:
        """Hear nothing more."""
        if self._transport is not None:
            self._transport.close()


class _LogLines(asyncio.Protocol):
    """Keeps the last lines that a worker wrote to its standard output and error."""

    def __init__(self, lines: deque[str]) -> None:
        self._lines = lines
        self._unfinished = b""

    def data_received(self, data: bytes) -> None:
        *whole, self._unfinished = (self._unfinished + data).split(b"\n")
        self._unfinished = self._unfinished[-LOG_LINE_BYTES:]
        self._lines.extend(line[:LOG_LINE_BYTES].decode(errors="replace") for line in whole)
