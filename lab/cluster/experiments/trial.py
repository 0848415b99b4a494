"""One trial: one lab for a while, with one seed; and what came of it, as plain data."""

from typing import Any

import msgspec

from lab.telemetry.outcome import OUTCOMES, Outcome

WALL_S = 3600.0
MEMORY_BYTES = 1 << 30

RECOVERED_S = 3.0
"""A lab has recovered when its last seconds, at least so many, were good."""

GOOD_RATIO = 0.99
"""A second is good when at least this share of the requests that ended in it was answered."""

ATTEMPTS = "attempts_per_call"
CALLS = "calls_per_request"


class Measure(msgspec.Struct, frozen=True):
    """A number that a trial gives: what it is called, in which unit, with how many digits.

    ``short`` is for narrow places, with its unit.
    """

    name: str
    title: str
    unit: str = ""
    digits: int = 1
    short: str = ""


def _words(outcome: Outcome) -> str:
    return outcome.value.replace("_", " ")


MEASURES = (
    Measure("offered_per_s", "offered", "requests/s"),
    Measure("success_ratio", "success", "%", 2, short="success %"),
    Measure("goodput_per_s", "good answers", "requests/s", short="good/s"),
    *(
        Measure(f"{outcome.value}_ratio", _words(outcome), "%", 2, f"{_words(outcome)} %")
        for outcome in OUTCOMES
    ),
    Measure("dropped_ratio", "dropped", "%", 2, short="dropped %"),
    Measure("p50_ms", "median latency", "ms", short="p50 ms"),
    Measure("p95_ms", "95 % faster than", "ms", short="p95 ms"),
    Measure("p99_ms", "99 % faster than", "ms", short="p99 ms"),
    Measure("breaker_openings", "breaker openings", "", 0, short="openings"),
    Measure("failure_after_s", "failure after", "s"),
    Measure("recovery_after_s", "recovery after", "s", short="recovery s"),
    Measure("recovered", "recovered", "%", 0, short="recovered %"),
)


class Order(msgspec.Struct):
    """What to do: ``data`` is a scenario's plain data, ``number`` the place in the experiment."""

    number: int
    cell: int
    data: dict[str, Any]
    seed: int
    for_s: float
    warm_up_s: float
    curves: bool = False
    wall_s: float = WALL_S
    memory_bytes: int = MEMORY_BYTES


class Mark(msgspec.Struct):
    """A fault on the time axis; ``to_t`` is None when it had no end."""

    text: str
    from_t: float
    to_t: float | None = None


class Curves(msgspec.Struct):
    """One value for each whole second: ends by outcome, latencies in ms, attempts by service."""

    outcomes: dict[str, list[float]]
    latencies: dict[str, list[float | None]]
    layers: dict[str, list[float | None]]


class Trial(msgspec.Struct):
    """What came of an order.

    ``numbers`` are by the names of MEASURES, and ``attempts_per_call:a:b`` by dependency,
    ``calls_per_request:a`` by service; None where there was nothing to measure. ``ended`` says why
    it stopped early, and then the numbers are of what it had.
    """

    number: int
    cell: int
    seed: int
    numbers: dict[str, float | None]
    marks: list[Mark]
    digest: str = ""
    ended: str = ""
    curves: Curves | None = None


def measure_named(name: str) -> Measure:
    """Return what is known of a number by its name."""
    group, _, of = name.partition(":")
    if group == ATTEMPTS:
        return Measure(name, f"attempts per call, {of.replace(':', ' → ')}", "", 2)
    if group == CALLS:
        return Measure(name, f"calls of {of} per user request", "", 2)
    return next(each for each in MEASURES if each.name == name)
