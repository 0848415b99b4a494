"""A lab that a player plays, as the site holds it: one side of the player's two.

::

    command ─▶ PlayedCluster ─▶ RemotePlayer ══ control line ══▶ Player ─▶ Side
    listeners ◀─ PlayedCluster ◀─ RemotePlayer ◀══ messages, answers ══ Player
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from lab.cluster.runs.head import Given
from lab.cluster.sight.audience import Listener
from lab.cluster.steering.commands import CommandError, parse_command
from lab.cluster.virtual.player_wire import (
    Ask,
    Copy,
    Drop,
    Ended,
    Listen,
    Load,
    Noted,
    Paced,
    Pack,
    Replay,
    Told,
    ToPlayer,
)
from lab.cluster.virtual.remote_player import Made, RemotePlayer, ignore

ARRIVES_WITHIN_S = 5.0
"""A lab whose past takes longer to be played again has started nevertheless, and gets there."""

Plain = dict[str, Any]


class PlayedCluster:
    """One virtual lab: ``start`` it, ``command`` it, ``listen`` to it, ``stop`` it.

    What it takes to have it again (``replay``) is known here, and outlives the player's process.
    """

    body = "virtual"

    def __init__(
        self,
        player: RemotePlayer,
        scenario_name: str,
        scenario_text: str,
        *,
        seed: int | None = None,
        replay: Replay = Replay(),  # noqa: B008 - frozen
    ) -> None:
        """Take a side of ``player``. Raises CommandError when both are taken."""
        self.player = player
        self.status = "starting"
        self.given: list[Given] = list(replay.commands)
        self._side = player.take_side(self)
        self._names = (scenario_name, scenario_text)
        self._t: float | None = replay.to_t
        self._replaying_to: float | None = None
        self._end = Ended(self._side, "", "")
        self._listeners: list[Listener] = []
        self._arriving: asyncio.Task[None] | None = None
        self._refusal: CommandError | None = None
        self._first: Callable[[int], ToPlayer] = lambda number: Load(
            number,
            self._side,
            scenario_name,
            scenario_text,
            seed,
            msgspec.json.encode(replay),
        )

    def copy(self, change: Mapping[str, object], *, at_t: float | None = None) -> "PlayedCluster":
        """Return a twin of this lab as it is when it starts, or as it was at ``at_t``, paused.

        ``change`` (empty: none) is given to it only, when it has got there; a change that is
        refused stops its start. Raises CommandError.
        """
        if change:
            parse_command(change)
        encoded = _encoded(change) if change else b""
        twin = PlayedCluster(self.player, *self._names)
        twin._t = None
        twin._first = lambda number: Copy(number, twin._side, at_t, encoded)
        return twin

    # Life.

    async def start(self) -> None:
        """Play it; returns when it has got to where its past ends, or surely will.

        Raises CommandError, SpawnError.
        """
        await self.player.start(f"player {self._names[0]}")
        self._arriving = asyncio.get_running_loop().create_task(self._arrive())
        await asyncio.wait({self._arriving}, timeout=ARRIVES_WITHIN_S)
        if self._refusal is not None:
            raise self._refusal
        self.status = "running"

    async def _arrive(self) -> None:
        try:
            await self.player.ask(self._first)
        except CommandError as refusal:
            self._refusal = refusal

    async def stop(self) -> None:
        """End it, and its player when nobody else is played there; idempotent."""
        if self.status == "stopped":
            return
        self.status = "stopped"
        if self._arriving is not None:
            self._arriving.cancel()
        await self.player.leave(self._side, lambda number: Drop(number, self._side))

    # What is told of it.

    def heard(self, message: Told | Noted | Ended) -> None:
        """Take what the player tells of it."""
        match message:
            case Told():
                for listener in [*self._listeners]:
                    listener(message.kind, message.body)
            case Noted():
                given = msgspec.json.decode(message.given, type=Given)
                self.given[message.place : message.place + 1] = [given]
                if self._t is not None:
                    self._t = max(self._t, given.t)
            case Ended():
                self._end = message

    def paced(self, message: Paced) -> None:
        """Take how far it has got."""
        if self._side in message.ts:
            self._replaying_to = message.replaying_to.get(self._side)
            reached_t = message.ts[self._side]
            self._t = max(reached_t, self._replaying_to or 0.0, self._t or 0.0)

    def lost(self) -> None:
        """The player's process is gone."""
        if self.status != "stopped":
            self.status = "broken"

    # Steering and sight.

    def about(self) -> Plain:
        """Return what a state says of the lab besides what is in it."""
        notice = {"notice": self._end.notice} if self._end.notice else {}
        pace = msgspec.to_builtins(self.player.pace)
        return {
            "body": self.body,
            "pace": pace,
            "replaying_to": self._replaying_to,
            "ended": self._end.ended,
            **notice,
        }

    @property
    def replay(self) -> Replay | None:
        """What it takes to have it again as it is now; None as long as that is not known."""
        if self._t is None:
            return None
        pace = self.player.pace
        return Replay(list(self.given), self._t, pace.speed, pace.paused)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener(type, JSON)`` for every message; returns what ends it."""
        self._listeners.append(listener)
        self._say_whether_heard()

        def leave() -> None:
            self._listeners.remove(listener)
            self._say_whether_heard()

        return leave

    def _say_whether_heard(self) -> None:
        with suppress(CommandError):  # a player that is gone tells nothing anyway
            self.player.tell(Listen(self._side, bool(self._listeners)))

    async def hello(self, made: Made = ignore) -> msgspec.Raw:
        """Return what somebody who joins needs; what is told after ``made`` is not in it."""
        return await self._ask({"command": "hello"}, made)

    async def command(self, fields: Mapping[str, object]) -> msgspec.Raw:
        """Obey one command. Raises CommandError."""
        parse_command(fields)
        return await self._ask(fields)

    async def run(self, title: str = "") -> bytes:
        """Return what was played, as the file of a run."""
        return await self.player.ask(lambda number: Pack(number, self._side, title))

    async def _ask(self, fields: Mapping[str, object], made: Made = ignore) -> msgspec.Raw:
        if self.status != "running":
            why = self.player.lost_because
            text = f"the lab is {self.status}{': ' if why else ''}{why}"
            raise CommandError("not_running", text, "", "start it again")
        encoded = _encoded(fields)
        ask = self.player.ask(lambda number: Ask(number, self._side, encoded), made)
        return msgspec.Raw(await ask)


def _encoded(fields: Mapping[str, object]) -> bytes:
    try:
        return msgspec.json.encode(dict(fields))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise CommandError("malformed", f"this is not JSON: {error}") from error
