"""What an experiment will do: every cell of its grid checked before the first trial begins."""

import itertools
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from lab.cluster.experiments.changes import changed
from lab.cluster.experiments.errors import ExperimentError
from lab.cluster.experiments.paths import CHAIN, parse_path, show_path
from lab.cluster.experiments.trial import Order
from lab.cluster.experiments.values import show_value
from lab.cluster.scenarios.limits import VIRTUAL
from lab.cluster.scenarios.scenario import Scenario, load_scenario
from lab.cluster.scenarios.topology import USERS
from lab.cluster.scenarios.yaml import read_yaml

MOST_CELLS = 400
MOST_SEEDS = 1000
MOST_TRIALS = 4000
MOST_FOR_S = 3600.0
WARM_UP_S = 5.0
MOST_DRAWN_S = 50_000.0
"""So many seconds of curves are kept; of further seeds only the numbers are."""

LARGEST_SEED = 2**32 - 1

Plain = dict[str, Any]


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """An experiment as somebody asks for it.

    ``scenario`` is what it is called on the command line, ``set`` and ``sweep`` are by path.
    """

    scenario: str
    text: str
    seed: int | None = None
    for_s: float = 60.0
    warm_up_s: float = WARM_UP_S
    set: dict[str, Any] = {}
    sweep: dict[str, list[Any]] = {}
    seeds: int = 1
    live: bool = False

    def command(self) -> str:
        """Return the command that does it again."""
        words = ["python", "manage.py", "run", self.scenario, "--for", f"{self.for_s:g}s"]
        words += [] if self.seed is None else ["--seed", str(self.seed)]
        words += [] if self.warm_up_s == WARM_UP_S else ["--warm-up", f"{self.warm_up_s:g}s"]
        for path, value in self.set.items():
            words += ["--set", f"{path}={show_value(value)}"]
        for path, values in self.sweep.items():
            words += ["--sweep", f"{path}={','.join(map(show_value, values))}"]
        words += [] if self.seeds == 1 else ["--seeds", str(self.seeds)]
        return shlex.join(words + ["--live"] * self.live)


@dataclass(frozen=True, slots=True)
class Cell:
    """One variant of the scenario: the swept values ``at`` it, its data, its first seed."""

    at: Plain
    data: Plain
    seed: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for, checked. ``notes`` say what may surprise."""

    asked: Asked
    scenario: Scenario
    cells: list[Cell]
    notes: list[str]

    @property
    def trials(self) -> int:
        """How many trials there are."""
        return len(self.cells) * self.asked.seeds

    def orders(self) -> Iterator[Order]:
        """Yield the trials, seed by seed, so that an experiment cut short has all of its cells."""
        asked = self.asked
        for turn, (place, cell) in itertools.product(
            range(asked.seeds), list(enumerate(self.cells))
        ):
            number, seed = place * asked.seeds + turn, (cell.seed + turn) % (LARGEST_SEED + 1)
            curves = len(self.cells) == 1 and turn * asked.for_s < MOST_DRAWN_S
            yield Order(number, place, cell.data, seed, asked.for_s, asked.warm_up_s, curves)


def plan_of(asked: Asked) -> Plan:
    """Return the plan. Raises ScenarioError for the scenario's file, ExperimentError for the rest.

    The values of --sweep are set after those of --set.
    """
    _check_bounds(asked)
    base = load_scenario(asked.text, asked.scenario, VIRTUAL)
    seed: Plain = {} if asked.seed is None else {"seed": asked.seed}
    data, fixed = changed(read_yaml(asked.text).data, base, seed, "seed")
    data, fixed = changed(data, fixed, asked.set, "set")
    cells: list[Cell] = []
    notes: dict[str, int] = {}
    for values in itertools.product(*asked.sweep.values()):
        at = dict(zip(asked.sweep, values, strict=True))
        cell_data, scenario = changed(data, fixed, at, "sweep") if at else (data, fixed)
        cells.append(Cell(at, cell_data, scenario.seed))
        for note in _switched_off(scenario, [*asked.set, *at]):
            notes[note] = notes.get(note, 0) + 1
    return Plan(asked, fixed, cells, [note for note, n in notes.items() if n == len(cells)])


def _check_bounds(asked: Asked) -> None:
    for path, values in asked.sweep.items():
        if not values:
            raise ExperimentError("sweep", f"{path} has no values", "give some: path=1,2,3")
        if path in asked.set:
            raise ExperimentError("sweep", f"{path} is also set", "sweep it or set it")
    cells = 1
    for values in asked.sweep.values():
        cells *= len(values)
    _within("sweep", cells, 1, MOST_CELLS, "combinations of values")
    _within("seeds", asked.seeds, 1, MOST_SEEDS, "seeds")
    _within("seeds", cells * asked.seeds, 1, MOST_TRIALS, "trials")
    _within("for_s", asked.for_s, 1.0, MOST_FOR_S, "seconds")
    if not 0.0 <= asked.warm_up_s < asked.for_s:
        raise ExperimentError(
            "warm_up_s",
            f"a warm-up of {asked.warm_up_s:g} s leaves nothing of {asked.for_s:g} s to measure",
            "run for longer, or warm up for less",
        )


def _within(field: str, count: float, least: float, most: float, what: str) -> None:
    if not least <= count <= most:
        hint = f"from {least:g} to {most:g}"
        raise ExperimentError(field, f"{count:,g} {what} cannot be had", hint)


def _switched_off(scenario: Scenario, paths: list[str]) -> Iterator[str]:
    """Yield a note for each layer of which a setting was changed while it is switched off."""
    chains = {USERS: scenario.users.chain} | {
        each.name: each.chain for each in scenario.dependencies()
    }
    for text in paths:
        path = parse_path(text)
        place = path.index(CHAIN) if CHAIN in path else len(path)
        if len(path) < place + 3:
            continue
        for layer in chains.get(str(path[place - 1]), ()):
            if layer.pattern == path[place + 1] and not layer.enabled:
                switch = show_path((*path[: place + 2], "enabled"))
                yield f"{text} changes nothing while the layer is off: add --set {switch}=true"
