"""One line of the table: a figure of ours, what it should be, and how far off it may be."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev

CONFIDENCE = 0.99

CI = f"{CONFIDENCE:.0%} interval"


@dataclass(frozen=True, slots=True)
class Claim:
    """``sense``: ``=`` within the tolerance, ``<`` at most expected plus it, ``>`` at least."""

    group: str
    name: str
    ours: float
    expected: float
    tolerance: float
    unit: str = ""
    sense: str = "="
    why: str = ""
    """Where the expected figure is from, and where the tolerance."""

    @property
    def kept(self) -> bool:
        """Tell whether ours is where it should be."""
        off = self.ours - self.expected
        match self.sense:
            case "=":
                return abs(off) <= self.tolerance
            case "<":
                return off <= self.tolerance
            case _:
                return -off <= self.tolerance


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over independent runs, and the half width of its confidence interval."""

    mean: float
    half: float


def interval(runs: Sequence[float]) -> Interval:
    """Return the mean of k runs and ``t(k - 1) × s / √k``, Student's interval.

    Each run has a seed of its own, so the runs are independent whatever happens inside one.
    """
    half = student(len(runs) - 1) * stdev(runs) / len(runs) ** 0.5
    return Interval(fmean(runs), half)


def share_interval(share: float, trials: int) -> float:
    """Return the half width of the interval of a share of independent trials (normal)."""
    return _normal() * math.sqrt(share * (1.0 - share) / trials)


def student(freedom: int) -> float:
    """Return the two-sided quantile of Student's t (Abramowitz and Stegun, 26.7.5)."""
    z, n = _normal(), float(freedom)
    quantile: float = (
        z
        + (z**3 + z) / (4 * n)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    )
    return quantile


def _normal() -> float:
    return NormalDist().inv_cdf((1.0 + CONFIDENCE) / 2.0)
