"""A Redis and a PostgreSQL of this test run only, on free ports, gone when their block ends."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import redis

WITHIN_S = 30.0
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
OTHER_USERS = ("postgres", "nobody")


class RedisServer:
    """A redis-server that keeps nothing. It may be stopped and started again at its address."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._running = ExitStack()

    def start(self) -> None:
        """Return when it answers."""
        place = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        command = ["redis-server", *place, "--save", "", "--appendonly", "no"]
        self._running.enter_context(_running(command))
        with redis.Redis(port=self.port) as client:
            _wait_for(client.ping, redis.ConnectionError)

    def stop(self) -> None:
        """Return when it has ended."""
        self._running.close()


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a PostgreSQL with an empty database; the value is its URL.

    It refuses to run as root, so root runs it as somebody else, who then owns its folder.
    """
    port, folder, user = free_port(), Path(tempfile.mkdtemp(prefix="faultline-pg-")), _other_user()
    try:
        if user is not None:
            shutil.chown(folder, user)
        data = str(folder / "data")
        subprocess.run(
            [_program("initdb"), "-D", data, "-U", "faultline", "-A", "trust", "-E", "UTF8", "-N"],
            user=user,
            cwd=folder,
            check=True,
            capture_output=True,
        )
        options = ("-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-k", str(folder))
        with _running([_program("postgres"), "-D", data, "-p", str(port), *options], user, folder):
            place = f"postgresql://faultline@127.0.0.1:{port}"
            _wait_for(lambda: _create_database(f"{place}/postgres"), psycopg.OperationalError)
            yield f"{place}/faultline"
    finally:
        shutil.rmtree(folder)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def _running(
    command: list[str], user: str | None = None, folder: Path | None = None
) -> Iterator[None]:
    """Run a server; end it with SIGTERM, and with SIGKILL if it does not obey."""
    process = subprocess.Popen(
        command, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(2)  # PostgreSQL's fast shutdown; to Redis the same as SIGTERM
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(answers: Callable[[], object], not_yet: type[Exception]) -> None:
    deadline_s = time.monotonic() + WITHIN_S
    while True:
        try:
            answers()
        except not_yet:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.05)
        else:
            return


def _create_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE faultline")


def _other_user() -> str | None:
    """Whom root runs PostgreSQL as; None for everybody else."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in OTHER_USERS if name in known)


def _program(name: str) -> str:
    """Where PostgreSQL's program is; Debian keeps it off the path."""
    found = shutil.which(name)
    if found is not None:
        return found
    for place in PLACES:
        for folder in sorted(Path("/").glob(place[1:]), reverse=True):
            if (folder / name).exists():
                return str(folder / name)
    raise FileNotFoundError(f"{name} is not installed; `make test` installs it, or says how")
