"""One side of a player: a lab in virtual time, and those who wait for something of it."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import msgspec

from lab.cluster.runs.head import Branch, Given
from lab.cluster.runs.kept_trace import kept_trace
from lab.cluster.runs.run import MAX_FILE_BYTES
from lab.cluster.scenarios.scenario import Scenario
from lab.cluster.steering import commands as c
from lab.cluster.steering.commands import CommandError
from lab.cluster.virtual.play import MOST_FOR_A_COMMAND_S, Bounds, Play
from lab.cluster.virtual.player_wire import Replay

BOUNDS = Bounds(memory_bytes=384 << 20, wall_s=float("inf"))
CHUNK_WALL_S = 0.003
"""What is run at once takes about so long, so that a command need not wait."""
LEAST_CHUNK_S, MOST_CHUNK_S = 0.0001, 0.1

Plain = dict[str, Any]
Answer = Callable[[Plain | CommandError], None]


class Side:
    """A Play with its place in the player. ``told`` hears each message's type and JSON.

    replaying ──has got to ``replay_to``──▶ going ──a bound, or something broke──▶ ended
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int | None,
        replay: Replay,
        told: Callable[[str, bytes], None],
    ) -> None:
        commands = [given for given in replay.commands if given.t <= replay.to_t]
        self.scenario = scenario
        self.play = Play(
            scenario, seed=seed, commands=commands, bounds=BOUNDS, record_bytes=MAX_FILE_BYTES
        )
        self.notice = ""
        self.frame = b"null"
        self.told = {"frame": 0, "event": 0}
        self.replay_to = replay.to_t
        self.is_replaying = True
        self.on_arrival: Callable[[], None] | None = None
        self.branch_of: Branch | None = None
        self._commands = commands
        self._hear = told
        self.chunk_s = 0.01
        self._asked: dict[int, tuple[float, Answer]] = {}
        self.play.lab.listen(self._heard)
        self.play.begin()

    @property
    def t(self) -> float:
        """Its lab time."""
        return self.play.t

    @property
    def ended(self) -> str:
        """Why it goes no further, if it does not."""
        return self.play.ended

    @property
    def is_asked(self) -> bool:
        """Whether somebody waits for a command to be obeyed."""
        return bool(self._asked)

    @property
    def given(self) -> list[Given]:
        """The commands, those included that are still to be replayed."""
        return self._commands if self.is_replaying else self.play.given

    # Time.

    def run_towards(self, t: float) -> None:
        """Let a little time pass, a few milliseconds of the wall's; not beyond ``t``."""
        began_s = perf_counter()
        self.run_until(min(t, self.t + self.chunk_s))
        took_s = max(perf_counter() - began_s, 1e-6)
        chunk_s = self.chunk_s * min(max(CHUNK_WALL_S / took_s, 0.25), 2.0)
        self.chunk_s = min(max(chunk_s, LEAST_CHUNK_S), MOST_CHUNK_S)

    def run_until(self, t: float) -> None:
        """Let time pass up to ``t``."""
        self.play.run_until(t)
        self._give_up()

    def step(self) -> None:
        """Let the next moment happen at which anything does."""
        self.play.step()
        self._give_up()

    def arrive(self) -> None:
        """The past has been played: tell whoever waits for that."""
        arrived, self.on_arrival = self.on_arrival, None
        if arrived is not None:
            arrived()

    def _give_up(self) -> None:
        """Answer those who have waited for too long."""
        late = [place for place, (limit_t, _) in self._asked.items() if self.t > limit_t]
        for place in late:
            text = f"not obeyed within {MOST_FOR_A_COMMAND_S:g} s"
            self._obeyed(place, CommandError("not_obeyed", text))

    # Commands.

    def give(self, fields: Plain, answer: Answer) -> int:
        """Give a change at this moment; return its place among those given.

        Raises CommandError when none can be given now.
        """
        if self.is_replaying:
            text = f"the lab is still being played up to {self.replay_to:.1f} s"
            raise CommandError("replaying", text, "", "wait until it is there")
        place = len(self.play.given)
        self._asked[place] = (self.t + MOST_FOR_A_COMMAND_S, answer)
        self.play.give(fields, lambda result: self._obeyed(place, result))
        return place

    def _obeyed(self, place: int, result: Plain | CommandError) -> None:
        _, answer = self._asked.pop(place, (0.0, None))
        if answer is not None:
            answer(result)

    def look(self, command: c.Look) -> Plain:
        """Tell what is known just now; no time passes. Raises CommandError."""
        if isinstance(command, c.ReadTrace) and command.trace not in self.play.lab.traces:
            try:
                return kept_trace(self.play.recording, command.trace)
            except LookupError as error:
                raise CommandError("unknown_trace", str(error), "trace") from error
        found = self.play.lab.look(command)
        if isinstance(command, c.Read) and command.command == "hello":
            return found | {"frame": msgspec.Raw(self.frame)}
        return found

    def _heard(self, kind: str, body: bytes) -> None:
        if kind in self.told:
            self.told[kind] += 1
        if kind == "frame":
            self.frame = body
        self._hear(kind, body)
