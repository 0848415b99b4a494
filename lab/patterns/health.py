"""Health: ask each instance regularly whether it works, and believe it slowly.

    healthy ──`fall` bad probes in a row──▶ unhealthy
            ◀──`rise` good probes in a row──

After HAProxy's rise and fall, and Kubernetes' failureThreshold and successThreshold. One bad probe
proves nothing and one good one neither, so it takes several in a row. Every wait has jitter, or all
callers would probe in the same moment. The higher `fall`, the rarer a false alarm, and the later
a true one: about interval × fall.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from lab.patterns.parameters import parameter


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """How often to ask, how long to wait for the answer, and how many answers it takes."""

    enabled: bool = parameter(
        True,
        help="Ask at all. Without health checks every instance counts as healthy.",
        reference="Kubernetes and Envoy: off until configured",
    )
    interval_s: float = parameter(
        0.5,
        unit="s",
        minimum=0.05,
        maximum=60.0,
        help="The wait between an answer and the next probe.",
        reference="HAProxy 2 s, Kubernetes 10 s",
    )
    timeout_s: float = parameter(
        0.3,
        unit="s",
        minimum=0.01,
        maximum=60.0,
        help="No answer within this time is a bad one: that is how a frozen process is found.",
        reference="Kubernetes 1 s",
    )
    rise: int = parameter(
        2,
        unit="probes",
        minimum=1,
        maximum=20,
        help="So many good answers in a row bring an instance back.",
        reference="HAProxy 2, Kubernetes 1",
    )
    fall: int = parameter(
        2,
        unit="probes",
        minimum=1,
        maximum=20,
        help="So many bad answers in a row take an instance out.",
        reference="HAProxy 3, Kubernetes 3",
    )
    jitter_ratio: float = parameter(
        0.1,
        unit="ratio",
        minimum=0.0,
        maximum=0.5,
        help="How far each wait may be off the interval by chance, to both sides.",
        reference="HAProxy 0 (spread-checks), Envoy 0 (interval_jitter)",
    )


@dataclass(frozen=True, slots=True)
class HealthChange:
    """An instance became healthy or unhealthy."""

    healthy: bool
    at_s: float
    reason: str


@dataclass(slots=True)
class ProbeCounts:
    """How many probes were answered well, and how many were not."""

    good: int = 0
    bad: int = 0


class HealthTracker:
    """What one caller believes of one instance. It starts as healthy."""

    def __init__(self, settings: HealthSettings) -> None:
        self.healthy = True
        self.counts = ProbeCounts()
        self._settings = settings
        self._reason = "no probe has said otherwise"
        self._against = 0

    def retune(self, settings: HealthSettings) -> None:
        """Judge by other settings from now on. Switched on or off, it begins as healthy."""
        if settings.enabled != self._settings.enabled:
            self.healthy, self._against = True, 0
            self._reason = f"health checks were switched {'on' if settings.enabled else 'off'}"
        self._settings = settings

    def record(self, good: bool, now_s: float, answer: str = "") -> HealthChange | None:
        """Take a probe's result; ``answer`` says it in words. Returns the change that it makes."""
        if good:
            self.counts.good += 1
        else:
            self.counts.bad += 1
        if good == self.healthy:  # it agrees with what we believe, so what spoke against is void
            self._against = 0
            return None
        self._against += 1
        if self._against < (self._settings.rise if good else self._settings.fall):
            return None
        row = f"{self._against} probes in a row" if self._against > 1 else "1 probe"
        self._reason = f"{row} {'answered well' if good else 'failed'}"
        self._reason += f": {answer}" if answer else ""
        self.healthy, self._against = good, 0
        return HealthChange(good, now_s, self._reason)

    def next_wait_s(self, chance: Callable[[], float]) -> float:
        """Return the seconds to wait before the next probe."""
        off_ratio = self._settings.jitter_ratio * (2.0 * chance() - 1.0)
        return self._settings.interval_s * (1.0 + off_ratio)

    def snapshot(self) -> dict[str, object]:
        """Return the state, its reason, and how many probes in a row speak against it."""
        return {
            "state": "healthy" if self.healthy else "unhealthy",
            "reason": self._reason,
            "against": self._against,
            "needed": self._settings.fall if self.healthy else self._settings.rise,
            "counts": asdict(self.counts),
        }
