"""Health: ask each instance regularly whether it works, and believe it slowly.

    healthy ──`fall` bad probes in a row──▶ unhealthy
            ◀──`rise` good probes in a row──

``counts`` is after HAProxy's rise and fall, and Kubernetes' failureThreshold and successThreshold:
one bad probe proves nothing and one good one neither, so it takes several in a row. ``fixed`` and
``phi`` take each good answer for a heartbeat and judge the silence (see detector). Every wait has
jitter, or all callers would probe in the same moment. The higher `fall`, the rarer a false alarm,
and the later a true one: about interval × fall.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lab.patterns.detector import Detector, DetectorSettings
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
    detector: str = parameter(
        "counts",
        choices=("counts", "fixed", "phi"),
        help="What an instance is judged by: answers in a row, a silence that is too long, or one "
        "that is unlikely for it (phi).",
        reference="most: counts; Cassandra and Akka phi",
    )
    silence_s: float = parameter(
        1.5,
        unit="s",
        minimum=0.05,
        maximum=60.0,
        help="For fixed: so long without a good answer makes suspicious.",
        reference="Kubernetes 40 s for nodes",
    )
    phi: float = parameter(
        8.0,
        unit="phi",
        minimum=0.5,
        maximum=16.0,
        help="For phi: how unlikely the silence must be, in powers of ten.",
        reference="Akka and Cassandra 8",
    )
    pause_s: float = parameter(
        0.0,
        unit="s",
        minimum=0.0,
        maximum=60.0,
        help="For phi: silence that is forgiven on top, such as a garbage collection.",
        reference="Akka 3 s",
    )
    depth: str = parameter(
        "shallow",
        choices=("shallow", "deep"),
        help="What an instance says when it is asked: shallow speaks for itself alone, deep is "
        "unwell too when one of its own dependencies is.",
        reference="Kubernetes advises shallow for liveness",
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

    def plain(self) -> dict[str, int]:
        """Return the counts by name; ``asdict`` takes twenty times as long."""
        return {name: getattr(self, name) for name in self.__slots__}


class HealthTracker:
    """What one caller believes of one instance. It starts as healthy."""

    def __init__(self, settings: HealthSettings, now_s: float) -> None:
        self.healthy = True
        self.counts = ProbeCounts()
        self._settings = settings
        self._reason = "no probe has said otherwise"
        self._against = 0
        self._detector = Detector(_of_detector(settings), now_s)

    def retune(self, settings: HealthSettings) -> None:
        """Judge by other settings from now on. Switched on or off, it begins as healthy."""
        if settings.enabled != self._settings.enabled:
            self.healthy, self._against = True, 0
            self._reason = f"health checks were switched {'on' if settings.enabled else 'off'}"
        self._settings = settings
        self._detector.retune(_of_detector(settings))

    def record(self, good: bool, now_s: float, answer: str = "") -> HealthChange | None:
        """Take a probe's result; ``answer`` says it in words. Returns the change that it makes."""
        if good:
            self.counts.good += 1
            self._detector.beat(now_s)
        else:
            self.counts.bad += 1
        if self._settings.detector == "counts":
            return self._count(good, now_s, answer)
        if good and not self.healthy:
            return self._change(True, now_s, "it is heard of again")
        return self.poll(now_s)

    def poll(self, now_s: float) -> HealthChange | None:
        """Judge the present silence, if that is what counts; return the change that it makes."""
        if self._settings.detector == "counts" or not self.healthy:
            return None
        if not self._detector.look(now_s):
            return None
        return self._change(False, now_s, str(self._detector.snapshot(now_s)["reason"]))

    def next_wait_s(self, chance: Callable[[], float]) -> float:
        """Return the seconds to wait before the next probe."""
        off_ratio = self._settings.jitter_ratio * (2.0 * chance() - 1.0)
        return self._settings.interval_s * (1.0 + off_ratio)

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return the state, its reason, and what speaks against it: probes, or a suspicion."""
        state: dict[str, object] = {
            "state": "healthy" if self.healthy else "unhealthy",
            "reason": self._reason,
            "against": self._against,
            "needed": self._settings.fall if self.healthy else self._settings.rise,
            "counts": self.counts.plain(),
        }
        if self._settings.detector != "counts":
            detector = self._detector.snapshot(now_s)
            state["suspicion"] = detector["suspicion"]
            state["threshold"] = detector["threshold"]
            state["counts"] = self.counts.plain() | {"mistakes": self._detector.mistakes}
        return state

    def _count(self, good: bool, now_s: float, answer: str) -> HealthChange | None:
        if good == self.healthy:  # it agrees with what we believe, so what spoke against is void
            self._against = 0
            return None
        self._against += 1
        if self._against < (self._settings.rise if good else self._settings.fall):
            return None
        row = f"{self._against} probes in a row" if self._against > 1 else "1 probe"
        reason = f"{row} {'answered well' if good else 'failed'}"
        return self._change(good, now_s, f"{reason}: {answer}" if answer else reason)

    def _change(self, healthy: bool, now_s: float, reason: str) -> HealthChange:
        self.healthy, self._against, self._reason = healthy, 0, reason
        return HealthChange(healthy, now_s, reason)


def _of_detector(settings: HealthSettings) -> DetectorSettings:
    return DetectorSettings(
        kind="phi" if settings.detector == "phi" else "fixed",
        timeout_s=settings.silence_s,
        threshold=settings.phi,
        pause_s=settings.pause_s,
        expected_s=settings.interval_s,
    )
