"""Serves static files from memory, as the outermost part of the site.

All of them together are a megabyte or two, so each is read and compressed once, at the start. A
request costs one dictionary look-up on the event loop: no thread (Django's own handler and
WhiteNoise's middleware take one for each request under ASGI), no disk, no middleware::

    GET /static/… ─▶ StaticFiles ─▶ the file, 304 or 404
    anything else ─▶ the site
"""

import fcntl
import gzip
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from lab.web import assets

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]

FOR_GOOD = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
COMPRESSIBLE_RATIO = 0.9
"""A file is kept compressed when that makes it at least this much smaller."""

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}

_STAMP = ".collected"
_MANIFEST = "staticfiles.json"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file: its bytes as they are and, if that helps, gzipped; all headers but the size."""

    body: bytes
    gzipped: bytes | None
    etag: bytes
    headers: tuple[tuple[bytes, bytes], ...]


def collect(folder: Path) -> bool:
    """Bring ``folder`` up to date with the sources; return whether there was anything to do.

    A start in which no source has changed costs one look at each. Several processes may start at
    once. Raises BadStart without the npm packages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sources = _fingerprint()
    stamp = folder / _STAMP
    with (folder.parent / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == sources:
            return False
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(sources)
        return True


def load(folder: Path, prefix: str) -> dict[str, StaticFile]:
    """Read every collected file; the keys are URL paths that start with ``prefix``."""
    hashed = set(json.loads((folder / _MANIFEST).read_text())["paths"].values())
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in (_STAMP, _MANIFEST):
            found[prefix + name] = _read(path, FOR_GOOD if name in hashed else ASK_EACH_TIME)
    return found


class StaticFiles:
    """ASGI: answers for ``files``, and hands everything else to ``site``."""

    def __init__(self, site: Application, files: Mapping[str, StaticFile], prefix: str) -> None:
        self._site = site
        self._files = files
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if not scope["path"].startswith(self._prefix):
            await self._site(scope, receive, send)
            return
        file = self._files.get(scope["path"])
        if file is None:
            await _answer(send, 404, [(b"content-type", b"text/plain")], b"no such file\n")
        elif scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, [(b"allow", b"GET, HEAD")], b"")
        else:
            await _send_file(file, scope, send)


async def _send_file(file: StaticFile, scope: Scope, send: Send) -> None:
    asked = dict(scope["headers"])
    if asked.get(b"if-none-match") == file.etag:
        await _answer(send, 304, file.headers, None)
        return
    body, headers = file.body, list(file.headers)
    if file.gzipped is not None and b"gzip" in asked.get(b"accept-encoding", b""):
        body = file.gzipped
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", b"%d" % len(body)))
    await _answer(send, 200, headers, None if scope["method"] == "HEAD" else body)


async def _answer(
    send: Send, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes | None
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body or b""})


def _read(path: Path, cache_control: str) -> StaticFile:
    body = path.read_bytes()
    gzipped = gzip.compress(body, 6, mtime=0)
    helps = len(gzipped) < len(body) * COMPRESSIBLE_RATIO
    etag = b'W/"%s"' % hashlib.sha256(body).hexdigest()[:24].encode()
    content_type = TYPES.get(path.suffix, "application/octet-stream")
    return StaticFile(
        body,
        gzipped if helps else None,
        etag,
        (
            (b"content-type", content_type.encode()),
            (b"cache-control", cache_control.encode()),
            (b"etag", etag),
            (b"vary", b"accept-encoding"),
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ),
    )


def _fingerprint() -> str:
    """Name the present state of all sources: their paths, sizes and times of change."""
    places = [Path(assets.__file__)]
    for finder in get_finders():
        places += [Path(storage.path(name)) for name, storage in finder.list([])]
    digest = hashlib.sha256()
    for place in places:
        state = place.stat()
        digest.update(f"{place}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
