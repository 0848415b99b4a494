"""The queue by hand: the engine's own draws, and Lindley's recursion over them.

::

    start(n) = max(arrival(n), the moment at which a worker is free)
    end(n)   = start(n) + work(n)

With one worker this is Lindley (1952): what comes out does not depend on a theory of queues, only
on the arrivals and the times of work, so a run can be compared with it, draw for draw.
"""

import heapq
import itertools
import math
from collections import deque
from collections.abc import Iterable, Iterator

from lab.cluster.calls.chance import Streams
from lab.cluster.specs import WorkSpec
from lab.cluster.workers.work import draw_s


def arrivals_s(seed: int, rate: float) -> Iterator[float]:
    """Yield the moments at which the users' requests are due, from when their loop began."""
    random = Streams(seed, "users").stream("arrivals")
    due_s = 0.0
    while True:
        due_s += -math.log(1.0 - random.random()) / rate
        yield due_s


def works_s(seed: int, instance: str, work: WorkSpec) -> Iterator[float]:
    """Yield the times of work of an instance in the order in which they begin."""
    random = Streams(seed, instance).stream("service times")
    while True:
        yield draw_s(work, random)


def times_s(
    arrivals: Iterator[float], works: Iterator[float], count: int, workers: int = 1
) -> list[tuple[float, float]]:
    """Return (wait, wait and work) of the first ``count`` arrivals, first come first served."""
    free_at = [0.0] * workers
    found = []
    for arrival, work in itertools.islice(zip(arrivals, works, strict=False), count):
        start = max(arrival, free_at[0])
        heapq.heapreplace(free_at, start + work)
        found.append((start - arrival, start - arrival + work))
    return found


def served_at(
    arrivals: Iterable[float], work_s: float, patience_s: float, bound: int | None
) -> list[float]:
    """Return when each request that was served in time was: one worker, a queue with deadlines.

    Who does not get through within the patience leaves, also from the midst of the work, and makes
    room; who finds ``bound`` waiting is turned away.
    """
    free_at, waiting = 0.0, deque[float]()
    served = []
    for arrival in [*arrivals, math.inf]:
        while waiting and free_at < arrival:
            first = waiting.popleft()
            start, leaves = max(free_at, first), first + patience_s
            if start < leaves:
                free_at = min(start + work_s, leaves)
                if start + work_s <= leaves:
                    served.append(free_at)
        while waiting and waiting[0] + patience_s < arrival:
            waiting.popleft()
        if bound is None or len(waiting) < bound or free_at < arrival:
            waiting.append(arrival)
    return served
