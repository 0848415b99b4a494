"""What a player still has to say to the site, in its order and at the site's pace."""

import asyncio
from collections import deque
from typing import Any

from lab.cluster.processes.wire import Line
from lab.cluster.steering.commands import CommandError
from lab.cluster.virtual.player_wire import PART_BYTES, FromPlayer, Part, Refused

MOST_WAITING = 5000


class Outbox:
    """Queues messages for a line. Nothing is dropped: whoever fills it waits for ``room``."""

    def __init__(self) -> None:
        self._waiting: deque[FromPlayer] = deque()
        self._has_some = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()

    def put(self, message: FromPlayer) -> None:
        """Send a message after those that wait."""
        self._waiting.append(message)
        self._has_some.set()
        if len(self._waiting) > MOST_WAITING:
            self._has_room.clear()

    def answer(self, number: int, body: bytes) -> None:
        """Answer a question, in parts that a line can carry."""
        for start in range(0, max(len(body), 1), PART_BYTES):
            end = start + PART_BYTES
            self.put(Part(number, body[start:end], is_last=end >= len(body)))

    def refuse(self, number: int, error: CommandError) -> None:
        """Say why a question has no answer."""
        self.put(Refused(number, error.code, error.message, error.field, error.hint))

    async def room(self) -> None:
        """Wait until the site reads again."""
        await self._has_room.wait()

    async def empty_into(self, line: "Line[Any]") -> None:
        """Send what there is and what will come, for ever."""
        while True:
            await self._has_some.wait()
            self._has_some.clear()
            while self._waiting:
                await line.room()
                line.send(self._waiting.popleft())
            self._has_room.set()
