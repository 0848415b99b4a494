"""Plays a lab in virtual time from outside its loop, step by step, and records all that it tells.

::

    scenario, seed, commands with times ──▶ Play.run_until(t) ──▶ Recording ──▶ Run
"""

import resource
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lab.cluster.cluster import Cluster
from lab.cluster.runs.recording import Recording
from lab.cluster.runs.run import Given, Head, Run
from lab.cluster.scenarios.scenario import Scenario
from lab.cluster.steering.commands import CommandError
from lab.cluster.virtual.loop import VirtualLoop
from lab.cluster.virtual.machine import Costs, VirtualMachine

SLICE_S = 0.1
"""So often, in virtual seconds, the bounds are looked at."""

MOST_FOR_A_COMMAND_S = 20.0

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one run may use; at a bound it stops with what it has, and says so."""

    callbacks: int = 500_000_000
    memory_bytes: int = 1 << 30
    """Of the whole process that plays."""
    wall_s: float = 3600.0


class Play:
    """One lab in virtual time. Not started until ``begin``; nothing runs but inside its methods.

    The same scenario, seed, costs and commands at the same times give the same recording, however
    the time is cut into calls of ``run_until``.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None = None,
        commands: Iterable[Given] = (),
        costs: Costs = Costs(),  # noqa: B008 - frozen
        bounds: Bounds = Bounds(),
    ) -> None:
        """``commands`` are given again when their time has come."""
        self.recording = Recording()
        self.given: list[Given] = []
        self.ended = ""
        self._scenario = scenario
        self._bounds = bounds
        self._waiting = sorted(commands, key=lambda given: given.t)
        self._loop = VirtualLoop()
        self._began = time.monotonic()
        self.lab: Cluster = self._loop.run_until_complete(self._make(scenario, seed, costs))

    @property
    def t(self) -> float:
        """The lab's time in seconds."""
        return self._loop.time()

    @property
    def callbacks(self) -> int:
        """How many callbacks have run: the work that was done."""
        return self._loop.callbacks

    def begin(self) -> None:
        """Start the lab; returns when users' requests flow."""
        self._loop.run_until_complete(self.lab.start())

    def run_until(self, t: float) -> None:
        """Let time pass up to ``t``, or up to a bound: see ``ended``."""
        while self.t < t and not self.ended:
            self._give_due()
            until_t = min(t, self.t + SLICE_S)
            if self._waiting:
                until_t = min(until_t, self._waiting[0].t)
            self._loop.run_until(until_t)
            self._check()
        self._give_due()

    def step(self) -> None:
        """Let just the next moment happen at which anything does."""
        if not self.ended:
            self._give_due()
            self._loop.step()
            self._check()

    def give(
        self,
        fields: Plain,
        answer: Callable[[Plain | CommandError], None] = lambda _answer: None,
    ) -> None:
        """Give a command now; ``answer`` is called once with what came of it, as time passes."""
        given_t = self.t
        place = len(self.given)
        self.given.append(Given(given_t, fields))

        async def obey() -> None:
            try:
                result: Plain | CommandError = await self.lab.command(fields)
            except CommandError as error:
                self.given[place] = Given(given_t, fields, str(error))
                result = error
            answer(result)

        self._loop.create_task(obey())

    def command(self, **fields: object) -> Plain:
        """Give a command and let time pass until it is obeyed. Raises CommandError."""
        answers: list[Plain | CommandError] = []
        self.give(dict(fields), answers.append)
        limit_t = self.t + MOST_FOR_A_COMMAND_S
        while not answers and self.t < limit_t and not self.ended:
            self._loop.step()
        if not answers:
            raise CommandError("not_obeyed", f"not obeyed within {MOST_FOR_A_COMMAND_S:g} s")
        (found,) = answers
        if isinstance(found, CommandError):
            raise found
        return found

    def run(self, *, scenario_text: str, title: str = "") -> Run:
        """Return what has been played so far."""
        head = Head(
            scenario_name=self._scenario.name,
            scenario_text=scenario_text,
            seed=self.lab.seed,
            body="virtual",
            to_t=self.t,
            commands=list(self.given),
            digest=self.recording.digest,
            title=title,
            ended=self.ended,
        )
        return Run(head, self.recording.copy())

    def close(self) -> None:
        """Stop the lab; nothing of it is left."""
        try:
            self._loop.run_until_complete(self.lab.stop())
        finally:
            self._loop.end()

    async def _make(self, scenario: Scenario, seed: int | None, costs: Costs) -> Cluster:
        lab = Cluster(scenario, VirtualMachine(costs), seed=seed)
        lab.record(lambda kind, body: self.recording.add(self.t, kind, body))
        return lab

    def _give_due(self) -> None:
        while self._waiting and self._waiting[0].t <= self.t:
            self.give(self._waiting.pop(0).fields)

    def _check(self) -> None:
        bounds, at = self._bounds, f"stopped at {self.t:.1f} s"
        if self._loop.callbacks > bounds.callbacks:
            self.ended = f"{at}: more than {bounds.callbacks:,} callbacks"
        elif time.monotonic() - self._began > bounds.wall_s:
            self.ended = f"{at}: it took longer than {bounds.wall_s:g} s"
        elif _memory_bytes() > bounds.memory_bytes:
            self.ended = f"{at}: it needs more than {bounds.memory_bytes >> 20} MB"


def _memory_bytes() -> int:
    """Return the largest memory that this process has had."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
