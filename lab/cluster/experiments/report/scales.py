"""Where a value is drawn on an axis, and which values are written beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

LOG_FROM = 20.0
"""An axis whose largest value is so many times its smallest is logarithmic."""

NEAR = 50.0
"""Per cent from which on an axis ends at 100."""

_GAPS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_DECADES_IN_HALVES = 2.75


class Scale(Protocol):
    """Maps values to pixels. ``ticks`` are (value, text)."""

    @property
    def ticks(self) -> Sequence[tuple[float, str]]:
        """What is written, and for which values."""
        ...

    def __call__(self, value: float) -> float:
        """Return where the value is, in pixels."""
        ...


@dataclass(frozen=True, slots=True)
class Linear:
    """Equal distances are equal differences."""

    low: float
    high: float
    from_px: float
    to_px: float
    ticks: Sequence[tuple[float, str]]

    def __call__(self, value: float) -> float:
        """Return where the value is, in pixels."""
        part = (value - self.low) / (self.high - self.low)
        return self.from_px + part * (self.to_px - self.from_px)


@dataclass(frozen=True, slots=True)
class Logarithmic:
    """Equal distances are equal ratios."""

    low: float
    high: float
    from_px: float
    to_px: float
    ticks: Sequence[tuple[float, str]]

    def __call__(self, value: float) -> float:
        """Return where the value is, in pixels; what is below the axis is at its foot."""
        value = max(value, self.low)
        part = math.log(value / self.low) / math.log(self.high / self.low)
        return self.from_px + part * (self.to_px - self.from_px)


def upward(values: Sequence[float], unit: str, from_px: float, to_px: float) -> Scale:
    """Return the scale of a vertical axis.

    Times of very different lengths stand on a logarithmic one. Per cent end at 100 where they come
    near; where all do, they begin at the last round value below them. All else begins at 0.
    """
    most, least = max(values, default=0.0), min(values, default=0.0)
    if unit == "ms" and least > 0.0 and most / least >= LOG_FROM:
        return logarithmic(least, most, from_px, to_px)
    if unit == "%" and most > NEAR:
        bottom = 100.0 - next(gap for gap in _GAPS if gap >= 100.0 - least)
        return linear(bottom, 100.0, from_px, to_px)
    return linear(0.0, most or 1.0, from_px, to_px, room=True)


def linear(low: float, high: float, from_px: float, to_px: float, *, room: bool = False) -> Linear:
    """Return a linear scale with four to six round ticks; with ``room`` it ends on one."""
    step = _step((high - low) / 4.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if not room:
        last = math.floor(high / step + 1e-9)
    values = [n * step for n in range(first, last + 1) if n * step >= low - 1e-9]
    top = max(high, values[-1]) if values else high
    return Linear(low, top, from_px, to_px, [(value, tick_text(value)) for value in values])


def logarithmic(low: float, high: float, from_px: float, to_px: float) -> Logarithmic:
    """Return a logarithmic scale whose ends are 1, 2 or 5 times a power of ten."""
    rungs = [
        float(f"{step}e{power}")
        for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        for step in (1, 2, 5)
    ]
    bottom = max(rung for rung in rungs if rung <= low * 1.0001)
    top = min((rung for rung in rungs if rung >= high * 0.9999), default=rungs[-1])
    inner = [rung for rung in rungs if bottom <= rung <= top]
    if math.log10(top / bottom) > _MOST_DECADES_IN_HALVES:
        inner = [rung for rung in inner if f"{rung:e}".startswith("1.0")]
    return Logarithmic(bottom, top, from_px, to_px, [(rung, tick_text(rung)) for rung in inner])


def over(values: Sequence[float], from_px: float, to_px: float) -> Scale:
    """Return the scale of a horizontal axis on which numbers were varied: each is a tick."""
    low, high = min(values), max(values)
    ticks = [(value, tick_text(value)) for value in sorted(set(values))]
    if low == high:
        return Linear(low - 1.0, high + 1.0, from_px, to_px, ticks)
    if low > 0.0 and high / low >= LOG_FROM:
        return Logarithmic(low, high, from_px, to_px, ticks)
    return Linear(low, high, from_px, to_px, ticks)


def each(words: Sequence[str], from_px: float, to_px: float) -> Scale:
    """Return the scale of a horizontal axis of words, by their place; they stand apart evenly."""
    ticks = [(float(place), word) for place, word in enumerate(words)]
    return Linear(-0.5, len(words) - 0.5, from_px, to_px, ticks)


def tick_text(value: float) -> str:
    """Return a number as short as it goes."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{round(value, 6):g}"


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * step for step in _STEPS if power * step >= rough * 0.999)
