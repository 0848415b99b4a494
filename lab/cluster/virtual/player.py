"""Plays virtual labs in a process of its own, forked by the fork server: one lab, or twins.

::

    site ── Load, Copy, Ask … ──▶ Player ── a slice of time ──▶ LinkedTime ──▶ Side, Side
    site ◀── Told, Part, Paced … ── Outbox ◀── Telling, answers ◀────────────────┘

It does nothing while time stands still, and after a while nobody watches or asks.
"""

import asyncio
import os
import socket
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec

from lab.cluster.processes.wire import Line
from lab.cluster.runs.head import Branch
from lab.cluster.runs.moment import moment
from lab.cluster.runs.paging import page
from lab.cluster.runs.run import pack
from lab.cluster.scenarios.diagnostics import ScenarioError
from lab.cluster.scenarios.limits import VIRTUAL
from lab.cluster.scenarios.scenario import Scenario, load_scenario
from lab.cluster.steering import commands as c
from lab.cluster.steering.commands import CommandError, parse_command
from lab.cluster.virtual.memory import collect_seldom
from lab.cluster.virtual.player_outbox import Outbox
from lab.cluster.virtual.player_side import Side
from lab.cluster.virtual.player_telling import Telling
from lab.cluster.virtual.player_time import LinkedTime
from lab.cluster.virtual.player_wire import (
    MOST_TO_PLAYER_BYTES,
    Ask,
    Copy,
    Drop,
    Listen,
    Load,
    Noted,
    Pack,
    Replay,
    ToPlayer,
)

DOZE_AFTER_S = 60.0
"""Time stands still when for so long nobody has listened to a side or asked anything."""
BEHIND_OTHERS = 5
"""How nice the process is: the site and live labs come first."""

Plain = dict[str, Any]


def main(control: socket.socket) -> None:
    """Play what the site says until it closes the line."""
    with suppress(PermissionError):
        os.nice(BEHIND_OTHERS)
    collect_seldom()
    asyncio.run(_run(control))


async def _run(control: socket.socket) -> None:
    control.setblocking(False)
    player = Player(time.monotonic)
    end = partial(os._exit, 0)
    line = Line[ToPlayer](ToPlayer, player.received, end, MOST_TO_PLAYER_BYTES)
    await asyncio.get_running_loop().create_connection(lambda: line, sock=control)
    await player.run(line)


class Player:
    """Two sides at most, the time that passes for both, and what is said about them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._time = LinkedTime(clock)
        self._outbox = Outbox()
        self._telling = Telling(clock, self._time, self._outbox)
        self._texts: dict[int, str] = {}
        self._woken = asyncio.Event()
        self._reading = asyncio.Lock()
        self._used_s = clock()

    async def run(self, line: "Line[Any]") -> None:
        """Let time pass and tell of it, for ever."""
        async with asyncio.TaskGroup() as self._tasks:
            self._tasks.create_task(self._outbox.empty_into(line))
            while True:
                await self._outbox.room()
                is_busy = not self.dozes and self._time.advance()
                self._telling.tell(at_once=not is_busy)
                await self._rest(is_busy)

    @property
    def dozes(self) -> bool:
        """Whether nobody has cared for so long that no time passes."""
        is_used = self._clock() - self._used_s < DOZE_AFTER_S
        return not (is_used or self._telling.is_heard or self._time.replaying_to)

    async def _rest(self, is_busy: bool) -> None:
        """Read what the site says; wait until there is something to do."""
        if is_busy:
            await asyncio.sleep(0)
            return
        wait_s = None if self.dozes else self._time.wait_s()
        self._woken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._woken.wait()

    # What the site says.

    def received(self, message: ToPlayer) -> None:
        """Do what the site asks; whatever goes wrong is its answer."""
        self._used_s = self._clock()
        self._woken.set()
        if isinstance(message, Listen):
            self._telling.listen(message.side, on=message.on)
            return
        try:
            self._obey(message)
        except CommandError as error:
            self._refuse(message.id, error)
        except Exception as error:  # noqa: BLE001 - the edge: told to whoever asked, and to the log
            traceback.print_exc()
            self._refuse(message.id, CommandError("broken", f"the player failed: {error!r:.200}"))

    def _obey(self, message: Load | Copy | Ask | Pack | Drop) -> None:
        match message:
            case Load():
                self._load(message)
            case Copy():
                self._copy(message)
            case Drop():
                self._drop(message.side)
                self._answer(message.id, {})
            case Pack():
                self._pack(message)
            case Ask():
                fields = msgspec.json.decode(message.command)
                self._ask(message, self._time.sides[message.side], parse_command(fields), fields)

    def _load(self, message: Load) -> None:
        scenario = _scenario(message)
        replay = msgspec.json.decode(message.replay, type=Replay)
        if not self._time.sides:
            self._time.set_pace(replay.speed, paused=replay.paused)
        self._texts[message.side] = message.scenario_text
        side = self._begin(message.side, scenario, message.seed, replay)
        side.on_arrival = partial(self._arrived, message.id, message.side, None)

    def _copy(self, message: Copy) -> None:
        other = self._time.sides[1 - message.side]
        to_t = other.t if message.at_t is None else message.at_t
        if to_t > other.t:
            hint = f"it has reached {other.t:.1f} s"
            raise CommandError("out_of_range", "the lab has not got there yet", "at_t", hint)
        change = msgspec.json.decode(message.change) if message.change else None
        replay = Replay([given for given in other.given if given.t <= to_t], to_t)
        self._texts[message.side] = self._texts[1 - message.side]
        side = self._begin(message.side, other.scenario, other.play.lab.seed, replay)
        if message.at_t is not None:
            side.branch_of = Branch(other.play.recording.digest, to_t)
            self._time.set_pace(self._time.pacer.speed, paused=True)
        side.on_arrival = partial(self._arrived, message.id, message.side, change)

    def _begin(self, number: int, scenario: Scenario, seed: int | None, replay: Replay) -> Side:
        if number in self._time.sides:
            raise CommandError("has_twin", "this side is played already")
        hear = self._telling.begin(number)
        side = self._time.sides[number] = Side(scenario, seed, replay, hear)
        for place in range(len(side.given)):
            self._note(number, side, place)
        self._telling.pace()
        return side

    def _arrived(self, message_id: int, number: int, change: Plain | None) -> None:
        """A side is where it was to get: give it what is to be changed there."""
        side = self._time.sides[number]
        for place in range(len(side.given)):
            self._note(number, side, place)
        self._telling.pace()

        def done(result: Plain | CommandError) -> None:
            if isinstance(result, CommandError):
                side.notice = f"The change was refused: {result.message}"
            self._reply(message_id, result)

        if change is None:
            self._answer(message_id, {})
        else:
            self._give(number, side, change, done)

    def _ask(self, message: Ask, side: Side, command: c.Command, fields: Plain) -> None:
        match command:
            case c.SetPace():
                self._time.set_pace(command.speed, paused=command.paused)
                self._answer(message.id, msgspec.to_builtins(self._telling.pace()))
            case c.Step():
                self._step(message.id, command)
            case c.Moment():
                self._read(message.id, moment, side.play.recording.copy(), command.t)
            case c.Span():
                recording = side.play.recording.copy()
                self._read(message.id, page, recording, command.from_t, command.to_t)
            case c.Read() | c.ReadLog() | c.ReadTrace():
                self._answer(message.id, side.look(command))
            case _:
                done = partial(self._reply, message.id)
                self._give(message.side, side, fields, done)

    def _step(self, message_id: int, command: c.Step) -> None:
        for to_t in self._time.replaying_to.values():
            text = f"the lab is still being played up to {to_t:.1f} s"
            raise CommandError("replaying", text, "", "wait until it is there")

        def done() -> None:
            self._telling.pace(is_news=True)
            self._answer(message_id, {"t": round(self._time.t, 6)})

        self._time.step(command.to, done)

    def _give(
        self, number: int, side: Side, fields: Plain, done: Callable[[Plain | CommandError], None]
    ) -> None:
        def answer(result: Plain | CommandError) -> None:
            if isinstance(result, CommandError) and place < len(side.play.given):
                self._note(number, side, place)
            self._telling.pace()
            done(result)

        place = len(side.play.given)
        side.give(fields, answer)
        if place < len(side.play.given):
            self._note(number, side, place)

    def _note(self, number: int, side: Side, place: int) -> None:
        """Tell the site of a command, so that it can have the lab again."""
        self._outbox.put(Noted(number, place, msgspec.json.encode(side.given[place])))

    def _pack(self, message: Pack) -> None:
        side = self._time.sides[message.side]
        text = self._texts[message.side]
        run = side.play.run(scenario_text=text, title=message.title, branch_of=side.branch_of)
        self._read(message.id, pack, run)

    def _drop(self, number: int) -> None:
        side = self._time.sides.pop(number, None)
        self._telling.end(number)
        if side is not None:
            side.play.close()
        self._telling.pace()

    # Answers.

    def _read(self, message_id: int, act: Callable[..., Any], *args: Any) -> None:
        """Answer what takes long to find beside the loop, one after the other."""

        def find() -> bytes:
            found = act(*args)
            return found if isinstance(found, bytes) else msgspec.json.encode(found)

        async def answer() -> None:
            try:
                async with self._reading:
                    self._outbox.answer(message_id, await asyncio.to_thread(find))
            except LookupError as error:
                self._refuse(message_id, CommandError("not_kept", str(error), "t"))

        self._tasks.create_task(answer())

    def _reply(self, message_id: int, result: Plain | CommandError) -> None:
        if isinstance(result, CommandError):
            self._refuse(message_id, result)
        else:
            self._answer(message_id, result)

    def _answer(self, message_id: int, result: Plain) -> None:
        """Answer after all that has happened before is told."""
        self._telling.tell(at_once=True)
        self._outbox.answer(message_id, msgspec.json.encode(result))

    def _refuse(self, message_id: int, error: CommandError) -> None:
        self._outbox.refuse(message_id, error)


def _scenario(message: Load) -> Scenario:
    try:
        return load_scenario(message.scenario_text, message.scenario_name, VIRTUAL)
    except ScenarioError as error:
        first = error.diagnostics[0]
        text = f"{first.file}:{first.line}:{first.column}: {first.message}"
        raise CommandError("bad_scenario", text, "scenario", first.hint) from error
