"""Admission: how many requests an instance works on at once, found by how long they take.

    growing ◀──quick answers, and the limit is used──┬──slow or dropped ones──▶ shrinking
                                                     └──▶ holding (not used, or about right)

After Netflix's concurrency-limits. Three ways to move the limit after each request:

aimd       one more for each good answer, a tenth less for each that was dropped or too slow: TCP's.
gradient2  by the ratio of the long-run time to the latest one, plus room for a short queue.
vegas      by the queue it estimates, ``limit * (1 - quickest / latest)``: TCP Vegas.

The limit follows time, not errors alone; it grows only while it is used (in flight at least half of
it), and what fails at once teaches nothing. Two answers are ours, since under lasting overload the
references take the overloaded time for the normal one and drift upwards: gradient2's long run
hardly learns while the limit is reached, and vegas halves its limit when it measures the quickest
time anew, so that there is no queue in it.
"""

from dataclasses import dataclass
from math import ceil, log10

from lab.patterns.parameters import ParameterError, parameter

GRADIENT_TOLERANCE = 1.5
LONG_RUN = 600
AT_THE_LIMIT = 0.01
"""How much less the long run learns from a request while the limit is reached."""
ROOM = 4.0
"""How many may wait beyond what the gradient allows, by gradient2."""
PROBE_EVERY = 30
"""Vegas measures the quickest time anew after so many times the limit of requests."""


@dataclass(frozen=True, slots=True)
class AdmissionSettings:
    """Which way the limit is found, and within what."""

    enabled: bool = parameter(
        False,
        help="Bound by how long requests take how many are there at once.",
        reference="Netflix libraries on, most servers off",
    )
    kind: str = parameter(
        "gradient2",
        choices=("fixed", "aimd", "gradient2", "vegas"),
        help="fixed keeps the first limit; the others move it by how long requests take.",
        reference="Netflix gradient2, TCP vegas and aimd",
    )
    initial: int = parameter(
        10,
        unit="requests",
        minimum=1,
        maximum=1000,
        help="The limit at the start (and for good, if fixed).",
        reference="Netflix 20",
    )
    least: int = parameter(
        2,
        unit="requests",
        minimum=1,
        maximum=1000,
        help="The limit never falls below this.",
        reference="Netflix 1 to 20",
    )
    most: int = parameter(
        200,
        unit="requests",
        minimum=1,
        maximum=1000,
        help="The limit never rises above this.",
        reference="Netflix 200 to 1,000",
    )
    slow_s: float = parameter(
        0.5,
        unit="s",
        minimum=0.001,
        maximum=60.0,
        help="For aimd: a request that took longer counts as dropped.",
        reference="Netflix 5 s",
    )
    smoothing_ratio: float = parameter(
        0.2,
        unit="ratio",
        minimum=0.01,
        maximum=1.0,
        help="How much of each change is taken at once.",
        reference="Netflix 0.2",
    )

    def __post_init__(self) -> None:
        if not self.least <= self.initial <= self.most:
            message = f"must be from least ({self.least}) to most ({self.most})"
            raise ParameterError("initial", f"{message}, not {self.initial}")


class Admission:
    """Moves a limit after each request that ended. Constant memory."""

    def __init__(self, settings: AdmissionSettings) -> None:
        self._settings = settings
        self._limit = float(settings.initial)
        self._long_s = self._quickest_s = 0.0
        self._since_probe = 0
        self._state, self._reason = "holding", "no request has ended yet"

    @property
    def limit(self) -> int:
        """How many requests may be in work or waiting now."""
        return int(self._limit)

    def retune(self, settings: AdmissionSettings) -> None:
        """Move by other settings from now on, beginning at the present limit."""
        if settings.kind != self._settings.kind:
            self._long_s = self._quickest_s = 0.0
        self._settings = settings
        self._limit = float(settings.initial) if settings.kind == "fixed" else self._limit
        self._limit = self._bounded(self._limit)

    def ended(self, seconds: float, in_flight: int, *, dropped: bool = False) -> None:
        """Learn from a request that took ``seconds`` while ``in_flight`` were there, it included.

        ``dropped``: it ran out of time. Do not tell of what was refused or failed at once.
        """
        if self._settings.kind == "fixed" or seconds <= 0.0:
            return
        match self._settings.kind:
            case "aimd":
                wanted = self._aimd(seconds, in_flight, dropped)
            case "gradient2":
                wanted = self._gradient2(seconds, in_flight)
            case _:
                wanted = self._vegas(seconds, in_flight, dropped)
        before, self._limit = self._limit, self._bounded(wanted)
        if self._limit != before:
            self._state = "growing" if self._limit > before else "shrinking"
        else:
            self._state = "holding"

    def snapshot(self) -> dict[str, object]:
        """Return the state, its reason, the limit and the times it rests on, as plain data."""
        return {
            "state": self._state,
            "reason": self._reason,
            "limit": self.limit,
            "long_s": round(self._long_s, 6),
            "quickest_s": round(self._quickest_s, 6),
        }

    def _aimd(self, seconds: float, in_flight: int, dropped: bool) -> float:
        if dropped or seconds > self._settings.slow_s:
            self._reason = "dropped" if dropped else f"{seconds:.3f} s is too slow"
            return self._limit * 0.9
        if 2 * in_flight < self._limit:
            self._reason = f"only {in_flight} in flight"
            return self._limit
        self._reason = f"{seconds:.3f} s is quick enough"
        return self._limit + 1.0 / max(1.0, self._limit)

    def _gradient2(self, seconds: float, in_flight: int) -> float:
        if self._long_s == 0.0:
            self._long_s = seconds
        weight = 2.0 / (LONG_RUN + 1) * (AT_THE_LIMIT if in_flight >= self.limit else 1.0)
        self._long_s += (seconds - self._long_s) * weight
        if self._long_s > 2.0 * seconds:
            self._long_s *= 0.95  # it recovers from an outage sooner than its average would
        if 2 * in_flight < self._limit:
            self._reason = f"only {in_flight} in flight"
            return self._limit
        gradient = max(0.5, min(1.0, GRADIENT_TOLERANCE * self._long_s / seconds))
        self._reason = f"{seconds:.3f} s against {self._long_s:.3f} s in the long run"
        return self._eased(self._limit * gradient + ROOM)

    def _vegas(self, seconds: float, in_flight: int, dropped: bool) -> float:
        self._since_probe += 1
        if self._since_probe > PROBE_EVERY * self._limit:
            self._since_probe, self._quickest_s = 0, 0.0
            self._reason = "measures the quickest time anew"
            return self._limit / 2.0
        if self._quickest_s == 0.0 or seconds < self._quickest_s:
            self._quickest_s = seconds
        step = max(1.0, log10(self._limit))
        if dropped:
            self._reason = "dropped"
            return self._eased(self._limit - step)
        if 2 * in_flight < self._limit:
            self._reason = f"only {in_flight} in flight"
            return self._limit
        queue = ceil(self._limit * (1.0 - self._quickest_s / seconds))
        self._reason = f"about {queue} wait ({seconds:.3f} s, {self._quickest_s:.3f} s at best)"
        if queue <= step:
            return self._eased(self._limit + 6.0 * step)
        if queue < 3.0 * step:
            return self._eased(self._limit + step)
        return self._eased(self._limit - step) if queue > 6.0 * step else self._limit

    def _eased(self, wanted: float) -> float:
        return self._limit + (wanted - self._limit) * self._settings.smoothing_ratio

    def _bounded(self, limit: float) -> float:
        return max(float(self._settings.least), min(float(self._settings.most), limit))
