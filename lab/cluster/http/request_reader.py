"""Turns the bytes of one connection into requests, or into the reason why not."""

from collections.abc import Callable
from dataclasses import dataclass

import httptools

from lab.cluster.http.http_format import WANTED_OF_REQUEST, Malformed, decode_request
from lab.cluster.message import Request

_CLOSE = b"connection: close\r\n"
_KEEP_ALIVE = b"connection: keep-alive\r\n"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server accepts before it answers 4xx and closes, or stops reading for a while."""

    head_bytes: int = 16_384
    body_bytes: int = 1_048_576
    pipelined: int = 16
    connections: int = 4_096


@dataclass(slots=True)
class Received:
    """A whole request, with how its answer must look: its ``connection`` line, or no body."""

    request: Request
    connection: bytes
    head_only: bool


class Rejected(Exception):
    """A request that is answered with ``status`` and the end of its connection."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class RequestReader:
    """The httptools parser (llhttp) with our limits around it.

    ``deliver`` gets every whole request; ``proceed`` is told of a client that waits for
    ``100 Continue`` before it sends its body (RFC 9110, 10.1.1).
    """

    def __init__(
        self, limits: Limits, deliver: Callable[[Received], None], proceed: Callable[[], None]
    ) -> None:
        self._limits = limits
        self._deliver = deliver
        self._proceed = proceed
        self._parser = httptools.HttpRequestParser(self)
        self._request: Request | None = None
        self.on_message_begin()
        self._in_head = False

    def feed(self, data: bytes) -> None:
        """Read on; raise Rejected, after which nothing more may be fed."""
        try:
            self._feed(data)
        except httptools.HttpParserCallbackError as error:
            cause = error.__context__
            if isinstance(cause, Rejected):
                raise cause from None
            if isinstance(cause, Malformed):
                raise Rejected(400, str(cause)) from None
            raise
        except httptools.HttpParserError as error:
            raise Rejected(400, f"this is not HTTP/1.1: {error}") from None

    def on_message_begin(self) -> None:
        """Forget the request before this one."""
        self._in_head = True
        self._head_bytes = 0
        self._hosts = 0
        self._target = b""
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._body_bytes = 0

    def on_url(self, part: bytes) -> None:
        """Collect the target, which comes in parts when it was sent in parts."""
        self._target += part
        self._count_head(len(part))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the headers that mean something here."""
        self._count_head(len(name) + len(value) + 4)
        name = name.lower()
        if name in WANTED_OF_REQUEST:
            self._headers[name] = value
            if name == b"host":
                self._hosts += 1

    def on_headers_complete(self) -> None:
        """Refuse what is wrong already, before its body comes."""
        self._in_head = False
        parser, headers = self._parser, self._headers
        method = parser.get_method()
        if method == b"CONNECT":
            raise Rejected(501, "CONNECT is not offered here")
        if self._hosts != 1 and (self._hosts or parser.get_http_version() == "1.1"):
            raise Rejected(400, f"want exactly one Host header, got {self._hosts}")
        if b"content-length" in headers:
            self._check_length(int(headers[b"content-length"]))
        self._request = decode_request(method, self._target, headers)
        if headers.get(b"expect", b"").lower() == b"100-continue":
            self._proceed()

    def on_body(self, part: bytes) -> None:
        """Collect the body; a chunked one does not tell its size before."""
        self._body.append(part)
        self._body_bytes += len(part)
        if self._body_bytes > self._limits.body_bytes:
            raise self._too_large()

    def on_message_complete(self) -> None:
        """Deliver."""
        request = self._request
        assert request is not None
        request.body = b"".join(self._body)
        self._deliver(Received(request, self._connection(), request.method == "HEAD"))

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # An upgrade may be ignored (RFC 9110, 7.8): what follows is the next request.
            rest = data[upgrade.args[0] :]
            if rest:
                self._feed(rest)
                return
        if self._in_head:
            # The parser may be holding back an endless line: count what it has been given.
            self._count_head(len(data))

    def _count_head(self, size_bytes: int) -> None:
        self._head_bytes += size_bytes
        if self._head_bytes > self._limits.head_bytes:
            limit = self._limits.head_bytes
            raise Rejected(431, f"the request line and headers exceed {limit} bytes")

    def _check_length(self, length_bytes: int) -> None:
        if length_bytes > self._limits.body_bytes:
            raise self._too_large()
        if length_bytes and self._parser.should_upgrade():
            raise Rejected(400, "a request to upgrade may not have a body here")

    def _too_large(self) -> Rejected:
        return Rejected(413, f"the body exceeds {self._limits.body_bytes} bytes")

    def _connection(self) -> bytes:
        """Say in the answer what HTTP/1.1 does not imply (RFC 9112, 9.3)."""
        if not self._parser.should_keep_alive():
            return _CLOSE
        asked = b"connection" in self._headers  # without which HTTP/1.0 never keeps alive
        return _KEEP_ALIVE if asked and self._parser.get_http_version() != "1.1" else b""
