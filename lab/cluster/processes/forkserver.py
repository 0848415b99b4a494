"""The warm fork server: a small process that has everything imported and forks the workers.

Players of virtual labs need more than workers, and have a fork server of their own: what it does
keeps no live lab waiting.

It is the parent of every worker, so the kernel tells it what happened to each of them: an exit with
its status, a stop, a continuation. It passes that on and invents nothing::

    site ── spawn, signal ──▶ fork server ── fork ──▶ worker
    site ◀── spawned, signalled, exited, stopped, continued ── fork server ◀── SIGCHLD

It dies with the site and its workers die with it: on Linux by the parent-death signal, elsewhere
because it kills them when the site's socket closes.
"""

import ctypes
import gc
import os
import resource
import selectors
import signal
import socket
import sys
import traceback
from collections import deque
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

import msgspec

HOMES = {"worker": "lab.cluster.workers.forked", "player": "lab.cluster.virtual.player"}
"""Where the main function of each kind of process is."""
MAX_WORKER_BYTES = 512 << 20

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15


class Spawn(msgspec.Struct, tag="spawn"):
    """Fork a process called ``name``; its control socket and log pipe come along as descriptors."""

    name: str


class Signal(msgspec.Struct, tag="signal"):
    """Send a signal to a worker, if it has not been reaped."""

    pid: int
    number: int


class Notice(msgspec.Struct):
    """What happened: spawned, signalled, gone, exited (``value`` is the wait status), stopped, …"""

    what: str
    pid: int
    value: int = 0


def main(fd: int, site_pid: int, kind: str) -> None:
    """Fork processes of one kind for the site on the inherited socket ``fd``, until it closes."""
    _die_with_parent(site_pid)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = import_module(HOMES[kind]).main
    gc.collect()
    gc.freeze()
    ForkServer(socket.socket(fileno=fd), child).serve()


class ForkServer:
    """Answers one request after another, in their order; SIGCHLD wakes it through a socket pair."""

    def __init__(self, site: socket.socket, child: Callable[[socket.socket], None]) -> None:
        self._site = site
        self._child = child
        self._pid = os.getpid()
        self._children: set[int] = set()
        self._unread = bytearray()
        self._fds: deque[int] = deque()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)

    def serve(self) -> None:
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._site, selectors.EVENT_READ, self._hear)
                selector.register(self._woken, selectors.EVENT_READ, self._wake)
                while True:
                    for key, _ in selector.select():
                        key.data()
        except ConnectionError:
            for pid in self._children:
                os.kill(pid, signal.SIGKILL)

    def _hear(self) -> None:
        """Take what has come of requests. Raises ConnectionError when the site is gone."""
        data, fds, _, _ = socket.recv_fds(self._site, 65_536, 16)
        if not data:
            raise ConnectionResetError("the site is gone")
        self._unread += data
        self._fds += fds
        while len(self._unread) >= 4:
            end = 4 + int.from_bytes(self._unread[:4], "big")
            if len(self._unread) < end:
                return
            body = bytes(self._unread[4:end])
            del self._unread[:end]
            self._answer(msgspec.msgpack.decode(body, type=Spawn | Signal))

    def _wake(self) -> None:
        self._woken.recv(4096)
        self._reap()

    def _answer(self, request: Spawn | Signal) -> None:
        if isinstance(request, Spawn):
            self._spawn(request.name, self._fds.popleft(), self._fds.popleft())
        elif request.pid in self._children:
            os.kill(request.pid, request.number)
            self._tell("signalled", request.pid, request.number)
        else:
            self._tell("gone", request.pid)

    def _spawn(self, name: str, control: int, log: int) -> None:
        try:
            pid = os.fork()
        except OSError as error:
            self._tell("refused", 0, error.errno or 0)
        else:
            if pid == 0:
                self._become(name, control, log)
            self._children.add(pid)
            self._tell("spawned", pid)
        finally:
            os.close(control)
            os.close(log)

    def _become(self, name: str, control: int, log: int) -> NoReturn:
        """In the child: drop all that is the server's, then run what it is to be."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (self._site, self._woken, self._waker):
            end.close()
        _die_with_parent(self._pid)
        _name_process(name)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (MAX_WORKER_BYTES, MAX_WORKER_BYTES))
        try:
            self._child(socket.socket(fileno=control))
        except BaseException:  # noqa: BLE001 - the edge of the process: its log gets it
            traceback.print_exc()
            os._exit(1)
        os._exit(0)

    def _reap(self) -> None:
        flags = os.WNOHANG | os.WUNTRACED | os.WCONTINUED
        for pid in list(self._children):
            while True:
                changed, status = os.waitpid(pid, flags)
                if not changed:
                    break
                if os.WIFSTOPPED(status):
                    self._tell("stopped", pid)
                elif os.WIFCONTINUED(status):
                    self._tell("continued", pid)
                else:
                    self._children.discard(pid)
                    self._tell("exited", pid, status)
                    break

    def _tell(self, what: str, pid: int, value: int = 0) -> None:
        body = msgspec.msgpack.encode(Notice(what, pid, value))
        self._site.sendall(len(body).to_bytes(4, "big") + body)


def _prctl(option: int, argument: Any) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, argument, 0, 0, 0)


def _die_with_parent(parent_pid: int) -> None:
    """Have the kernel kill this process when its parent dies, even while it is stopped (Linux)."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        os._exit(0)


def _name_process(name: str) -> None:
    """Show ``name`` in ps and top (Linux keeps 15 bytes)."""
    _prctl(_PR_SET_NAME, ctypes.create_string_buffer(name.encode()[:15]))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
