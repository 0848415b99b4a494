"""The time of a player's sides, which is one: what one of them has reached, both have.

A side that is behind (it catches up with a past, or branched off it) goes first, alone.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Literal

from lab.cluster.virtual.pacing import Pacer
from lab.cluster.virtual.player_side import Side

SLICE_S = 0.01
"""Of the wall's time are used at once; then messages are read."""
ASKED_WAIT_S = 0.005
LONGEST_STEP_T = 10.0


class _Step:
    """What a step is to bring about, and whom to tell."""

    def __init__(
        self, to: Literal["moment", "frame", "event"], limit_t: float, done: Callable[[], None]
    ) -> None:
        self.to = to
        self.limit_t = limit_t
        self.done = done


class LinkedTime:
    """Lets the time of up to two sides pass together, a slice at a time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.pacer = Pacer(clock)
        self.sides: dict[int, Side] = {}
        self._step: _Step | None = None
        self._goal_t = 0.0

    @property
    def t(self) -> float:
        """What every side that still goes on has reached."""
        return min((side.t for side in self._going()), default=self._latest_t())

    @property
    def is_asked(self) -> bool:
        """Whether somebody waits for time to pass."""
        return any(side.is_asked for side in self._going())

    @property
    def replaying_to(self) -> dict[int, float]:
        """The sides that catch up, and with which time."""
        sides = self.sides.items()
        return {number: side.replay_to for number, side in sides if side.is_replaying}

    @property
    def is_paused(self) -> bool:
        """Whether time stands still but for what is asked or replayed."""
        return self.pacer.paused or not self._going()

    def set_pace(self, speed: float | None, *, paused: bool) -> None:
        """Go on at another pace from now."""
        self.pacer.speed, self.pacer.paused = speed, paused
        self.pacer.anchor(self.t)

    def step(self, to: Literal["moment", "frame", "event"], done: Callable[[], None]) -> None:
        """Pause, and let just the next thing happen; ``done`` is called when it has."""
        if self._step is not None:
            self._step.done()
        self.pacer.paused = True
        for side in self.sides.values():
            side.told = dict.fromkeys(side.told, 0)
        self._step = _Step(to, self.t + LONGEST_STEP_T, done)

    def advance(self) -> bool:
        """Let time pass for a slice; return whether more of it should pass at once."""
        until_s = perf_counter() + SLICE_S
        due_t = self.pacer.due_t(self.t)
        while perf_counter() < until_s:
            if not self._advance(due_t):
                return False
        return True

    def wait_s(self) -> float | None:
        """Return for how long nothing need be done; None until somebody says something."""
        if self.is_asked:
            return ASKED_WAIT_S
        return None if self.is_paused else self.pacer.wait_s(self.t)

    def _advance(self, due_t: float) -> bool:
        """Do the most urgent little thing; return whether there was any."""
        for side in self.sides.values():
            if side.is_replaying:
                self._replay(side)
                return True
        going = self._going()
        if self._step is not None:
            self._step_on(self._step, going)
            return True
        return self._follow(going, due_t) or self._obey(going)

    def _replay(self, side: Side) -> None:
        side.run_towards(side.replay_to)
        if side.ended or side.t >= side.replay_to:
            side.is_replaying = False
            self._goal_t = self.t
            side.arrive()

    def _step_on(self, step: _Step, going: list[Side]) -> None:
        next_t = min((side.play.next_t for side in going), default=step.limit_t)
        for side in going:
            if side.play.next_t <= next_t:
                side.step()
            else:
                side.run_until(next_t)
        has_come = step.to == "moment" or any(side.told[step.to] for side in going)
        if has_come or next_t >= step.limit_t:
            self._step = None
            self._goal_t = self.t
            step.done()

    def _follow(self, going: list[Side], due_t: float) -> bool:
        """Let all sides get to the next goal, a small one, so that they stand still together."""
        t = self.t
        if going and self._goal_t <= t < due_t:
            self._goal_t = min(due_t, t + min(side.chunk_s for side in going))
        behind = [side for side in going if side.t < self._goal_t]
        if behind:
            min(behind, key=lambda side: side.t).run_towards(self._goal_t)
        return bool(behind)

    def _obey(self, going: list[Side]) -> bool:
        """While time is paused or slow, let it pass for those who have been given a command."""
        asked = [side for side in going if side.is_asked] if self.pacer.is_slow else []
        for side in asked:
            is_linked = side.t <= self.t
            side.step()
            if is_linked:
                self._goal_t = side.t
        return bool(asked)

    def _going(self) -> list[Side]:
        return [side for side in self.sides.values() if not side.ended]

    def _latest_t(self) -> float:
        return max((side.t for side in self.sides.values()), default=0.0)
