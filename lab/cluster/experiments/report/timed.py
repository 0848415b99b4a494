"""The plots of a single scenario: what users felt, second by second, with the faults marked."""

from collections.abc import Sequence

from lab.cluster.experiments.report.looks import LOOKS, OUTCOME_LOOKS, Look
from lab.cluster.experiments.report.plots import LEFT, RIGHT, WIDTH, Line, Plot, Point
from lab.cluster.experiments.report.scales import linear
from lab.cluster.experiments.result import Result
from lab.cluster.experiments.spread import spread_of
from lab.cluster.experiments.trial import Curves

Column = Sequence[float | None]

_LATENCIES = (("p50_ms", "median"), ("p95_ms", "95 %"), ("p99_ms", "99 %"))
_MOST_LAYERS = len(LOOKS)


def plots_over_time(result: Result) -> list[Plot]:
    """Return the plots: the median over the seeds of each second."""
    trials = [trial for trial in result.trials() if trial.curves is not None]
    curves = [trial.curves for trial in trials if trial.curves is not None]
    if not curves:
        return []
    outcomes = [
        Line(name.replace("_", " "), look, _points([c.outcomes[name] for c in curves]))
        for name, look in OUTCOME_LOOKS.items()
        if name == "ok" or any(any(c.outcomes[name]) for c in curves)
    ]
    latencies = [
        Line(words, look, _points([c.latencies[name] for c in curves]))
        for (name, words), look in zip(_LATENCIES, LOOKS, strict=False)
    ]
    to_s = result.asked.for_s
    x = linear(0.0, to_s, LEFT, WIDTH - RIGHT)
    marks = trials[0].marks
    return [
        Plot(title, unit, "seconds since the lab began", x, lines, marks, to_s)
        for title, unit, lines in (
            ("How users' requests ended", "requests/s", outcomes),
            ("How long they took", "ms", latencies),
            ("Calls per user request, by layer", "", _layers(curves)),
        )
        if any(line.known() for line in lines)
    ]


def _layers(curves: list[Curves]) -> list[Line]:
    """Return the services that are called most, with the looks in the order of the scenario."""
    names = dict.fromkeys(name for each in curves for name in each.layers)
    most = sorted(names, key=lambda name: -max(_most(each.layers.get(name)) for each in curves))
    kept = [name for name in names if name in most[:_MOST_LAYERS]]
    return [
        _layer(name, look, [each.layers.get(name, []) for each in curves])
        for name, look in zip(kept, LOOKS, strict=False)
    ]


def _layer(name: str, look: Look, columns: Sequence[Column]) -> Line:
    return Line(name, look, _points(columns))


def _points(columns: Sequence[Column]) -> list[Point | None]:
    """Return for each second the spread over the seeds, drawn at its middle."""
    points: list[Point | None] = []
    for second in range(max(map(len, columns))):
        spread = spread_of(column[second] for column in columns if second < len(column))
        if spread.median is None or spread.q1 is None or spread.q3 is None:
            points.append(None)
        else:
            points.append(Point(second + 0.5, spread.median, spread.q1, spread.q3))
    return points


def _most(column: Column | None) -> float:
    return max((value for value in column or () if value is not None), default=0.0)
