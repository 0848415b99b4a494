"""What is checked before the site or a lab host starts, each with its one sentence."""

import errno
import fcntl
import os
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from lab.web.bad_start import BadStart
from lab.web.data_folder import probe, trouble

WANTED_FILES = 65_536
"""Descriptors: one for each viewer and connection; the usual soft limit of 256 or 1024 is few."""
MACOS_MOST_FILES = 10_240
REDIS_TIMEOUT_S = 2.0
BACKLOG = 1024
MIGRATION_LOCK = 0x0FA017
"""The number of our advisory lock in PostgreSQL."""


def raise_file_limit() -> None:
    """Raise this process's limit of open files as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (WANTED_FILES, MACOS_MOST_FILES):
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if limit <= soft:
            return
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        except ValueError:
            continue
        return


def listen(host: str, port: int) -> socket.socket:
    """Take the port (0: any free one); the socket is handed to the server. Raises BadStart."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise BadStart(_port_trouble(host, port, error)) from error


def check_data_folder(folder: Path) -> None:
    """See that ``folder`` takes a few megabytes. Raises BadStart."""
    probe(folder)


def check_redis(url: str) -> None:
    """See that Redis answers. Raises BadStart."""
    import redis  # only scaled sites need it, and it takes a tenth of a second to load

    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=REDIS_TIMEOUT_S, socket_timeout=REDIS_TIMEOUT_S
        ) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise BadStart(
            f"Redis at {_place(url)} does not answer ({_first_line(error)}): "
            "start it, put REDIS_URL right, or unset REDIS_URL to run on this machine alone."
        ) from error


def migrate() -> None:
    """Bring the database up to date, if it is not. Raises BadStart."""
    try:
        with _one_at_a_time():
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise BadStart(_database_trouble(error)) from error
    finally:
        connection.close()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Have the processes of a site that start together migrate one after the other."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        yield  # closing the connection gives the lock back
    else:
        with (settings.DATA_FOLDER / "migrate.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _port_trouble(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is already in use: stop what runs there, or choose another "
            f"port with `make lab PORT={port + 1}`."
        )
    if error.errno == errno.EACCES:
        return f"port {port} is reserved to the system: choose one above 1023 with PORT=8000."
    return f"it cannot listen on {host}, port {port} ({error.strerror}): choose another --host."


def _database_trouble(error: OperationalError) -> str:
    place = connection.settings_dict["NAME"]
    if connection.vendor != "sqlite":
        host = connection.settings_dict["HOST"] or "this machine"
        return (
            f"the database {place} on {host} does not answer ({_first_line(error)}): "
            "start it, or put DATABASE_URL right."
        )
    if "full" in str(error):
        return str(trouble(Path(place).parent, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
    return (
        f"the database {place} cannot be used ({_first_line(error)}): "
        "put its permissions right, or name another folder with FAULTLINE_DATA."
    )


def _place(url: str) -> str:
    """Return the host and port of ``url``, without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'an unknown place'}:{parts.port or 6379}"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
