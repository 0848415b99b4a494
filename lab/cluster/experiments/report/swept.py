"""The plots of a sweep: each measure against the value that was varied."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lab.cluster.experiments.report.figures import in_unit, short_names
from lab.cluster.experiments.report.looks import LOOKS, OUTCOME_LOOKS, Look
from lab.cluster.experiments.report.plots import LEFT, RIGHT, WIDTH, Line, Plot, Point
from lab.cluster.experiments.report.scales import Scale, each, over
from lab.cluster.experiments.result import CellResult, Result
from lab.cluster.experiments.spread import Spread
from lab.cluster.experiments.trial import ATTEMPTS, CALLS, Measure, measure_named
from lab.cluster.experiments.values import show_value

SEEN_RATIO = 0.0005
"""An outcome that no cell has in at least this share is not drawn."""

LONG = 55
"""A path with more letters is written short under an axis."""

ONE_BY_ONE = (
    "success_ratio", "goodput_per_s", "p50_ms", "p95_ms", "p99_ms",
    "breaker_openings", "recovery_after_s",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Across:
    """The horizontal axis: what was varied, and where each of its values stands."""

    path: str
    values: list[Any]
    scale: Scale
    are_numbers: bool

    def place(self, value: Any) -> float:
        """Return a value's place on the axis."""
        return float(value if self.are_numbers else self.values.index(value))


def plots_of_sweep(result: Result) -> list[Plot]:
    """Return the plots: several measures together for one value, else one for each measure."""
    across = _across(result)
    if len(result.asked.sweep) == 1:
        return _together(result, across)
    return _apart(result, across)


def lines_left_out(result: Result) -> int:
    """Return how many combinations are only in the table, for want of looks."""
    count = len(result.cells) // max(1, len(_across(result).values))
    return max(0, count - len(LOOKS)) if len(result.asked.sweep) > 1 else 0


def _across(result: Result) -> Across:
    """The sweep of numbers with the most values lies along the axis; else the longest."""
    sweep = result.asked.sweep
    path = max(sweep, key=lambda path: (_are_numbers(sweep[path]), len(sweep[path])))
    values = sweep[path]
    left, right = LEFT + 10, WIDTH - RIGHT - 10
    if _are_numbers(values):
        return Across(path, values, over([float(v) for v in values], left, right), True)
    return Across(path, values, each([show_value(v) for v in values], left, right), False)


def _are_numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _together(result: Result, across: Across) -> list[Plot]:
    cells = result.cells
    outcomes = [(name, look) for name, look in OUTCOME_LOOKS.items() if _is_seen(cells, name)]
    plots = [
        _plot("How users' requests ended", "%", across, [
            _line(name.replace("_", " "), look, cells, across, f"{name}_ratio")
            for name, look in outcomes
        ]),
        _plot("How long they took", "ms", across, [
            _line(words, look, cells, across, name)
            for name, words, look in zip(
                ("p50_ms", "p95_ms", "p99_ms"), ("median", "95 %", "99 %"), LOOKS, strict=False
            )
        ]),
        _single(cells, across, "success_ratio"),
        _plot("Good answers", "requests/s", across, [
            _line("offered", LOOKS[3], cells, across, "offered_per_s"),
            _line("good", LOOKS[2], cells, across, "goodput_per_s"),
        ]),
        _of_group(result, across, CALLS, "Calls per user request, by layer"),
        _of_group(result, across, ATTEMPTS, "Attempts per call"),
        *(_single(cells, across, name) for name in ONE_BY_ONE[5:]),
    ]  # fmt: skip
    return [plot for plot in plots if any(line.known() for line in plot.lines)]


def _apart(result: Result, across: Across) -> list[Plot]:
    """One plot a measure, one line for each combination of the other values."""
    others = [path for path in result.asked.sweep if path != across.path]
    short = short_names(result.asked.sweep)
    lines: dict[str, list[CellResult]] = {}
    for cell in result.cells:
        name = ", ".join(_setting(short[path], cell.at[path]) for path in others)
        lines.setdefault(name, []).append(cell)
    drawn = list(zip(lines.items(), LOOKS, strict=False))
    calls = _most_varied(result, CALLS)
    plots = [
        _plot(measure.title, measure.unit, across, [
            _line(name, look, cells, across, measure.name) for (name, cells), look in drawn
        ])
        for measure in map(measure_named, [*ONE_BY_ONE, *calls])
        if any(cell.spreads[measure.name].median for cell in result.cells)
    ]  # fmt: skip
    return [plot for plot in plots if any(line.known() for line in plot.lines)]


def _setting(name: str, value: Any) -> str:
    """Return a value with its name, such as ``attempts 3``, ``breaker on``."""
    of, _, last = name.rpartition(".")
    if last == "enabled" and isinstance(value, bool):
        return f"{of.rpartition('.')[2]} {'on' if value else 'off'}"
    return f"{last} {show_value(value)}"


def _single(cells: list[CellResult], across: Across, name: str) -> Plot:
    measure = measure_named(name)
    drawn = [cell for cell in cells if cell.spreads[name].median] and cells
    return _plot(
        measure.title, measure.unit, across, [_line("median", LOOKS[0], drawn, across, name)]
    )


def _of_group(result: Result, across: Across, group: str, title: str) -> Plot:
    """The services or dependencies that vary most; those with nothing to tell are left out."""
    names = _most_varied(result, group)
    lines = [
        _line(_short(name), look, result.cells, across, name)
        for name, look in zip(names, LOOKS, strict=False)
    ]
    return _plot(title, "", across, lines)


def _most_varied(result: Result, group: str) -> list[str]:
    ranges = {}
    for measure in result.measures:
        values = [cell.spreads[measure.name].median for cell in result.cells]
        known = [value for value in values if value is not None]
        if measure.name.startswith(f"{group}:") and known:
            ranges[measure.name] = max(known) - min(known)
    varied = [name for name, span in ranges.items() if span > 0.01]
    return sorted(varied, key=lambda name: -ranges[name])[: len(LOOKS)]


def _short(name: str) -> str:
    return name.partition(":")[2].replace(":", " → ")


def _plot(title: str, unit: str, across: Across, lines: list[Line]) -> Plot:
    x_title = across.path if len(across.path) <= LONG else short_names([across.path])[across.path]
    return Plot(title[:1].upper() + title[1:], unit, x_title, across.scale, lines)


def _line(name: str, look: Look, cells: list[CellResult], across: Across, measure: str) -> Line:
    about = measure_named(measure)
    points = [_point(about, across.place(c.at[across.path]), c.spreads[measure]) for c in cells]
    return Line(name, look, sorted_by_x(points))


def sorted_by_x(points: list[Point | None]) -> list[Point | None]:
    """Return the points from left to right; where there is none, the line has a gap."""
    known = sorted((point for point in points if point is not None), key=lambda point: point.x)
    return list(known) if len(known) == len(points) else points


def _point(measure: Measure, x: float, spread: Spread) -> Point | None:
    if spread.median is None or spread.q1 is None or spread.q3 is None:
        return None
    y, low, high = (in_unit(measure, v) for v in (spread.median, spread.q1, spread.q3))
    return Point(x, y, low, high)


def _is_seen(cells: list[CellResult], outcome: str) -> bool:
    shares = [cell.spreads[f"{outcome}_ratio"].median or 0.0 for cell in cells]
    return outcome == "ok" or max(shares, default=0.0) >= SEEN_RATIO
