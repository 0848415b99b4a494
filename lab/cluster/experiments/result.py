"""What an experiment gave: every trial, and the spread of each number over the seeds."""

import csv
import io
from typing import Any, Literal

import msgspec

from lab.cluster.experiments.plan import Asked, Plan
from lab.cluster.experiments.spread import Spread, spread_of
from lab.cluster.experiments.trial import Measure, Trial, measure_named

FORMAT = "faultline experiment"
VERSION = 1

State = Literal["running", "done", "cancelled"]


class CellResult(msgspec.Struct):
    """One combination of swept values: its trials in the order of the seeds, and their spread."""

    at: dict[str, Any]
    spreads: dict[str, Spread]
    trials: list[Trial]


class Result(msgspec.Struct):
    """All of it, as written to JSON. Ratios are from 0 to 1, times in seconds or as named."""

    title: str
    command: str
    asked: Asked
    state: State
    done: int
    of: int
    notes: list[str]
    measures: list[Measure]
    cells: list[CellResult]
    format: str = FORMAT
    version: int = VERSION

    @property
    def is_sweep(self) -> bool:
        """Whether anything was varied besides the seed."""
        return bool(self.asked.sweep)

    def trials(self) -> list[Trial]:
        """Return all trials, cell by cell."""
        return [trial for cell in self.cells for trial in cell.trials]


def result_of(plan: Plan, trials: list[Trial], state: State) -> Result:
    """Sum up what there is, in whatever order it came."""
    by_cell: list[list[Trial]] = [[] for _ in plan.cells]
    for trial in sorted(trials, key=lambda trial: trial.number):
        by_cell[trial.cell].append(trial)
    names = dict.fromkeys(name for trial in trials for name in trial.numbers)
    return Result(
        plan.scenario.title,
        plan.asked.command(),
        plan.asked,
        state,
        len(trials),
        plan.trials,
        plan.notes,
        [measure_named(name) for name in names],
        [
            CellResult(cell.at, {name: _spread(name, of_cell) for name in names}, of_cell)
            for cell, of_cell in zip(plan.cells, by_cell, strict=True)
        ],
    )


def _spread(name: str, trials: list[Trial]) -> Spread:
    return spread_of(trial.numbers.get(name) for trial in trials)


def as_json(result: Result) -> bytes:
    """Return the result as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(result))


def as_csv(result: Result) -> str:
    """Return one line for each trial: swept values, seed, numbers, digest, why it ended early."""
    out = io.StringIO()
    names = [measure.name for measure in result.measures]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*result.asked.sweep, "seed", *names, "digest", "ended"])
    for cell in result.cells:
        values = [_cell_text(value) for value in cell.at.values()]
        for trial in cell.trials:
            numbers = [trial.numbers.get(name) for name in names]
            writer.writerow([*values, trial.seed, *numbers, trial.digest, trial.ended])
    return out.getvalue()


def _cell_text(value: object) -> object:
    return msgspec.json.encode(value).decode() if isinstance(value, dict | list) else value
