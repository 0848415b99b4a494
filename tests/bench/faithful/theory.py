"""The closed forms that the engine is held to. Rates per second, times in seconds."""

import math
from collections.abc import Callable


def erlang_b(servers: int, erlangs: float) -> float:
    """Return the share that is turned away by ``servers`` without a queue (Erlang 1917)."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = erlangs * blocked / (n + erlangs * blocked)
    return blocked


def erlang_c(servers: int, erlangs: float) -> float:
    """Return the share that has to wait before ``servers`` with an unbounded queue."""
    blocked = erlang_b(servers, erlangs)
    return blocked / (1.0 - erlangs / servers * (1.0 - blocked))


def mmc_wait_s(servers: int, rate: float, work_s: float) -> float:
    """Return the mean wait of M/M/c."""
    erlangs = rate * work_s
    return erlang_c(servers, erlangs) * work_s / (servers - erlangs)


def mmc_quantile_s(servers: int, rate: float, work_s: float, q: float) -> float:
    """Return the ``q`` quantile of the time from arrival to answer in M/M/c."""
    mu, waits = 1.0 / work_s, erlang_c(servers, rate * work_s)
    spare = servers * mu - rate

    def longer(t: float) -> float:
        """P(wait + work > t): the two are independent."""
        if math.isclose(spare, mu):
            return math.exp(-mu * t) * (1.0 + waits * mu * t)
        mixed = mu * (math.exp(-mu * t) - math.exp(-spare * t)) / (spare - mu)
        return math.exp(-mu * t) + waits * mixed

    return _falls_to(longer, 1.0 - q)


def md1_wait_s(rate: float, work_s: float) -> float:
    """Return the mean wait of M/D/1 (Pollaczek and Khinchine)."""
    load = rate * work_s
    return load * work_s / (2.0 * (1.0 - load))


def in_time_per_s(rate: float, work_s: float, places: int, patience_s: float) -> float:
    """Return what M/M/1/K serves within the patience: who finds n waits for n + 1 works (Erlang).

    ``places`` (K) are those in the queue and at work together.
    """
    load, mean = rate * work_s, patience_s / work_s
    found = [load ** (n - places) for n in range(places + 1)]  # by K, or they would overflow
    total = sum(found)
    in_time, late, term = 0.0, 0.0, math.exp(-mean)
    for n in range(places):
        late += term  # Erlang(n + 1) takes longer if at most n ends of a Poisson process fall in it
        term *= mean / (n + 1)
        in_time += found[n] / total * (1.0 - late)
    return rate * in_time


def amplified(failing: float, attempts: int, layers: int) -> float:
    """Return the calls that reach the last layer for each request at the first.

    Tries go on until the first success, over all layers at most ``attempts ** layers`` of them.
    """
    most = attempts**layers
    return float(most) if failing == 1.0 else (1.0 - failing**most) / (1.0 - failing)


def any_of(n: int, p: float) -> float:
    """Return the chance that at least one of ``n`` is hit, each by ``p``."""
    return 1.0 - (1.0 - p) ** n


def at_least(k: int, n: int, up: float) -> float:
    """Return the chance that at least ``k`` of ``n`` are up."""
    return sum(math.comb(n, i) * up**i * (1.0 - up) ** (n - i) for i in range(k, n + 1))


def catch_up_s(outage_s: float, load: float) -> float:
    """Return how long the backlog of an outage lasts, at a load below 1."""
    return outage_s * load / (1.0 - load)


def _falls_to(falling: Callable[[float], float], level: float) -> float:
    low, high = 0.0, 1.0
    while falling(high) > level:
        high *= 2.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if falling(middle) > level else (low, middle)
    return high
