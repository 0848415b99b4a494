"""A bare websocket over TCP, for what a well-behaved client would never do."""

import asyncio
import base64
import os
import struct
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType

NO_HEADERS: Mapping[str, str] = MappingProxyType({})
TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A


class Wire:
    """One connection that has finished its handshake and reads only when told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int, path: str, headers: Mapping[str, str] = NO_HEADERS) -> "Wire":
        """Connect and upgrade."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\n{more}\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        return cls(reader, writer)

    async def read(self) -> bytes:
        """Return the next message of the server, whatever its kind."""
        return (await self._next())[1]

    async def read_text(self) -> bytes:
        """Return the next text; answer pings meanwhile. ConnectionError says how it was closed."""
        while True:
            kind, payload = await self._next()
            if kind == TEXT:
                return payload
            if kind == PING:
                self._send(PONG, payload)
            if kind == CLOSE:
                raise ConnectionError(f"closed with {int.from_bytes(payload[:2])}")

    def send_text(self, text: str) -> None:
        """Send a text."""
        self._send(TEXT, text.encode())

    def announce(self, length: int) -> None:
        """Begin a text of so many bytes, without sending any of them."""
        self._writer.write(struct.pack("!BBQ", TEXT, 0x80 | 127, length) + bytes(4))

    async def _next(self) -> tuple[int, bytes]:
        kind, length = await self._reader.readexactly(2)
        if length == 126:
            length = int.from_bytes(await self._reader.readexactly(2))
        elif length == 127:
            length = int.from_bytes(await self._reader.readexactly(8))
        return kind, await self._reader.readexactly(length)

    def _send(self, kind: int, payload: bytes) -> None:
        """Masked with zeros, which leaves the payload as it is. Under 64 kB."""
        if len(payload) < 126:
            head = struct.pack("!BB", kind, 0x80 | len(payload))
        else:
            head = struct.pack("!BBH", kind, 0x80 | 126, len(payload))
        self._writer.write(head + bytes(4) + payload)

    async def until_closed(self) -> bytes:
        """Read, answering nothing, until the server has closed the connection; return it all."""
        everything = b""
        with suppress(ConnectionResetError):
            while chunk := await self._reader.read(65536):
                everything += chunk
        return everything

    def vanish(self) -> None:
        """Reset the connection, as a tab that is closed or a phone that loses its network."""
        self._writer.transport.abort()
