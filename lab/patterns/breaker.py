"""Circuit breaker: stop calling what does not work, and find out carefully when it works again.

               too many failed or slow
    CLOSED ──────────────────────────────▶ OPEN
      ▲                                    │  ▲
      │ the probes were good               │  │ the probes failed, were slow,
      │                   the wait is over │  │ or hang
      │                                    ▼  │
      └───────────────────────────────── HALF_OPEN

    by hand, from anywhere:  FORCED_OPEN (nothing passes),  DISABLED (all passes, nothing is judged)

After resilience4j's CircuitBreaker. Where implementations differ, this one holds:

* Shares are judged after every recorded result, also a success; thresholds are inclusive (≥); below
  the minimum of calls nothing is judged. Slow is *strictly* longer than the limit.
* Open becomes half-open at elapsed ≥ wait (resilience4j, Hystrix: strictly later).
* Half-open admits exactly `permits` calls in all, and judges once all their results are there
  (gobreaker: any failure reopens; Polly, Hystrix: one probe). A probe that hangs reopens it.
* A result of a call that began before the latest transition is *late*: it is counted, no more
  (resilience4j, Polly: it votes).
* Ignored and cancelled calls say nothing of the dependency: they only give their permit back.
"""

from lab.patterns.breaker_settings import BreakerSettings
from lab.patterns.breaker_state import (
    BreakerCounts,
    BreakerTransition,
    Permit,
    Rejection,
    State,
    Verdict,
    state_of,
)
from lab.patterns.breaker_window import CountWindow, Window, empty_window

__all__ = ["Breaker", "BreakerSettings", "BreakerTransition", "Permit", "Rejection", "Verdict"]


class Breaker:
    """Ask ``acquire`` before each call, ``record`` how it ended, and ``poll`` now and then.

    All times are seconds of one monotonic clock. Each method is one synchronous step.
    """

    def __init__(self, settings: BreakerSettings) -> None:
        self.counts = BreakerCounts()
        self._settings = settings
        self.transitions: list[BreakerTransition] = []  # that nobody has taken yet
        self._generation = 0
        self._now_s: float | None = None  # what it was told last
        self._window: Window = empty_window(settings)
        self._enter(state_of(settings.mode), "it began like this")

    def acquire(self, now_s: float) -> Permit | Rejection:
        """Ask whether a call may pass now."""
        if self._now_s is None:
            self._since_s = now_s
        self._now_s = now_s
        if self._lets_all_pass:
            return Permit(self._generation)
        if self._state is State.OPEN and self._waited(now_s):
            self._half_open(now_s)
        self._reopen_if_probes_hang(now_s)
        if self._state is State.HALF_OPEN and self._used < self._settings.permits:
            if self._used == self._window.calls:  # no other probe is away
                self._probing_since_s = now_s
            self._used += 1
            return Permit(self._generation)
        self.counts.not_permitted += 1
        return Rejection(self._why_not(), self._retry_in_s(now_s))

    def record(
        self, permit: Permit, verdict: Verdict, elapsed_s: float, now_s: float
    ) -> BreakerTransition | None:
        """Take note of how a call ended. Returns the transition that follows from it, if any."""
        if permit.recorded:
            raise ValueError("this permit has been recorded already")
        permit.recorded, self._now_s = True, now_s
        counts = self.counts
        if permit.generation != self._generation:
            counts.late += 1
            return None
        failed, slow = verdict == "failure", elapsed_s > self._settings.slow_s
        if failed:
            counts.failed += 1
        elif verdict == "success":
            counts.ok += 1
        else:
            self._give_back(verdict)
            return None
        if slow:
            counts.slow += 1
        if self._state is State.DISABLED:
            return None
        window = self._window
        window.add(failed, slow, now_s)
        if self._lets_all_pass and not window.failures and not window.slow:
            return None  # no threshold is as low as that
        return self._judge(now_s)

    def poll(self, now_s: float) -> None:
        """Let time alone have its effects: the timer that half-opens, a probe that hangs."""
        self._see(now_s)
        by_timer = self._settings.half_open_by == "timer"
        if self._state is State.OPEN and by_timer and self._waited(now_s):
            self._half_open(now_s)
        self._reopen_if_probes_hang(now_s)

    def retune(self, settings: BreakerSettings) -> None:
        """Use other settings from now on.

        The state stays unless the mode changes; what was remembered stays if it still fits.
        """
        before, self._settings = self._settings, settings
        if settings.mode != before.mode:
            mode = settings.mode.replace("_", " ")
            self._go(state_of(settings.mode), self._now_s or 0.0, f"set to {mode} by hand")
        elif self._state is State.HALF_OPEN and settings.permits != before.permits:
            self._enter(State.HALF_OPEN, f"{settings.permits} probes are let through from now on")
        elif self._state is State.CLOSED and settings.window_shape != before.window_shape:
            self._window = empty_window(settings)

    def take_transitions(self) -> list[BreakerTransition]:
        """Return the transitions since the last time, oldest first."""
        taken, self.transitions = self.transitions, []
        return taken

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return all that there is to see, as plain data."""
        self._see(now_s)
        settings, window = self._settings, self._window
        if self._state is State.CLOSED:  # an open breaker keeps showing what opened it
            window.age(now_s)
        half_open = self._state is State.HALF_OPEN
        shown: dict[str, object] = {
            "state": self._state.value,
            "reason": self._reason,
            "since_s": now_s - self._since_s,
            "window": window.picture(),
            "calls": window.calls,
            "failures": window.failures,
            "slow": window.slow,
            "failure_ratio": window.failures / window.calls if window.calls else 0.0,
            "slow_ratio": window.slow / window.calls if window.calls else 0.0,
            "threshold": settings.failure_ratio,
            "slow_threshold": settings.slow_ratio,
            "minimum_calls": settings.permits if half_open else settings.needed_calls,
            "retry_in_s": self._retry_in_s(now_s),
            "permits": {
                "total": settings.permits,
                "used": self._used,
                "returned": window.calls if half_open else 0,
            },
            "counts": self.counts.plain(),
        }
        more = window.opens_in(settings.needed_calls, settings.failure_ratio)
        if self._state is State.CLOSED and more is not None:
            shown["opens_in"] = more
        return shown

    def _see(self, now_s: float) -> None:
        if self._now_s is None:  # its first state begins when it first hears of time
            self._since_s = now_s
        self._now_s = now_s

    def _judge(self, now_s: float) -> BreakerTransition | None:
        """Draw the conclusion from a window that has just got a result."""
        settings, window = self._settings, self._window
        if self._state is State.HALF_OPEN:
            if window.calls < settings.permits:
                return None
            against = self._exceeded("probes")
            if against:
                return self._go(State.OPEN, now_s, against)
            good = f"{window.failures} of {window.calls} probes failed, {window.slow} were slow"
            return self._go(State.CLOSED, now_s, f"{good}: below the thresholds")
        if window.calls < settings.needed_calls:
            return None
        against = self._exceeded("calls")
        return self._go(State.OPEN, now_s, against) if against else None

    def _exceeded(self, what: str) -> str:
        """Return which threshold the window has reached, in words; empty if none."""
        settings, window = self._settings, self._window
        if window.failures / window.calls >= settings.failure_ratio:
            bound = f"(threshold {settings.failure_ratio * 100:g} %)"
            return f"{window.failures} of {window.calls} {what} failed {bound}"
        if window.slow / window.calls >= settings.slow_ratio:
            bound = f"longer than {settings.slow_s:g} s (threshold {settings.slow_ratio * 100:g} %)"
            return f"{window.slow} of {window.calls} {what} took {bound}"
        return ""

    def _half_open(self, now_s: float) -> None:
        waited = f"{self._settings.wait_s:g} s are over"
        self._go(State.HALF_OPEN, now_s, f"{waited}: {self._settings.permits} probes may pass")

    def _reopen_if_probes_hang(self, now_s: float) -> None:
        if self._state is not State.HALF_OPEN or self._used == self._window.calls:
            return
        if now_s >= self._probing_since_s + self._settings.half_open_max_s:
            away = self._used - self._window.calls
            limit = f"no answer for {self._settings.half_open_max_s:g} s"
            self._go(State.OPEN, now_s, f"{away} of {self._used} probes hang: {limit}")

    def _give_back(self, verdict: Verdict) -> None:
        if verdict == "cancelled":
            self.counts.cancelled += 1
        else:
            self.counts.ignored += 1
        if self._state is State.HALF_OPEN:
            self._used -= 1

    def _go(self, state: State, now_s: float, reason: str) -> BreakerTransition:
        transition = BreakerTransition(self._state.value, state.value, now_s, reason)
        self._see(now_s)
        self._enter(state, reason)
        self.transitions.append(transition)
        return transition

    def _enter(self, state: State, reason: str) -> None:
        """Begin a new generation: what began before counts no more."""
        self._state, self._reason, self._since_s = state, reason, self._now_s or 0.0
        self._lets_all_pass = state is State.CLOSED or state is State.DISABLED
        self._generation += 1
        self._used, self._probing_since_s = 0, 0.0
        if state is State.HALF_OPEN:
            self._window = CountWindow(self._settings.permits)
        elif state is not State.OPEN:
            self._window = empty_window(self._settings)

    def _waited(self, now_s: float) -> bool:
        return now_s >= self._since_s + self._settings.wait_s

    def _retry_in_s(self, now_s: float) -> float | None:
        if self._state is not State.OPEN:
            return None
        return max(0.0, self._since_s + self._settings.wait_s - now_s)

    def _why_not(self) -> str:
        match self._state:
            case State.OPEN:
                return f"the breaker is open: {self._reason}"
            case State.HALF_OPEN:
                return f"half-open, and all {self._settings.permits} probes are taken"
            case _:
                return "the breaker is forced open by hand"
