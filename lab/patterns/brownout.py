"""Brownout: leave optional content out of a share of the answers, as much as load demands.

    full ──answers get slow──▶ dimmed ──answers are quick again──▶ full

Klein, Maggio, Årzén, Hernández-Rodriguez: *Brownout: Building More Robust Cloud Applications* (ICSE
2014). A dimmer from 0 to 1 is the share of requests that get the optional parts. Every
``period_s`` it is moved in proportion to how far the slow end of the answers (the 95th percentile
of the period) is from ``target_s``: quickly down, slowly up, so that it does not swing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from lab.patterns.parameters import parameter

MOST_SAMPLES = 1000
UP = 0.25
"""How much slower the dimmer rises than it falls, for the same distance."""


@dataclass(frozen=True, slots=True)
class BrownoutSettings:
    """How slow answers may be, and how the dimmer moves."""

    enabled: bool = parameter(
        False,
        help="Leave optional content out when answers get slow.",
        reference="ours off until wanted",
    )
    target_s: float = parameter(
        0.3,
        unit="s",
        minimum=0.01,
        maximum=60.0,
        help="How slow the slowest twentieth of the answers may be.",
        reference="Klein et al. 1 s",
    )
    period_s: float = parameter(
        0.5,
        unit="s",
        minimum=0.1,
        maximum=60.0,
        help="How often the dimmer is moved.",
        reference="Klein et al. 1 s",
    )
    gain_ratio: float = parameter(
        0.5,
        unit="ratio",
        minimum=0.01,
        maximum=1.0,
        help="How far the dimmer moves when answers take twice the target.",
        reference="Klein et al.: a pole of 0.9, adapted to the load",
    )


class Brownout:
    """Moves the dimmer and says who gets the whole answer."""

    def __init__(self, settings: BrownoutSettings) -> None:
        self._settings = settings
        self._dimmer = 1.0
        self._times: list[float] = []
        self._from_s: float | None = None
        self._slow_s = 0.0
        self._whole = self._dimmed = 0

    def retune(self, settings: BrownoutSettings) -> None:
        """Move by other settings from now on; the dimmer stays where it is."""
        self._settings = settings

    def dims(self, now_s: float, chance: Callable[[], float]) -> str:
        """Return why a request goes without the optional parts; empty if it gets them."""
        self._move(now_s)
        if self._dimmer >= 1.0 or chance() < self._dimmer:
            self._whole += 1
            return ""
        self._dimmed += 1
        return f"brownout: {self._dimmer:.0%} of the answers are whole"

    def answered(self, seconds: float, now_s: float) -> None:
        """Learn how long an answer took."""
        self._move(now_s)
        if len(self._times) < MOST_SAMPLES:
            self._times.append(seconds)

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return the state, its reason, the dimmer and the counts, as plain data."""
        self._move(now_s)
        slow, target = f"{self._slow_s:.3f} s", f"{self._settings.target_s:g} s"
        return {
            "state": "full" if self._dimmer >= 1.0 else "dimmed",
            "reason": f"the slowest twentieth took {slow}, the target is {target}",
            "dimmer_ratio": round(self._dimmer, 4),
            "slow_s": round(self._slow_s, 6),
            "target_s": self._settings.target_s,
            "counts": {"whole": self._whole, "dimmed": self._dimmed},
        }

    def _move(self, now_s: float) -> None:
        if self._from_s is None:
            self._from_s = now_s
        if now_s - self._from_s < self._settings.period_s:
            return
        self._from_s = now_s
        times, self._times = sorted(self._times), []
        if not times:
            return
        self._slow_s = times[ceil(0.95 * len(times)) - 1]
        distance = (self._settings.target_s - self._slow_s) / self._settings.target_s
        step = self._settings.gain_ratio * max(-1.0, distance)
        self._dimmer = max(0.0, min(1.0, self._dimmer + (step * UP if step > 0.0 else step)))
