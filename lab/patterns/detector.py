"""Failure detector: after how long a silence is somebody suspected to be dead?

    trusted ──silence beyond the threshold──▶ suspected ──a heartbeat──▶ trusted

``fixed``: a silence of ``timeout_s``. It is quick or it is right, never both.

``phi``: Hayashibara et al., *The φ Accrual Failure Detector* (2004). From the heartbeats so far it
learns how long silences usually are; phi says how unlikely the present one is (``phi = -log10 P(a
heartbeat comes later than this)``), so 8 is one mistake in 10^8 beats if they are normally spread.
``pause_s`` is silence that is forgiven, ``deviation_s`` the least spread that is assumed. What
follows a suspicion is not learnt: a dead hour is no usual silence.
"""

from collections import deque
from dataclasses import dataclass
from math import erfc, log10, sqrt

from lab.patterns.parameters import parameter

HISTORY = 200
MOST_PHI = 99.0
"""Beyond this nobody reads the difference, and the arithmetic has none."""


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """How suspicion comes about."""

    kind: str = parameter(
        "fixed",
        choices=("fixed", "phi"),
        help="fixed suspects after a set silence, phi after one that is unlikely for this sender.",
        reference="Cassandra and Akka phi, most others fixed",
    )
    timeout_s: float = parameter(
        1.0,
        unit="s",
        minimum=0.05,
        maximum=60.0,
        help="For fixed: the silence that makes suspicious.",
        reference="Kubernetes 40 s, ZooKeeper 2 ticks of 2 s",
    )
    threshold: float = parameter(
        8.0,
        unit="phi",
        minimum=0.5,
        maximum=16.0,
        help="For phi: how unlikely the silence must be, in powers of ten.",
        reference="Akka and Cassandra 8",
    )
    deviation_s: float = parameter(
        0.05,
        unit="s",
        minimum=0.001,
        maximum=10.0,
        help="For phi: the least spread of silences that is assumed, however regular they were.",
        reference="Akka 0.1 s",
    )
    pause_s: float = parameter(
        0.0,
        unit="s",
        minimum=0.0,
        maximum=60.0,
        help="For phi: silence that is forgiven on top, such as a garbage collection.",
        reference="Akka 3 s",
    )
    expected_s: float = parameter(
        0.5,
        unit="s",
        minimum=0.01,
        maximum=60.0,
        help="For phi: the silence to expect as long as nothing has been learnt.",
        reference="Akka 1 s",
    )


class Detector:
    """Watches one sender. Bounded memory: the last ``HISTORY`` silences and their sums."""

    def __init__(self, settings: DetectorSettings, now_s: float) -> None:
        """Trust it at first: the first silence begins ``now_s``."""
        self._settings = settings
        self._last_s = now_s
        self._silences: deque[float] = deque()
        self._sum = self._squares = 0.0
        self._suspected_at_s: float | None = None
        self.mistakes = self._suspicions = 0

    @property
    def is_suspected(self) -> bool:
        """Whether it was suspected when it was looked at last."""
        return self._suspected_at_s is not None

    def retune(self, settings: DetectorSettings) -> None:
        """Suspect by other settings from now on; what was learnt stays."""
        self._settings = settings

    def beat(self, now_s: float) -> bool:
        """Take a heartbeat; return whether it ends a suspicion, which was a mistake then."""
        silence_s = now_s - self._last_s
        self._last_s = now_s
        if self._suspected_at_s is not None:
            self._suspected_at_s = None
            self.mistakes += 1
            return True
        self._learn(silence_s)
        return False

    def look(self, now_s: float) -> bool:
        """Judge the present silence; return whether it has just become suspicious."""
        if self._suspected_at_s is not None or not self._is_suspicious(now_s):
            return False
        self._suspected_at_s = now_s
        self._suspicions += 1
        return True

    def suspicion(self, now_s: float) -> float:
        """Return phi, or for ``fixed`` the silence as a multiple of the timeout."""
        silence_s = max(0.0, now_s - self._last_s)
        if self._settings.kind == "fixed":
            return silence_s / self._settings.timeout_s
        return self._phi(silence_s)

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return the state, its reason, the suspicion against its threshold and the counts."""
        settings, silence_s = self._settings, now_s - self._last_s
        mean_s, deviation_s = self._usual_s()
        usual = f", usually {mean_s:.2f} ± {deviation_s:.2f} s" if settings.kind == "phi" else ""
        return {
            "state": "suspected" if self.is_suspected else "trusted",
            "reason": f"silent for {silence_s:.2f} s{usual}",
            "suspicion": round(self.suspicion(now_s), 2),
            "threshold": settings.threshold if settings.kind == "phi" else 1.0,
            "suspected_at_s": self._suspected_at_s,
            "counts": {"suspicions": self._suspicions, "mistakes": self.mistakes},
        }

    def _is_suspicious(self, now_s: float) -> bool:
        threshold = self._settings.threshold if self._settings.kind == "phi" else 1.0
        return self.suspicion(now_s) >= threshold

    def _learn(self, silence_s: float) -> None:
        if len(self._silences) == HISTORY:
            oldest_s = self._silences.popleft()
            self._sum -= oldest_s
            self._squares -= oldest_s * oldest_s
        self._silences.append(silence_s)
        self._sum += silence_s
        self._squares += silence_s * silence_s

    def _usual_s(self) -> tuple[float, float]:
        """Return mean and deviation of the silences, or what is assumed before there are two."""
        count = len(self._silences)
        if count < 2:
            return self._settings.expected_s, self._settings.expected_s / 4.0
        mean_s = self._sum / count
        variance = max(0.0, self._squares / count - mean_s * mean_s)
        return mean_s, max(sqrt(variance), self._settings.deviation_s)

    def _phi(self, silence_s: float) -> float:
        """Return minus the logarithm of the normal tail; bounded where that underflows."""
        mean_s, deviation_s = self._usual_s()
        y = (silence_s - mean_s - self._settings.pause_s) / deviation_s
        later = 0.5 * erfc(y / sqrt(2.0))
        return MOST_PHI if later <= 10.0**-MOST_PHI else max(0.0, -log10(later))
