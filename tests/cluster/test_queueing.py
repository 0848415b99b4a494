"""A service as a queue: the textbook's figures, and Lindley's recursion to the microsecond."""

import asyncio
import math
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

import pytest

from lab.cluster.calls.chance import Streams
from lab.cluster.message import Request
from lab.cluster.specs import RouteSpec, WorkSpec
from lab.cluster.virtual.loop import run_virtual
from lab.cluster.workers.service import Service
from lab.cluster.workers.work import draw_s
from lab.telemetry.outcome import Outcome
from tests.cluster.timeless import timeless
from tests.cluster.world import World, work

MEAN_S = 0.02


@dataclass
class Measured:
    """When each request came, how long it took, and how it ended."""

    arrivals_s: list[float] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def mean_s(self) -> float:
        return math.fsum(self.times_s) / len(self.times_s)


async def load(service: Service, rate_per_s: float, jobs: int, seed: int) -> Measured:
    """Offer ``jobs`` requests with Poisson arrivals, on an absolute timeline."""
    loop, random = asyncio.get_running_loop(), Random(seed)
    measured = Measured([0.0] * jobs, [0.0] * jobs, [Outcome.FAILED] * jobs)

    async def one(number: int) -> None:
        began_s = loop.time()
        response = await service.handle(Request("GET", "/"))
        measured.times_s[number] = loop.time() - began_s
        measured.outcomes[number] = response.outcome

    due_s = loop.time()
    async with asyncio.TaskGroup() as group:
        for number in range(jobs):
            due_s += random.expovariate(rate_per_s)
            await asyncio.sleep(due_s - loop.time())
            measured.arrivals_s[number] = loop.time()
            group.create_task(one(number))
    return measured


def lindley_mean_s(arrivals_s: list[float], services_s: list[float]) -> float:
    """Return the mean time in the system: W(n+1) = max(0, W(n) + S(n) − A(n+1) + A(n))."""
    wait_s, total_s = 0.0, services_s[0]
    for number in range(1, len(arrivals_s)):
        gap_s = arrivals_s[number] - arrivals_s[number - 1]
        wait_s = max(0.0, wait_s + services_s[number - 1] - gap_s)
        total_s += wait_s + services_s[number]
    return total_s / len(arrivals_s)


def queue(kind: str = "exponential", capacity: int = 1, bound: int | None = None) -> Service:
    route = RouteSpec(WorkSpec(kind, MEAN_S))
    return World(seed=5).service("back", route, capacity=capacity, queue=bound)


async def offer(
    load_ratio: float,
    jobs: int,
    kind: str = "exponential",
    capacity: int = 1,
    bound: int | None = None,
) -> Measured:
    """Offer so much of one server's capacity to a new service."""
    return await load(queue(kind, capacity, bound), load_ratio / MEAN_S, jobs, seed=4)


def service_times_s(kind: str, jobs: int, seed: int = 5) -> list[float]:
    """Draw the very times that the service draws: its stream is seeded by the seed and its name."""
    random = Streams(seed, "back-1").stream("service times")
    return [draw_s(WorkSpec(kind, MEAN_S), random) for _ in range(jobs)]


@pytest.mark.parametrize("load_ratio", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("kind", ["exponential", "fixed"])
def test_the_timeline_of_one_server_is_lindleys(kind: str, load_ratio: float) -> None:
    measured = run_virtual(offer(load_ratio, 6_000, kind))
    exact_s = lindley_mean_s(measured.arrivals_s, service_times_s(kind, 6_000))
    assert measured.mean_s == pytest.approx(exact_s, rel=1e-6)
    assert set(measured.outcomes) == {Outcome.OK}


@pytest.mark.parametrize(
    ("kind", "textbook_s"),
    [
        ("exponential", MEAN_S / (1 - 0.8)),  # M/M/1: 100 ms
        ("fixed", MEAN_S + 0.5 * 0.8 * MEAN_S / (1 - 0.8)),  # Pollaczek–Khinchine: 60 ms
    ],
)
def test_at_a_load_of_0_8_the_mean_is_the_textbooks(kind: str, textbook_s: float) -> None:
    """Jobs that wait for one another carry little news: 10,000 of them leave a range of ± 25 %.

    So their mean is corrected by what the recursion makes of the same arrivals (a control variate),
    and the recursion's own mean is known well, from 400,000 jobs.
    """
    measured = run_virtual(offer(0.8, 10_000, kind))
    same_s = lindley_mean_s(measured.arrivals_s, service_times_s(kind, 10_000))
    random = Random(6)
    arrivals_s = list(accumulate(random.expovariate(0.8 / MEAN_S) for _ in range(400_000)))
    long_s = lindley_mean_s(arrivals_s, service_times_s(kind, 400_000, seed=6))
    assert measured.mean_s == pytest.approx(textbook_s, rel=0.25)
    assert measured.mean_s - same_s + long_s == pytest.approx(textbook_s, rel=0.03)


@pytest.mark.parametrize("kind", ["exponential", "fixed"])
def test_without_a_queue_the_share_of_the_shed_is_erlangs(kind: str) -> None:
    # Erlang's B does not depend on the distribution of the work: 4 servers offered 3 erlang.
    measured = run_virtual(offer(3.0, 15_000, kind, 4, 0))
    shed = measured.outcomes.count(Outcome.SHED) / len(measured.outcomes)
    erlangs = [3.0**k / math.factorial(k) for k in range(5)]
    assert shed == pytest.approx(erlangs[4] / sum(erlangs), rel=0.08)


def test_a_bounded_queue_keeps_goodput_near_capacity_when_twice_as_much_comes() -> None:
    measured = run_virtual(offer(2.0, 10_000, bound=4))
    good = measured.outcomes.count(Outcome.OK) / len(measured.outcomes)
    assert good == pytest.approx(0.5, rel=0.05)  # half of twice the capacity
    served_s = [
        time_s
        for time_s, outcome in zip(measured.times_s, measured.outcomes, strict=True)
        if outcome is Outcome.OK
    ]
    assert max(served_s) < 25 * MEAN_S


@timeless
async def test_a_process_that_was_stopped_does_not_work_off_the_past() -> None:
    """Its timeline lags behind by the pause; a job that waited 10 s still takes its own time."""
    loop = asyncio.get_running_loop()
    service = World().service("back", RouteSpec(work(1.0)))
    async with asyncio.TaskGroup() as group:
        group.create_task(service.handle(Request("GET", "/")))
        await asyncio.sleep(0.5)
        loop._now_s += 10.0  # type: ignore[attr-defined] # what SIGSTOP does to a clock
        group.create_task(service.handle(Request("GET", "/")))
        await asyncio.sleep(0.0)
    # The first job was done at 1.0 on paper; the second began, at the earliest, when it came.
    assert loop.time() == pytest.approx(11.5, abs=0.06)
