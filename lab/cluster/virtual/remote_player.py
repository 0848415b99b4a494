"""The site's end of a player's process: its life, and questions with their answers."""

import asyncio
import itertools
import logging
import os
import signal
from collections import deque
from collections.abc import Callable
from typing import Protocol

from lab.cluster.processes.spawner import ForkedProcess, Spawner
from lab.cluster.processes.wire import Line, WireError
from lab.cluster.steering.commands import CommandError
from lab.cluster.virtual.player_wire import (
    Ended,
    FromPlayer,
    Noted,
    Pace,
    Paced,
    Part,
    Refused,
    Told,
    ToPlayer,
)

_LOG = logging.getLogger(__name__)

LOG_LINES = 50
STOP_WITHIN_S = 5.0
MOST_SIDES = 2

Made = Callable[[], None]


def ignore() -> None:
    """Nobody needs to know when an answer was made."""


class RemoteSide(Protocol):
    """Who wants to know what is told of one side."""

    def heard(self, message: Told | Noted | Ended) -> None:
        """Take what is told of it."""

    def paced(self, message: Paced) -> None:
        """Take how time passes."""

    def lost(self) -> None:
        """The player's process is gone."""


class _Question:
    """An answer that comes in parts; ``made`` is called when the last one is there."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self.body = bytearray()
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def take(self, message: Part | Refused) -> None:
        """Take a part of the answer, or the refusal."""
        if isinstance(message, Refused):
            refusal = CommandError(message.code, message.message, message.field, message.hint)
            self.answer.set_exception(refusal)
            return
        self.body += message.body
        if message.is_last:
            self.made()
            self.answer.set_result(bytes(self.body))


class RemotePlayer:
    """One player's process. It is started for its first side, and ends with its last one."""

    def __init__(self, spawner: Spawner) -> None:
        self.sides: dict[int, RemoteSide] = {}
        self.pace = Pace()
        self.lost_because = ""
        self._spawner = spawner.players
        self._process: ForkedProcess | None = None
        self._starting = asyncio.Lock()
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._numbers = itertools.count(1)
        self._open: dict[int, _Question] = {}

    @property
    def pid(self) -> int | None:
        """The process id, None before it runs."""
        return None if self._process is None else self._process.pid

    def take_side(self, side: RemoteSide) -> int:
        """Return the number of the side that is now this one's. Raises CommandError."""
        for number in range(MOST_SIDES):
            if number not in self.sides:
                self.sides[number] = side
                return number
        raise CommandError("has_twin", "this lab has a twin already", "", "stop the twin first")

    async def start(self, name: str) -> None:
        """Fork the process, unless it runs. Raises SpawnError."""
        async with self._starting:
            if self._process is not None:
                return
            line = Line[FromPlayer](FromPlayer, self._received, lambda: None)
            self._process = await self._spawner.fork(name, line, self._log)
            self._process.on_exit = self._exited
            if self._process.exited.done():
                self._exited(self._process.exited.result())

    async def leave(self, number: int, make: Callable[[int], ToPlayer]) -> None:
        """Give a side back: say what ``make`` makes, or end the process with its last one."""
        self.sides.pop(number, None)
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                if self.sides:
                    await self.ask(make)
                else:
                    await self._end()
        except CommandError:
            return  # it is gone already
        except TimeoutError:
            if not self.sides and self._process is not None:
                await self._spawner.signal(self._process, signal.SIGKILL)

    async def _end(self) -> None:
        """Close the line, at which the process ends."""
        if self._process is not None and self._process.line is not None:
            self._process.line.close()
            await asyncio.shield(self._process.exited)

    def tell(self, message: ToPlayer) -> None:
        """Say something that has no answer. Raises CommandError when nobody is there."""
        try:
            if self._process is None or self.lost_because:
                raise WireError(self.lost_because or "the player does not run yet")
            self._process.send(message)
        except WireError as error:
            text = f"the lab's player does not hear: {error}"
            raise CommandError("not_running", text, "", "start it again") from error

    async def ask(self, make: Callable[[int], ToPlayer], made: Made = ignore) -> bytes:
        """Say what ``make`` makes of a number; return the answer, JSON or a file.

        ``made`` is called at the moment when the answer is there, before anything that was told
        after it. Raises CommandError.
        """
        number = next(self._numbers)
        question = self._open[number] = _Question(made)
        try:
            self.tell(make(number))
            return await question.answer
        finally:
            del self._open[number]

    def _received(self, message: FromPlayer) -> None:
        match message:
            case Part() | Refused():
                question = self._open.get(message.id)
                if question is not None and not question.answer.done():
                    question.take(message)
            case Paced():
                self.pace = message.pace
                for side in [*self.sides.values()]:
                    side.paced(message)
            case _:
                told = self.sides.get(message.side)
                if told is not None:
                    told.heard(message)

    def _exited(self, status: int) -> None:
        self.lost_because = _ending(status)
        if self.sides:
            _LOG.error("a player was lost: %s\n%s", self.lost_because, "\n".join(self._log))
        for question in self._open.values():
            if not question.answer.done():
                text = f"the lab's player ended before it answered: {self.lost_because}"
                question.answer.set_exception(CommandError("not_running", text))
        for side in [*self.sides.values()]:
            side.lost()


def _ending(status: int) -> str:
    """Say what a wait status says."""
    if os.WIFSIGNALED(status):
        return f"its process was killed by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"its process ended with exit status {os.waitstatus_to_exitcode(status)}"
