"""How lines look: each has a colour, a shape and a dash, so that colour is never the only sign.

Outcomes look as on the page; what else is drawn takes its look by its place. The colours are those
of Okabe and Ito; they stand in ``report.css``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

R = 4.5
"""The radius of a marker, in pixels."""


@dataclass(frozen=True, slots=True)
class Look:
    """``tone`` is a class of the style sheet; ``dash`` and ``width`` are SVG's."""

    tone: str
    shape: str
    dash: str = ""
    width: float = 2.25


OUTCOME_LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "ok": Look("ok", "circle"),
        "degraded": Look("degraded", "half", "10 4"),
        "failed": Look("failed", "cross", width=3.0),
        "timed_out": Look("timed-out", "hourglass", "2 4", 2.75),
        "refused": Look("refused", "bar", "5 3"),
        "shed": Look("refused", "bar", "5 3"),
        "short_circuited": Look("refused", "bar", "5 3"),
    }
)

LOOKS = (
    Look("one", "circle"),
    Look("two", "square", "10 4"),
    Look("three", "triangle", "2 4", 2.75),
    Look("four", "diamond", "5 3"),
    Look("five", "cross", "12 3 2 3"),
    Look("six", "ring"),
    Look("seven", "hourglass", "7 5"),
)
"""So many lines are told apart in one plot."""


def marker(look: Look, x: float, y: float) -> str:
    """Return the SVG of a look's shape at a point."""
    if look.shape in ("circle", "ring"):
        tone = f"hollow {look.tone}" if look.shape == "ring" else f"mark {look.tone}"
        return f'<circle class="{tone}" cx="{x:.1f}" cy="{y:.1f}" r="{R}"/>'
    path, is_line = _SHAPES[look.shape]
    tone = f"stroke {look.tone}" if is_line else f"mark {look.tone}"
    return f'<path class="{tone}" transform="translate({x:.1f} {y:.1f})" d="{path}"/>'


_SHAPES: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "half": (f"M{-R} 0A{R} {R} 0 0 1 {R} 0Z M{-R} 0A{R} {R} 0 0 0 {R} 0", False),
        "cross": (f"M{-R} {-R}L{R} {R}M{-R} {R}L{R} {-R}", True),
        "hourglass": (f"M{-R} {-R}H{R}L{-R} {R}H{R}Z", False),
        "bar": (f"M0 {-R - 1}V{R + 1}", True),
        "square": (f"M{-R} {-R}H{R}V{R}H{-R}Z", False),
        "triangle": (f"M0 {-R - 1}L{R + 1} {R}H{-R - 1}Z", False),
        "diamond": (f"M0 {-R - 1.5}L{R + 1.5} 0L0 {R + 1.5}L{-R - 1.5} 0Z", False),
    }
)
