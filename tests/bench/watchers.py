"""Many viewers of one lab in one process, as light as can be: bare websockets on asyncio.

``python -m tests.bench.watchers PORT LAB VIEWERS SECONDS`` prints ``watching`` once all have had a
frame, and in the end the delays as JSON.
"""

import asyncio
import base64
import json
import os
import re
import struct
import sys
import time
from typing import Any

MADE = re.compile(rb'"n":(\d+),.*?"made_s":([0-9.]+)')
ACKNOWLEDGE_EVERY = 5
PONG, PING, CLOSE = 0x8A, 0x89, 0x88


class Watcher(asyncio.Protocol):
    """One websocket. Frames of the server are not masked, ours must be (RFC 6455)."""

    def __init__(self, path: str, delays_ms: list[float]) -> None:
        self.frames = 0
        self.first = asyncio.get_running_loop().create_future()
        self._path = path
        self._delays_ms = delays_ms
        self._buffer = b""
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now_s = time.monotonic()
        self._buffer += data
        if not self._open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head, head
            self._open, self._buffer = True, rest
        while (message := self._next()) is not None:
            self._received(*message, now_s)

    def _next(self) -> tuple[int, bytes] | None:
        """Cut the next whole message from the buffer: its first byte and its payload."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1], 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4]), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < start + length:
            return None
        self._buffer = buffer[start + length :]
        return buffer[0], buffer[start : start + length]

    def _received(self, kind: int, payload: bytes, now_s: float) -> None:
        if kind == PING:
            self._send(PONG, payload)
            return
        made = MADE.search(payload)
        if made is None:
            return
        number = int(made[1])
        self.frames += 1
        self._delays_ms.append((now_s - float(made[2])) * 1000.0)
        if number % ACKNOWLEDGE_EVERY == 0:
            self._send(0x81, b'{"command":"seen","n":%d}' % number)
        if not self.first.done():
            self.first.set_result(None)

    def _send(self, kind: int, payload: bytes) -> None:
        """Masked with zeros, which leaves the payload as it is."""
        head = struct.pack("!BB", kind, 0x80 | len(payload))
        self._transport.write(head + bytes(4) + payload)


async def watch(port: int, lab: str, viewers: int, seconds: float) -> dict[str, Any]:
    """Return how late the frames of ``seconds`` were."""
    loop = asyncio.get_running_loop()
    delays_ms: list[float] = []
    watchers = [
        (
            await loop.create_connection(
                lambda: Watcher(f"/ws/labs/{lab}", delays_ms), "127.0.0.1", port
            )
        )[1]
        for _ in range(viewers)
    ]
    async with asyncio.timeout(30):
        await asyncio.gather(*(watcher.first for watcher in watchers))
    print("watching", flush=True)
    await asyncio.sleep(0.5)
    delays_ms.clear()
    before = [watcher.frames for watcher in watchers]
    await asyncio.sleep(seconds)
    late_ms = sorted(delays_ms)
    frames = [watcher.frames - n for watcher, n in zip(watchers, before, strict=True)]
    return {
        "viewers": viewers,
        "frames": len(late_ms),
        "skipped_ratio": max(0.0, round(1 - sum(frames) / (viewers * seconds * 10), 4)),
        "p50_ms": round(late_ms[len(late_ms) // 2], 2),
        "p99_ms": round(late_ms[len(late_ms) * 99 // 100], 2),
        "max_ms": round(late_ms[-1], 2),
    }


if __name__ == "__main__":
    port, lab, viewers, seconds = sys.argv[1:]
    print(json.dumps(asyncio.run(watch(int(port), lab, int(viewers), float(seconds)))))
