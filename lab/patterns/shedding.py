"""Shedding by priority: when not all can be served, turn the less important away first.

    serving ──the queue fills──▶ shedding ──it drains──▶ serving

After *Site Reliability Engineering*, chapter 21 (criticality), and WeChat's DAGOR. Each class may
fill only a share of the queue: sheddable the least, default more, critical all of it. A shed answer
is cheap, definite, and says when to come back. With random shedding everybody loses alike, also
those who pay.
"""

from dataclasses import dataclass

from lab.patterns.parameters import ParameterError, parameter

PRIORITIES = ("critical", "default", "sheddable")


@dataclass(frozen=True, slots=True)
class SheddingSettings:
    """How much of the queue each class may fill."""

    enabled: bool = parameter(
        False,
        help="Turn the less important away before the queue is full.",
        reference="SRE book on, most servers off",
    )
    default_ratio: float = parameter(
        0.7,
        unit="ratio",
        minimum=0.0,
        maximum=1.0,
        help="Default requests are turned away when this share of the queue is full.",
        reference="SRE book: thresholds by criticality; DAGOR moves them",
    )
    sheddable_ratio: float = parameter(
        0.3,
        unit="ratio",
        minimum=0.0,
        maximum=1.0,
        help="Sheddable requests are turned away when this share of the queue is full.",
        reference="SRE book: thresholds by criticality; DAGOR moves them",
    )

    def __post_init__(self) -> None:
        if self.sheddable_ratio > self.default_ratio:
            message = f"must be at most default_ratio ({self.default_ratio:g})"
            hint = "the less important go first"
            raise ParameterError(
                "sheddable_ratio", f"{message}, not {self.sheddable_ratio:g}", hint
            )


class Shedding:
    """Decides at the door. ``shed`` counts by priority."""

    def __init__(self, settings: SheddingSettings) -> None:
        self._settings = settings
        self._served = dict.fromkeys(PRIORITIES, 0)
        self._shed = dict.fromkeys(PRIORITIES, 0)
        self._fill = 0.0

    def retune(self, settings: SheddingSettings) -> None:
        """Decide by other settings from now on."""
        self._settings = settings

    def sheds(self, priority: str, waiting: int, places: int) -> str:
        """Return why a request is turned away while ``waiting`` of ``places`` are taken."""
        self._fill = waiting / max(1, places)
        share = self._share(priority)
        if self._fill < share or share >= 1.0:
            self._served[priority] += 1
            return ""
        self._shed[priority] += 1
        return f"shed: the queue is {self._fill:.0%} full, {priority} requests may fill {share:.0%}"

    def snapshot(self) -> dict[str, object]:
        """Return the state, its reason and the counts by priority, as plain data."""
        shut = [name for name in PRIORITIES if self._fill >= self._share(name) < 1.0]
        turned = f": {' and '.join(shut)} requests are turned away" if shut else ""
        return {
            "state": "shedding" if shut else "serving",
            "reason": f"the queue is {self._fill:.0%} full{turned}",
            "fill_ratio": round(self._fill, 3),
            "counts": {
                **{f"{name}_served": count for name, count in self._served.items()},
                **{f"{name}_shed": count for name, count in self._shed.items()},
            },
        }

    def _share(self, priority: str) -> float:
        match priority:
            case "critical":
                return 1.0
            case "sheddable":
                return self._settings.sheddable_ratio
            case _:
                return self._settings.default_ratio
