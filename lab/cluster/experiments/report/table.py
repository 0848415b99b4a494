"""The table of an experiment: a row for each cell of a sweep, or for each measure of one cell."""

from dataclasses import dataclass

from lab.cluster.experiments.report.figures import (
    figure,
    middle,
    quartiles,
    short_names,
    titled,
)
from lab.cluster.experiments.result import CellResult, Result
from lab.cluster.experiments.trial import ATTEMPTS, CALLS, Measure
from lab.cluster.experiments.values import show_value

ALWAYS = ("success_ratio", "goodput_per_s", "p50_ms", "p95_ms", "p99_ms")
IF_ANY = ("degraded_ratio", "dropped_ratio", "breaker_openings", "recovery_after_s", "recovered")


@dataclass(frozen=True, slots=True)
class Figure:
    """What stands in one place of a table: the median, and the middle half of the seeds."""

    text: str
    spread: str = ""
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length under their heads; ``narrow`` are the heads where there is no room."""

    heads: list[str]
    rows: list[list[Figure]]
    narrow: list[str]


def summary(result: Result) -> Table:
    """Return what matters most: the measures that people ask for first."""
    if not result.is_sweep:
        return _by_measure(result.cells[0], result.measures)
    wanted = [m for m in result.measures if m.name in ALWAYS or _tells(result, m)]
    return _by_cell(result, wanted)


def layers(result: Result) -> Table:
    """Return the calls of every service and dependency of a sweep."""
    groups = (f"{ATTEMPTS}:", f"{CALLS}:")
    return _by_cell(result, [m for m in result.measures if m.name.startswith(groups)])


def _by_cell(result: Result, measures: list[Measure]) -> Table:
    names = short_names(result.asked.sweep)
    early = any(trial.ended for trial in result.trials())
    rows = []
    for cell in result.cells:
        row = [Figure(show_value(value)) for value in cell.at.values()]
        for measure in measures:
            spread = cell.spreads[measure.name]
            row.append(Figure(middle(measure, spread), quartiles(measure, spread)))
        rows.append(row + [_early(cell)] * early)
    heads = [*names.values(), *map(titled, measures), *["stopped early"] * early]
    narrow = [*names.values(), *(m.short or titled(m) for m in measures), *["early"] * early]
    return Table(heads, rows, narrow)


def _by_measure(cell: CellResult, measures: list[Measure]) -> Table:
    heads = ["", "median", "middle half", "least", "most"]
    rows = []
    for measure in measures:
        spread = cell.spreads[measure.name]
        many = spread.n > 1 and measure.name != "recovered"
        rest = [figure(measure, value) if many else "" for value in (spread.least, spread.most)]
        texts = [middle(measure, spread), quartiles(measure, spread), *rest]
        if spread.n:
            title = Figure(titled(measure), is_number=False)
            rows.append([title, *(Figure(text) for text in texts)])
    if len(cell.trials) == 1:
        heads, rows = ["", "value"], [row[:2] for row in rows]
    return Table(heads, rows, heads)


def _early(cell: CellResult) -> Figure:
    count = sum(bool(trial.ended) for trial in cell.trials)
    return Figure(f"{count} of {len(cell.trials)}" if count else "")


def _tells(result: Result, measure: Measure) -> bool:
    """Whether a measure that is left out when it is nothing is something here."""
    spreads = [cell.spreads[measure.name] for cell in result.cells]
    if measure.name == "recovered":
        return any(spread.mean is not None and spread.mean < 1.0 for spread in spreads)
    return measure.name in IF_ANY and any(spread.most for spread in spreads)
