"""One plot as SVG: lines with the spread of their seeds, labelled where they end.

::

    title                          unit of the vertical axis under it
    │        ╭────○ ok             each line's name stands at its end
    │ ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒             the middle half of the seeds
    └─────────────────             ticks at the values that were tried, or at whole seconds
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from lab.cluster.experiments.report.looks import Look, marker
from lab.cluster.experiments.report.scales import Scale, upward
from lab.cluster.experiments.trial import Mark

WIDTH, HEIGHT = 620, 340
LEFT, RIGHT, TOP, BOTTOM = 58, 150, 62, 52
LABEL_PX = 17
TICK_PX = 8.2
"""About the width of a letter of a tick."""

MOST_MARKERS = 24


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a line, with the quartiles over the seeds."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Line:
    """A named line; None is a gap."""

    name: str
    look: Look
    points: Sequence[Point | None]

    def known(self) -> list[Point]:
        """Return the points that there are."""
        return [point for point in self.points if point is not None]


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn. ``x`` maps values to pixels between LEFT and WIDTH - RIGHT."""

    title: str
    unit: str
    x_title: str
    x: Scale
    lines: Sequence[Line]
    marks: Sequence[Mark] = field(default_factory=tuple)
    to_x: float = 0.0
    """Where a fault without an end is drawn to."""


def svg(plot: Plot) -> str:
    """Return the plot."""
    reach = [value for line in plot.lines for p in line.known() for value in (p.low, p.high, p.y)]
    y = upward(reach, plot.unit, HEIGHT - BOTTOM, TOP)
    names = ", ".join(line.name for line in plot.lines)
    about = escape(f"{plot.title} ({plot.unit}) against {plot.x_title}: {names}")
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{about}">',
        _text(0, 20, plot.title, "title"),
        _text(0, 42, plot.unit, "unit"),
        *_faults(plot),
        *_axes(plot, y),
        *(_band(line, plot.x, y) for line in plot.lines),
        *(_line(line, plot.x, y) for line in plot.lines),
        *_labels(plot.lines, plot.x, y),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part)


def _axes(plot: Plot, y: Scale) -> list[str]:
    right, foot = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = []
    for value, words in y.ticks:
        at = y(value)
        parts.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{right}"/>')
        parts.append(_text(LEFT - 8, at + 5, words, "tick end"))
    parts.append(f'<path class="axis" d="M{LEFT} {foot}H{right}"/>')
    for value, words in _apart(plot.x):
        at = plot.x(value)
        parts.append(f'<path class="axis" d="M{at:.1f} {foot}v5"/>')
        parts.append(_text(at, foot + 21, words, "tick middle"))
    parts.append(_text((LEFT + right) / 2, HEIGHT - 8, plot.x_title, "tick middle x"))
    return parts


def _apart(x: Scale) -> list[tuple[float, str]]:
    """Return the ticks whose texts do not touch; the first and the last go before the others."""
    ticks = list(x.ticks)
    kept: list[tuple[float, str]] = []
    for value, words in [ticks[0], ticks[-1], *ticks[1:-1]]:
        half = len(words) * TICK_PX / 2 + 4
        if all(abs(x(value) - x(other)) >= half + len(w) * TICK_PX / 2 for other, w in kept):
            kept.append((value, words))
    return kept


def _faults(plot: Plot) -> list[str]:
    parts = []
    for row, mark in enumerate(plot.marks):
        from_px = plot.x(mark.from_t)
        to_px = plot.x(plot.to_x if mark.to_t is None else mark.to_t)
        height = HEIGHT - BOTTOM - TOP
        parts.append(
            f'<rect class="fault" x="{from_px:.1f}" y="{TOP}" '
            f'width="{max(2.0, to_px - from_px):.1f}" height="{height}"/>'
            f'<path class="fault-edge" d="M{from_px:.1f} {TOP}v{height}"/>'
        )
        parts.append(_text(from_px + 5, TOP + 14 + 16 * row, mark.text, "tick"))
    return parts


def _band(line: Line, x: Scale, y: Scale) -> str:
    """Return the areas between the quartiles, one for each stretch without a gap."""
    drawn = []
    for run in _runs(line.points):
        if len(run) > 1 and any(point.low != point.high for point in run):
            there = [f"{x(p.x):.1f} {y(p.high):.1f}" for p in run]
            back = [f"{x(p.x):.1f} {y(p.low):.1f}" for p in reversed(run)]
            drawn.append(f"M{'L'.join(there + back)}Z")
    return f'<path class="band {line.look.tone}" d="{"".join(drawn)}"/>' if drawn else ""


def _line(line: Line, x: Scale, y: Scale) -> str:
    runs = [[f"{x(p.x):.1f} {y(p.y):.1f}" for p in run] for run in _runs(line.points)]
    path = "".join(f"M{'L'.join(run)}" for run in runs if len(run) > 1)
    dash = f' stroke-dasharray="{line.look.dash}"' if line.look.dash else ""
    known = line.known()
    shown = known if len(known) <= MOST_MARKERS else known[-1:]
    return (
        f'<path class="line {line.look.tone}" stroke-width="{line.look.width}"{dash} d="{path}"/>'
        if path
        else ""
    ) + "".join(marker(line.look, x(p.x), y(p.y)) for p in shown)


def _labels(lines: Sequence[Line], x: Scale, y: Scale) -> list[str]:
    """Write each name right of its line's end; names that would touch are moved apart."""
    ends = [(y(line.known()[-1].y), line) for line in lines if line.known()]
    ends.sort(key=lambda end: end[0])
    at = float(TOP)
    places = []
    for end_px, _ in ends:
        at = max(at, end_px)
        places.append(at)
        at += LABEL_PX
    lowest = float(HEIGHT - BOTTOM + 6)
    for place in range(len(places) - 1, -1, -1):
        places[place] = min(places[place], lowest)
        lowest = places[place] - LABEL_PX
    left = WIDTH - RIGHT + 12
    parts = []
    for at_px, (end_px, line) in zip(places, ends, strict=True):
        from_px = x(line.known()[-1].x) + 7
        parts.append(f'<path class="lead" d="M{from_px:.1f} {end_px:.1f}L{left - 3} {at_px:.1f}"/>')
        parts.append(marker(line.look, left + 5, at_px))
        parts.append(_text(left + 16, at_px + 5, line.name, "name"))
    return parts


def _runs(points: Sequence[Point | None]) -> list[list[Point]]:
    runs: list[list[Point]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _text(x: float, y: float, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'
