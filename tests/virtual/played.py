"""A lab in virtual time, played from outside its loop, and everything that it told."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from lab.cluster import Cluster, Costs, Scenario, VirtualLoop, VirtualMachine

Plain = dict[str, Any]


class Played:
    """``run`` lets time pass, ``command`` steers; ``told`` holds every message in order."""

    def __init__(self, scenario: Scenario, seed: int | None, costs: Costs) -> None:
        self.loop = VirtualLoop()
        self.told: list[tuple[str, bytes]] = []
        self.lab: Cluster = self.loop.run_until_complete(self._start(scenario, seed, costs))

    def run(self, seconds: float) -> None:
        self.loop.run_until(self.loop.time() + seconds)

    def command(self, **fields: object) -> Plain:
        answer: Plain = self.loop.run_until_complete(self.lab.command(fields))
        return answer

    def messages(self, kind: str) -> list[Plain]:
        return [msgspec.json.decode(body) for what, body in self.told if what == kind]

    def events(self, kind: str) -> list[Plain]:
        return [event for event in self.messages("event") if event["kind"] == kind]

    @property
    def digest(self) -> str:
        whole = hashlib.sha256()
        for _, body in self.told:
            whole.update(body)
        return whole.hexdigest()

    async def _start(self, scenario: Scenario, seed: int | None, costs: Costs) -> Cluster:
        lab = Cluster(scenario, VirtualMachine(costs), seed=seed)
        lab.listen(lambda kind, body: self.told.append((kind, body)))
        await lab.start()
        return lab


@contextmanager
def played(
    scenario: Scenario,
    *,
    seed: int | None = None,
    costs: Costs = Costs(),  # noqa: B008 - frozen
) -> Iterator[Played]:
    """Play a lab; at the end of the block it is stopped, and nothing of it is left."""
    one = Played(scenario, seed, costs)
    try:
        yield one
        one.loop.run_until_complete(one.lab.stop())
    finally:
        one.loop.end()
