"""A lab in virtual time, with the exact end of every user request."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from lab.cluster import Play, Scenario
from lab.cluster.workers import worker
from lab.telemetry.outcome import Outcome
from lab.telemetry.recorder import Recorder
from tests.bench.faithful.shops import FREE


class Ended(NamedTuple):
    """When a user request ended, on the lab's clock, how, and how long it had taken."""

    t: float
    route: str
    outcome: Outcome
    seconds: float


@contextmanager
def watched(scenario: Scenario, seed: int, **more: Any) -> Iterator[tuple[Play, list[Ended]]]:
    """Play a lab; frames tell times to a few per cent only, so its recorder is listened to."""
    ends: list[Ended] = []

    class Watched(Recorder):
        def user(self, route: str, outcome: Outcome, seconds: float) -> None:
            super().user(route, outcome, seconds)
            ends.append(Ended(asyncio.get_running_loop().time(), route, outcome, seconds))

    with patch.object(worker, "Recorder", Watched):
        play = Play(scenario, seed=seed, **({"costs": FREE} | more))
        play.begin()
        try:
            yield play, ends
        finally:
            play.close()


def run(scenario: Scenario, seed: int, from_s: float, to_s: float) -> list[Ended]:
    """Play up to ``to_s``; return what ended after ``from_s``, when it had warmed up."""
    with watched(scenario, seed) as (play, ends):
        play.run_until(to_s)
    if play.ended:
        raise RuntimeError(play.ended)
    return [end for end in ends if end.t >= from_s]


def good_ratio(ends: list[Ended]) -> float:
    """Return the share that was answered."""
    return sum(end.outcome in (Outcome.OK, Outcome.DEGRADED) for end in ends) / len(ends)
