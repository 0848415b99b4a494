"""How long to wait before trying again: backoff with a cap, and jitter.

After Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture blog, 2015. With
``c = min(cap, base × multiplier^(n − 1))`` before retry n (the first is 1):

    none           c                                 everybody comes back at the same moment
    full           anything from 0 to c              fewest calls, and as quick
    equal          c / 2, plus anything up to c / 2  never less than half
    decorrelated   anything from base to 3 × the previous wait, at most the cap

The cap comes before the jitter. The other way round, most waits of a long outage would be exactly
the cap, and the crowd would march in step again.
"""

import sys
from collections.abc import Callable
from typing import Protocol

BACKOFFS = ("none", "fixed", "exponential")
JITTERS = ("none", "full", "equal", "decorrelated")


class Backoff(Protocol):
    """The settings that a wait is computed from; a pattern's own settings class has them."""

    @property
    def backoff(self) -> str:
        """One of BACKOFFS."""

    @property
    def base_s(self) -> float:
        """The first wait, in seconds."""

    @property
    def multiplier(self) -> float:
        """How much longer each wait is than the one before."""

    @property
    def cap_s(self) -> float:
        """The longest wait, in seconds."""

    @property
    def jitter(self) -> str:
        """One of JITTERS."""


def wait_s(
    settings: Backoff, retry_number: int, previous_wait_s: float, chance: Callable[[], float]
) -> float:
    """Return the seconds to wait before retry ``retry_number`` (1 is the first).

    ``previous_wait_s`` is what this very call waited last, 0 before its first wait: shared between
    calls it would make them all slower for one another.
    """
    if settings.backoff == "none":
        return 0.0
    if settings.jitter == "decorrelated":
        longest_s = 3.0 * max(settings.base_s, previous_wait_s)
        return min(settings.cap_s, settings.base_s + chance() * (longest_s - settings.base_s))
    multiplier = 1.0 if settings.backoff == "fixed" else settings.multiplier
    ceiling_s = capped_s(settings.base_s, multiplier, settings.cap_s, retry_number)
    match settings.jitter:
        case "full":
            return ceiling_s * chance()
        case "equal":
            return ceiling_s * (0.5 + 0.5 * chance())
        case _:
            return ceiling_s


def capped_s(base_s: float, multiplier: float, cap_s: float, number: int) -> float:
    """Return ``base × multiplier^(number − 1)``, at most the cap, however large the number."""
    try:
        growth = multiplier ** (number - 1)
    except OverflowError:  # Python raises where other languages give infinity
        growth = sys.float_info.max
    return min(cap_s, base_s * growth)
