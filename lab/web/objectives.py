"""Service level objectives: bounds on a lab's numbers, given in a query."""

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lab.web.errors import Problem
from lab.web.numbers import Number, number_named

RELATIONS: Mapping[str, tuple[str, Callable[[float, float], bool]]] = {
    "lt": ("<", operator.lt),
    "lte": ("≤", operator.le),
    "gt": (">", operator.gt),
    "gte": ("≥", operator.ge),
}


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound and what was measured; nothing measured (None) does not hold."""

    parameter: str
    name: str
    relation: str
    expected: float
    got: Number

    @property
    def holds(self) -> bool:
        """Whether the number is within the bound."""
        return self.got is not None and RELATIONS[self.relation][1](self.got, self.expected)

    def sentence(self) -> str:
        """Say what was expected and what was found."""
        sign = RELATIONS[self.relation][0]
        got = "nothing to measure" if self.got is None else f"{self.got:g}"
        return f"{self.name}: expected {sign} {self.expected:g}, got {got}"

    def plain(self) -> dict[str, Any]:
        """As it is sent."""
        return {
            "bound": self.parameter,
            "expected": self.expected,
            "got": self.got,
            "holds": self.holds,
        }


def judge(stats: Mapping[str, Any], query: Iterable[tuple[str, str]]) -> list[Bound]:
    """Measure every bound; raise Problem for a name, relation or value that makes no sense."""
    bounds = [_bound(stats, parameter, value) for parameter, value in query]
    if not bounds:
        raise Problem("invalid", "name at least one bound", hint="for example ?p95_ms_lt=300")
    return bounds


def _bound(stats: Mapping[str, Any], parameter: str, value: str) -> Bound:
    name, _, relation = parameter.rpartition("_")
    if relation not in RELATIONS:
        raise Problem(
            "invalid",
            f"{parameter!r} does not say which bound it is",
            field=parameter,
            hint=f"end it with one of {', '.join(f'_{each}' for each in RELATIONS)}",
        )
    try:
        got = number_named(stats, name)
    except Problem as problem:
        raise Problem(
            "unknown_number", problem.message, field=parameter, hint=problem.hint
        ) from None
    return Bound(parameter, name, relation, _number(parameter, value), got)


def _number(parameter: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Problem("invalid", f"{value!r} is not a number", field=parameter)
    return number
