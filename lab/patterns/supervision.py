"""Supervision: start again what has ended, ever more slowly, and give up when it is hopeless.

    running ──it ended──▶ waiting ──the wait is over──▶ running
       └──────────────────────┴──too many crashes in the window──▶ given_up ──by hand──▶ running

After Erlang/OTP's supervisors (more than `crash_limit` crashes within `crash_window_s`: give up)
and Kubernetes' CrashLoopBackOff (waits that double up to a cap, and start over once it has run well
for a while). Without the limit, a process that cannot start would hide that in endless restarts.
"""

from collections import deque
from dataclasses import dataclass

from lab.patterns.backoff import capped_s
from lab.patterns.parameters import ParameterError, parameter


@dataclass(frozen=True, slots=True)
class SupervisionSettings:
    """How soon to start again, and when not to."""

    restart: bool = parameter(
        True,
        help="Start an instance again when it ends. If not, it stays down.",
        reference="Kubernetes: restartPolicy Always",
    )
    base_s: float = parameter(
        0.5,
        unit="s",
        minimum=0.0,
        maximum=60.0,
        help="The wait before the first restart.",
        reference="Kubernetes 10 s, OTP 0 s",
    )
    multiplier: float = parameter(
        2.0,
        unit="times",
        minimum=1.0,
        maximum=10.0,
        help="How many times longer each wait is than the one before.",
        reference="Kubernetes 2",
    )
    cap_s: float = parameter(
        8.0,
        unit="s",
        minimum=0.0,
        maximum=300.0,
        help="No wait is longer than this.",
        reference="Kubernetes 300 s",
    )
    stable_s: float = parameter(
        10.0,
        unit="s",
        minimum=0.1,
        maximum=3600.0,
        help="After it has run so long, the waits begin at the first one again.",
        reference="Kubernetes 600 s",
    )
    crash_limit: int = parameter(
        5,
        unit="crashes",
        minimum=1,
        maximum=100,
        help="It is given up at one crash more than this within the window.",
        reference="OTP 1, Kubernetes never gives up",
    )
    crash_window_s: float = parameter(
        30.0,
        unit="s",
        minimum=1.0,
        maximum=3600.0,
        help="The window in which crashes are counted.",
        reference="OTP 5 s",
    )

    def __post_init__(self) -> None:
        if self.cap_s < self.base_s:
            message = f"must be at least base_s ({self.base_s:g} s), not {self.cap_s:g} s"
            raise ParameterError("cap_s", message, "the cap is the longest wait, base_s the first")


@dataclass(frozen=True, slots=True)
class Restart:
    """Start again after ``wait_s`` seconds, or not by itself (None), and why."""

    wait_s: float | None
    reason: str


class Supervision:
    """Decides about one instance's next start."""

    def __init__(self, settings: SupervisionSettings) -> None:
        self._settings = settings
        self._state = "running"
        self._reason = "it has not ended yet"
        self._crashes: deque[float] = deque()
        self._started_s: float | None = None
        self._in_a_row = 0
        self._restarts = 0

    def retune(self, settings: SupervisionSettings) -> None:
        """Decide by other settings from now on; the crashes so far still count."""
        self._settings = settings

    def exited(self, now_s: float) -> Restart:
        """Take note that the process has ended, and say what now."""
        settings = self._settings
        if self._started_s is not None and now_s >= self._started_s + settings.stable_s:
            self._in_a_row = 0
        self._started_s = None
        self._in_a_row += 1
        self._crashes.append(now_s)
        self._forget_before(now_s - settings.crash_window_s)
        if not settings.restart:
            return self._give_up("restarts are switched off")
        if len(self._crashes) > settings.crash_limit:
            window = f"within {settings.crash_window_s:g} s (limit {settings.crash_limit})"
            return self._give_up(f"crash loop: {len(self._crashes)} crashes {window}")
        wait_s = capped_s(settings.base_s, settings.multiplier, settings.cap_s, self._in_a_row)
        self._state, self._reason = "waiting", f"restart {self._in_a_row} in a row in {wait_s:g} s"
        return Restart(wait_s, self._reason)

    def started(self, now_s: float) -> None:
        """Take note that the process runs. After giving up, that was by hand: a clean slate."""
        if self._state == "given_up":
            self._crashes.clear()
            self._in_a_row = 0
        if self._state != "running":
            self._restarts += 1
            self._reason = "started again"
        self._state = "running"
        self._started_s = now_s

    def snapshot(self) -> dict[str, object]:
        """Return the state, its reason, and what is counted, as plain data."""
        return {
            "state": self._state,
            "reason": self._reason,
            "in_a_row": self._in_a_row,
            "crashes": len(self._crashes),
            "crash_limit": self._settings.crash_limit,
            "counts": {"restarts": self._restarts},
        }

    def _forget_before(self, since_s: float) -> None:
        while self._crashes and self._crashes[0] < since_s:
            self._crashes.popleft()
        while len(self._crashes) > self._settings.crash_limit + 1:  # more says no more
            self._crashes.popleft()

    def _give_up(self, reason: str) -> Restart:
        self._state, self._reason = "given_up", reason
        return Restart(None, reason)
