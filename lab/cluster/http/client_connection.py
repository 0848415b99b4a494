"""One connection of ours to a server, or to the link in front of it."""

import asyncio
from collections.abc import Callable
from typing import cast

import httptools

from lab.cluster.http.http_format import WANTED_OF_RESPONSE, decode_response
from lab.cluster.message import Broken, LinkError, Response

_ANSWER_LIMIT_BYTES = 8 * 1_048_576


class ClientConnection(asyncio.Protocol):
    """Sends one request at a time and waits for its answer.

    Whoever called ``exchange`` owns the connection until the answer came; a connection that
    failed in any way is never used again.
    """

    def __init__(
        self,
        link: str,
        loop: asyncio.AbstractEventLoop,
        lost: Callable[[str, "ClientConnection"], None],
    ) -> None:
        """Call ``lost`` once with the link, when the connection is gone."""
        self._link = link
        self._loop = loop
        self._lost = lost
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Response] | None = None
        self._reusable = True
        self._head_only = False
        self.on_message_begin()

    @property
    def is_usable(self) -> bool:
        """Say whether another request can be sent: open, and nothing unexpected came."""
        transport = self._transport
        return self._reusable and transport is not None and not transport.is_closing()

    def exchange(self, data: bytes, *, head_only: bool) -> asyncio.Future[Response]:
        """Send a whole request; the future gets the answer, or Broken, or what ``fail`` says."""
        assert self._transport is not None
        self._head_only = head_only
        self._answer = self._loop.create_future()
        self._transport.write(data)
        return self._answer

    def fail(self, error: LinkError) -> None:
        """Give up on the answer, for this reason, and close, so that the callee stops."""
        self._reusable = False
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(error)
        if self._transport is not None:
            self._transport.abort()

    def abort(self) -> None:
        """Close at once; nobody waits for an answer any more."""
        self._reusable = False
        self._answer = None
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready for the first request."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one only by shape

    def data_received(self, data: bytes) -> None:
        """Parse the answer; bytes that nobody asked for make the connection unusable."""
        if self._answer is None:
            self.abort()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._break(f"the answer is not HTTP/1.1: {error}")
        except httptools.HttpParserUpgrade:
            self._break("the answer switches to another protocol")

    def eof_received(self) -> None:
        """Return None, which closes our side as well."""
        self._reusable = False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits that no answer will come."""
        self._transport = None
        self._break(f"the connection ended before the answer did ({exc or 'closed'})")
        self._lost(self._link, self)

    def on_message_begin(self) -> None:
        """Forget the answer before this one."""
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._body_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the headers that mean something here."""
        name = name.lower()
        if name in WANTED_OF_RESPONSE:
            self._headers[name] = value

    def on_headers_complete(self) -> None:
        """Take an answer without a body for complete, which the parser cannot know."""
        if self._head_only and self._parser.get_status_code() >= 200:
            self._reusable = False
            self._finish()

    def on_body(self, part: bytes) -> None:
        """Collect the body, within bounds."""
        self._body.append(part)
        self._body_bytes += len(part)
        if self._body_bytes > _ANSWER_LIMIT_BYTES:
            self._break(f"the answer exceeds {_ANSWER_LIMIT_BYTES} bytes")

    def on_message_complete(self) -> None:
        """Hand the answer over, unless it only announces one (1xx)."""
        if self._parser.get_status_code() >= 200:
            self._reusable = self._reusable and self._parser.should_keep_alive()
            self._finish()

    def _break(self, reason: str) -> None:
        self.fail(Broken(f"{self._link}: {reason}"))

    def _finish(self) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            status = self._parser.get_status_code()
            answer.set_result(decode_response(status, self._headers, b"".join(self._body)))
