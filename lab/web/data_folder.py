"""The data folder: the only place that the site writes to (database, key, collected files)."""

import contextlib
import errno
import os
import secrets
import tempfile
from pathlib import Path

from lab.web.bad_start import BadStart

PROBE_BYTES = 4 << 20
"""What must fit in, so that the database can grow for a while."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def open_data_folder(folder: Path) -> None:
    """Make ``folder`` if need be, for this user only. Raises BadStart."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise trouble(folder, error) from error


def probe(folder: Path) -> None:
    """Write and remove PROBE_BYTES: permissions, quotas and free space all at once.

    Raises BadStart.
    """
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            left_bytes = PROBE_BYTES
            while left_bytes:
                left_bytes -= file.write(bytes(left_bytes))
            os.fsync(file.fileno())
    except OSError as error:
        raise trouble(folder, error) from error


def secret_key(folder: Path) -> str:
    """Return the site's secret, made at the first start and readable by its user only.

    Of several processes that start at once, the first to link its key into place wins.
    """
    path = folder / "secret-key"
    try:
        if not path.exists():
            with tempfile.NamedTemporaryFile("w", dir=folder) as file:  # mode 0600
                file.write(secrets.token_urlsafe(64))
                file.flush()
                with contextlib.suppress(FileExistsError):
                    os.link(file.name, path)
        return path.read_text()
    except OSError as error:
        raise trouble(folder, error) from error


def trouble(folder: Path, error: OSError) -> BadStart:
    """Say what is wrong with the data folder."""
    if error.errno in _FULL:
        return BadStart(
            f"the data folder {folder} is full (it needs {PROBE_BYTES >> 20} MB free): "
            "make room, or name another folder with FAULTLINE_DATA."
        )
    return BadStart(
        f"the data folder {folder} cannot be written ({error.strerror}): "
        "put its permissions right, or name another folder with FAULTLINE_DATA."
    )
