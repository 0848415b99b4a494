"""Numbers as people read them: per cent and milliseconds, with as many digits as mean something."""

from collections.abc import Iterable

from lab.cluster.experiments.spread import Spread
from lab.cluster.experiments.trial import Measure

NOTHING = "–"


def in_unit(measure: Measure, value: float) -> float:
    """Return a value in the unit that people read: ratios as per cent."""
    return value * 100.0 if measure.unit == "%" else value


def figure(measure: Measure, value: float | None) -> str:
    """Return a value as text, without its unit."""
    if value is None:
        return NOTHING
    read = in_unit(measure, value)
    digits = 0 if abs(read) >= 1000 and measure.unit == "ms" else measure.digits
    return f"{read:,.{digits}f}"


def middle(measure: Measure, spread: Spread) -> str:
    """Return what stands for all seeds: the median; of what is yes or no, the share."""
    is_yes_or_no = measure.name == "recovered"
    return figure(measure, spread.mean if is_yes_or_no else spread.median)


def quartiles(measure: Measure, spread: Spread) -> str:
    """Return the middle half of the seeds, as in ``1.2–1.5``; empty when it is one figure."""
    if spread.n < 2 or measure.name == "recovered":
        return ""
    low, high = figure(measure, spread.q1), figure(measure, spread.q3)
    return "" if low == high else f"{low}–{high}"


def titled(measure: Measure) -> str:
    """Return a measure's title with its unit."""
    return f"{measure.title}, {measure.unit}" if measure.unit else measure.title


def short_names(paths: Iterable[str]) -> dict[str, str]:
    """Return for each path its shortest end of whole parts that no other path has too.

    At least two parts are kept: ``retry.attempts`` says more than ``attempts``.
    """
    every = list(paths)
    return {path: _shortest(path, [other for other in every if other != path]) for path in every}


def _shortest(path: str, others: list[str]) -> str:
    starts = [0, *(at + 1 for at, letter in enumerate(path) if letter == ".")]
    for start in reversed(starts[:-1]):
        if not any(other.endswith(f".{path[start:]}") for other in others):
            return path[start:]
    return path
