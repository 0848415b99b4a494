"""Plays a lab in virtual time from outside its loop, step by step, and records all that it tells.

::

    scenario, seed, commands with times ──▶ Play.run_until(t) ──▶ Recording ──▶ Run
"""

import asyncio
import itertools
import logging
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lab.cluster.cluster import Cluster
from lab.cluster.runs.head import MAX_COMMANDS
from lab.cluster.runs.recording import LIMIT_BYTES, Recording
from lab.cluster.runs.run import Branch, Given, Head, Run
from lab.cluster.scenarios.scenario import Scenario
from lab.cluster.steering.commands import CommandError
from lab.cluster.virtual.loop import VirtualLoop
from lab.cluster.virtual.machine import Costs, VirtualMachine
from lab.cluster.virtual.memory import memory_bytes

_LOG = logging.getLogger(__name__)

SLICE_S = 0.1
"""So often, in virtual seconds, the bounds are looked at."""
LOOK_S = 1.0
"""So often the memory is."""

MOST_FOR_A_COMMAND_S = 20.0
MOST_TO_STOP_S = 20.0
MOST_LETTERS = 200
"""Of the reason for an end, which a run's head keeps in one line."""

Plain = dict[str, Any]
Answer = Callable[[Plain | CommandError], None]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one run may use; at a bound it stops with what it has, and says so."""

    callbacks: int = 500_000_000
    memory_bytes: int = 1 << 30
    """Of the whole process that plays, now: what a run before it has given back is not counted."""
    wall_s: float = 3600.0


class Play:
    """One lab in virtual time. Not started until ``begin``; nothing runs but inside its methods.

    The same scenario, seed, costs and commands at the same times give the same recording, however
    the time is cut into calls of ``run_until``. ``ended`` says why it ended before its time, if it
    did: a bound that it met, or what broke.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None = None,
        commands: Iterable[Given] = (),
        costs: Costs = Costs(),  # noqa: B008 - frozen
        bounds: Bounds = Bounds(),
        record_bytes: int = LIMIT_BYTES,
    ) -> None:
        """``commands`` are given again when their time has come.

        Past ``record_bytes`` (compressed) the oldest of the recording is lost.
        """
        self.recording = Recording(record_bytes)
        self.given: list[Given] = []
        self.ended = ""
        self._is_broken = False
        self._look_t = 0.0
        self._numbers = itertools.count()
        self._unanswered: dict[int, Answer] = {}
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
    def next_t(self) -> float:
        """When something happens next; infinity when nothing will."""
        return self._loop.next_s

    @property
    def callbacks(self) -> int:
        """How many callbacks have run: the work that was done."""
        return self._loop.callbacks

    def begin(self) -> None:
        """Start the lab; returns when users' requests flow, or when they never will: see ``ended``.

        Nothing but KeyboardInterrupt and its like is raised by a lab: what breaks it ends the run.
        """
        self._let(lambda: self._loop.run_until_complete(self.lab.start()))

    def run_until(self, t: float) -> None:
        """Let time pass up to ``t``, or up to an end: see ``ended``."""
        while self.t < t and not self.ended:
            self._give_due()
            until_t = min(t, self.t + SLICE_S)
            if self._waiting:
                until_t = min(until_t, self._waiting[0].t)
            self._run_until(until_t)
        if self._give_due():
            self._run_until(self.t)  # what they do without any time passing is done at t too

    def step(self) -> None:
        """Let just the next moment happen at which anything does."""
        self._give_due()
        if self._waiting and self._waiting[0].t < self._loop.next_s:
            self._run_until(self._waiting[0].t)
            self._give_due()
        elif not self.ended:
            self._let(self._loop.step)

    def give(self, fields: Plain, answer: Answer = lambda _answer: None) -> None:
        """Give a command now; ``answer`` is called once with what came of it, as time passes.

        All that happens now happens before it, so that a command which is given again at the same
        time finds the same.
        """
        self._run_until(self.t)
        if self.ended or len(self.given) >= MAX_COMMANDS:
            why = self.ended or f"a run has at most {MAX_COMMANDS} commands"
            answer(CommandError("ended" if self.ended else "too_many", why))
            return
        number, given_t = next(self._numbers), self.t
        place = len(self.given)
        self.given.append(Given(given_t, fields))
        self._unanswered[number] = answer

        async def obey() -> None:
            try:
                result: Plain | CommandError = await self.lab.command(fields)
            except CommandError as error:
                self.given[place] = Given(given_t, fields, str(error))
                result = error
            if number in self._unanswered:
                self._unanswered.pop(number)(result)

        self._loop.create_task(obey()).add_done_callback(_raise)

    def command(self, **fields: object) -> Plain:
        """Give a command and let time pass until it is obeyed. Raises CommandError."""
        answers: list[Plain | CommandError] = []
        self.give(dict(fields), answers.append)
        limit_t = self.t + MOST_FOR_A_COMMAND_S
        while not answers and self.t < limit_t and not self.ended:
            self.step()
        if not answers:
            raise CommandError("not_obeyed", f"not obeyed within {MOST_FOR_A_COMMAND_S:g} s")
        (found,) = answers
        if isinstance(found, CommandError):
            raise found
        return found

    def run(self, *, scenario_text: str, title: str = "", branch_of: Branch | None = None) -> Run:
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
            branch_of=branch_of,
            ended=self.ended,
        )
        return Run(head, self.recording.copy())

    def close(self) -> None:
        """Stop the lab; nothing of it is left."""
        try:
            if not self._is_broken:
                self._stop()
        finally:
            self._loop.end()

    def _stop(self) -> None:
        stopping = self._loop.create_task(self.lab.stop())
        limit_t = self.t + MOST_TO_STOP_S
        try:
            while not stopping.done() and self._loop.next_s < limit_t:
                self._loop.step()
        except Exception:  # noqa: BLE001 - the record is whole; what is left is thrown away
            _LOG.exception("a lab did not stop in good order")

    async def _make(self, scenario: Scenario, seed: int | None, costs: Costs) -> Cluster:
        lab = Cluster(scenario, VirtualMachine(costs), seed=seed)
        lab.record(lambda kind, body: self.recording.add(self.t, kind, body))
        return lab

    def _give_due(self) -> bool:
        """Give the commands whose time has come; return whether there were any."""
        before = len(self._waiting)
        while self._waiting and self._waiting[0].t <= self.t:
            self.give(self._waiting.pop(0).fields)
        return len(self._waiting) < before

    def _run_until(self, t: float) -> None:
        if not self.ended:
            self._let(lambda: self._loop.run_until(t))

    def _let(self, time_pass: Callable[[], object]) -> None:
        """Let time pass; whatever breaks ends the run with what it has."""
        try:
            time_pass()
        except Exception as error:  # noqa: BLE001 - the edge of the lab: told, and logged
            _LOG.exception("a lab in virtual time broke at %.3f s", self.t)
            self._is_broken = True
            self._end(f"{type(error).__name__}: {error}")
        else:
            self._check()

    def _check(self) -> None:
        bounds = self._bounds
        if self._loop.callbacks > bounds.callbacks:
            self._end(f"more than {bounds.callbacks:,} callbacks")
        elif time.monotonic() - self._began > bounds.wall_s:
            self._end(f"it took longer than {bounds.wall_s:g} s")
        elif self._needs_too_much():
            self._end(f"it needs more than {bounds.memory_bytes >> 20} MB")
        elif self.lab.status == "broken":
            self._end(self.lab.notice or "the lab broke")
        elif self._loop.next_s == math.inf:
            self._end(self._loop.who_waits())

    def _needs_too_much(self) -> bool:
        """Look at the memory once a second: to ask the system takes as long as a request."""
        if self.t < self._look_t:
            return False
        self._look_t = self.t + LOOK_S
        return memory_bytes() > self._bounds.memory_bytes

    def _end(self, why: str) -> None:
        self.ended = _line(f"stopped at {self.t:.1f} s: {why}")
        unanswered, self._unanswered = self._unanswered, {}
        for answer in unanswered.values():
            answer(CommandError("ended", self.ended))


def _raise(obeyed: "asyncio.Task[None]") -> None:
    """Let what no command should ever raise break the lab."""
    if not obeyed.cancelled():
        obeyed.result()


def _line(text: str) -> str:
    """Make one line of it that is not too long."""
    text = " ".join(text.split())
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
