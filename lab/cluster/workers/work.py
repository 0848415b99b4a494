"""How long work takes: draws from a distribution with a given mean and deviation, in seconds."""

import math
from random import Random

from lab.cluster.calls.chance import in_whole_ns
from lab.cluster.specs import WorkSpec

PARETO_SHAPE = 1.5


def draw_s(work: WorkSpec, random: Random) -> float:
    """Draw a duration. Every kind has the mean ``mean_s``; none is ever negative, and each
    that is drawn is in whole nanoseconds.

    Any other kind is ``heavy_tail``: Pareto with shape 1.5 (infinite variance), scaled to the mean.
    """
    match work.kind:
        case "fixed":
            return work.mean_s
        case "exponential":
            return in_whole_ns(-work.mean_s * math.log(1.0 - random.random()))
        case "normal":
            return in_whole_ns(max(0.0, random.normalvariate(work.mean_s, work.deviation_s)))
        case "lognormal":
            return _lognormal_s(work, random)
        case _:
            scale = work.mean_s * (PARETO_SHAPE - 1.0) / PARETO_SHAPE
            return in_whole_ns(scale * math.exp(-math.log(1.0 - random.random()) / PARETO_SHAPE))


def _lognormal_s(work: WorkSpec, random: Random) -> float:
    if work.mean_s <= 0.0:
        return 0.0
    variance = math.log1p((work.deviation_s / work.mean_s) ** 2)
    mu = math.log(work.mean_s) - variance / 2.0
    return in_whole_ns(math.exp(random.normalvariate(mu, math.sqrt(variance))))
