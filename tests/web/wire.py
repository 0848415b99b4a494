"""A bare websocket over TCP, for what a well-behaved client would never do."""

import asyncio
import base64
import os
from contextlib import suppress


class Wire:
    """One connection that has finished its handshake and reads only when told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int, path: str) -> "Wire":
        """Connect and upgrade."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        return cls(reader, writer)

    async def read(self) -> bytes:
        """Return the next message of the server."""
        _, size = await self._reader.readexactly(2)
        length = size
        if size == 126:
            length = int.from_bytes(await self._reader.readexactly(2))
        elif size == 127:
            length = int.from_bytes(await self._reader.readexactly(8))
        return await self._reader.readexactly(length)

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
