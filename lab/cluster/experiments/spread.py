"""How a number spreads over the seeds."""

from collections.abc import Iterable
from statistics import median, quantiles

import msgspec

DIGITS = 6


class Spread(msgspec.Struct):
    """Of ``n`` trials that gave a number; the rest is None when none did."""

    n: int
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    least: float | None = None
    most: float | None = None
    mean: float | None = None


def spread_of(values: Iterable[float | None]) -> Spread:
    """Return the spread of the values that are numbers; quartiles by linear interpolation."""
    numbers = sorted(value for value in values if value is not None)
    if not numbers:
        return Spread(0)
    q1, middle, q3 = numbers[0], median(numbers), numbers[0]
    if len(numbers) > 1:
        q1, _, q3 = quantiles(numbers, n=4, method="inclusive")
    mean = sum(numbers) / len(numbers)
    rounded = (round(each, DIGITS) for each in (middle, q1, q3, numbers[0], numbers[-1], mean))
    return Spread(len(numbers), *rounded)
