"""How fast a virtual lab's time passes against the wall's."""

import math
from collections.abc import Callable

FRAME_S = 0.1
FRAME_LAG_S = 0.02
LATE_S = 0.25
"""Who is further than this from where the wall says goes on from where it is."""
MEASURED_S = 1.0
LEAST_WAIT_S, MOST_WAIT_S = 0.05, 0.1


class Pacer:
    """Says how far lab time should have got. ``clock`` gives the wall's monotonic seconds.

    ``speed`` is lab seconds a second, None is as fast as it goes.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.speed: float | None = 1.0
        self.paused = False
        self.reached_per_s: float | None = None
        self._clock = clock
        self.anchor(0.0)

    def anchor(self, t: float) -> None:
        """Let time pass from lab time ``t`` and this moment on."""
        self._from_s = self._measured_s = self._clock()
        self._from_t = self._measured_t = t

    @property
    def is_slow(self) -> bool:
        """Whether time passes more slowly than the wall's, if at all."""
        return self.paused or (self.speed is not None and self.speed < 1.0)

    def due_t(self, t: float) -> float:
        """Return how far to go; ``t`` is how far it has got."""
        if self.paused:
            return t
        if self.speed is None:
            return math.inf
        now_s = self._clock()
        due_t = self._from_t + (now_s - self._from_s) * self.speed
        if abs(due_t - t) <= LATE_S * self.speed:
            return due_t
        self._from_s, self._from_t = now_s, t
        return t

    def wait_s(self, t: float) -> float:
        """Return how long nothing need be done: until the next frame, but never long."""
        if self.speed is None:
            return 0.0
        to_frame_t = FRAME_S - (t - FRAME_LAG_S) % FRAME_S
        return min(max(to_frame_t / self.speed, LEAST_WAIT_S), MOST_WAIT_S)

    def measure(self, t: float) -> bool:
        """Note how fast time has passed; return whether there is a new figure."""
        now_s = self._clock()
        passed_s = now_s - self._measured_s
        if passed_s < MEASURED_S:
            return False
        self.reached_per_s = float(f"{max(0.0, t - self._measured_t) / passed_s:.3g}")
        self._measured_s, self._measured_t = now_s, t
        return True
