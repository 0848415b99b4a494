"""Harms a lab at random, seeded, and holds it to the truth meanwhile.

Whatever happens: the state says what the kernel says of each process within moments, commands are
answered, and a reset works.
"""

import asyncio
import os
import signal
import time
from dataclasses import dataclass, field
from random import Random

from lab.cluster import CommandError, Spawner
from tests.cluster.kernel import PROC, children_of, is_alive, process_state
from tests.cluster.waiting import until
from tests.cluster.watched import Plain, Watched

RESET_WITHIN_S = 3.0
ANSWER_WITHIN_S = 0.5
TRUE_WITHIN_S = 0.75
STALE_S = 0.6
RESET_EVERY = 25

AWAKE = ("up", "starting", "draining")


@dataclass
class Report:
    """How much harm was done, and the worst that it caused. Times in seconds."""

    seed: int
    harms: int = 0
    refused: int = 0
    resets: int = 0
    worst_reset_s: float = 0.0
    worst_answer_s: float = 0.0
    worst_truth_s: float = 0.0
    kinds: dict[str, int] = field(default_factory=dict)


class Harm:
    """One run of harm to one lab."""

    def __init__(self, lab: Watched, spawner: Spawner, seed: int) -> None:
        """``spawner`` has no other lab: what else lives under its fork server is a ghost."""
        self.report = Report(seed)
        self._lab = lab
        self._spawner = spawner
        self._random = Random(seed)

    async def run(self, seconds: float) -> Report:
        """Do harm for a while; then reset, and see the lab well. Raises AssertionError."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            await self._harm()
            await self._pause(self._random.expovariate(8.0))
            await self._is_true()
            await self._answers()
            if self.report.harms % RESET_EVERY == 0:
                await self._reset()
        await self._reset()
        await self._lab.flows()
        return self.report

    async def _harm(self) -> None:
        way = self._random.choice(
            [self._signal, self._signal, self._fault, self._heal, self._steer]
        )
        self.report.harms += 1
        name = way.__name__.strip("_")
        self.report.kinds[name] = self.report.kinds.get(name, 0) + 1
        try:
            await way()
        except CommandError:
            self.report.refused += 1

    async def _signal(self) -> None:
        """Kill, stop or continue any worker from outside, the users and the network too."""
        number = self._random.choice([signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT])
        unit = self._random.choice([*self._lab.units().values()])
        if unit["pid"] is not None:
            try:
                os.kill(unit["pid"], number)
            except ProcessLookupError:
                return  # it has just ended

    async def _fault(self) -> None:
        instances = [unit["name"] for unit in self._lab.lab.state()["instances"]]
        links = [link["name"] for link in self._lab.lab.state()["links"]]
        kind, target = self._random.choice(
            [("crash", instances), ("hang", instances), ("terminate", instances),
             ("pauses", instances), ("errors", instances), ("latency", instances),
             ("stuck", instances), ("slow_start", instances), ("hog", instances),
             ("lose_zone", self._lab.lab.state()["zones"]), ("down", links),
             ("black_hole", links), ("reset_peer", links), ("spike", ["users"])]
        )  # fmt: skip
        times = (
            {"duration_s": self._random.uniform(0.1, 2.0)} if self._random.random() < 0.7 else {}
        )
        params = {"delay_s": 0.5} if kind == "slow_start" else {}
        await self._lab.fault(kind, self._random.choice(target), params=params, **times)

    async def _heal(self) -> None:
        faults = self._lab.faults()
        if faults:
            await self._lab.do("heal_fault", fault=self._random.choice(faults))

    async def _steer(self) -> None:
        services = [service["name"] for service in self._lab.lab.state()["services"]]
        dependencies = [each["name"] for each in self._lab.lab.state()["dependencies"]]
        patterns = self._random.sample(
            ["retry", "breaker", "bulkhead", "timeout", "attempt_timeout", "fallback"], 3
        )
        match self._random.randrange(4):
            case 0:
                replicas = self._random.randint(1, 3)
                service = self._random.choice(services)
                await self._lab.do("set_service", service=service, replicas=replicas)
            case 1:
                chain = [{"pattern": pattern} for pattern in patterns]
                dependency = self._random.choice(dependencies)
                await self._lab.do("set_chain", dependency=dependency, chain=chain)
            case 2:
                await self._lab.do("set_users", rate_per_s=self._random.uniform(0.0, 150.0))
            case _:
                await self._lab.do("act", target=self._random.choice(services), action="restart")

    async def _pause(self, seconds: float) -> None:
        """Let harm add up before it is looked at."""
        await asyncio.sleep(min(seconds, 0.5))

    async def _is_true(self) -> None:
        began_s = time.monotonic()
        await until(lambda: not self._lies(), "a state that is true", TRUE_WITHIN_S)
        self.report.worst_truth_s = max(self.report.worst_truth_s, time.monotonic() - began_s)

    def _lies(self) -> list[str]:
        """Return what the state says and the kernel does not."""
        now_t = self._lab.lab.state()["t"]
        lies = [lie for unit in self._lab.units().values() if (lie := _lie_of(unit))]
        lies += self._ghosts()
        frame = self._lab.frames[-1]
        for unit in self._lab.lab.state()["instances"]:
            gone = unit["state"] in ("hung", "down") and now_t - unit["since_t"] > STALE_S
            if gone and frame["instances"].get(unit["name"]) is not None:
                lies.append(f"{unit['name']} is {unit['state']} but the frame has news of it")
        return lies

    def _ghosts(self) -> list[str]:
        """Return the workers that live and that no unit knows of."""
        pid = self._spawner.pid
        if pid is None or not PROC.is_dir():
            return []
        known = {unit["pid"] for unit in self._lab.units().values()}
        ghosts = [child for child in children_of(pid) if child not in known and is_alive(child)]
        return [f"process {ghost} belongs to no unit" for ghost in ghosts]

    async def _answers(self) -> None:
        for command in ("state", "stats", "events"):
            began_s = time.monotonic()
            await self._lab.do(command)
            took_s = time.monotonic() - began_s
            assert took_s < ANSWER_WITHIN_S, f"{command} took {took_s:.2f} s"
            self.report.worst_answer_s = max(self.report.worst_answer_s, took_s)

    async def _reset(self) -> None:
        began_s = time.monotonic()
        assert await self._lab.do("reset") == {"status": "running"}
        took_s = time.monotonic() - began_s
        assert took_s < RESET_WITHIN_S, f"the reset took {took_s:.2f} s"
        assert self._lab.faults() == []
        self.report.resets += 1
        self.report.worst_reset_s = max(self.report.worst_reset_s, took_s)


def _lie_of(unit: Plain) -> str:
    """Say in what a unit's state contradicts the kernel; empty when it does not."""
    name, pid, state = unit["name"], unit["pid"], unit["state"]
    if pid is None:
        return "" if state == "down" else f"{name} is {state} without a process"
    letter = process_state(pid)
    if letter in ("", "Z", "X"):
        return f"{name} is {state}, but process {pid} has ended"
    if letter == "T":
        return "" if state == "hung" else f"{name} is {state}, but process {pid} is stopped"
    silent = state == "hung" and unit["reason"].startswith("silent")
    return "" if state in AWAKE or silent else f"{name} is {state}, but process {pid} runs"
