"""Rate limit: at most so many calls a second, with a burst apart from it.

    free ──a call takes the last token──▶ empty ──a token is earned──▶ free

A token bucket: it holds ``burst`` tokens and earns ``rate_per_s`` of them a second; a call takes
one. A refused call takes nothing and is told when to come back. Tokens are earned by the time that
has passed, never more than the bucket holds, and a clock that goes back earns nothing.
"""

from dataclasses import dataclass

from lab.patterns.parameters import parameter

ONE = 1.0 - 1e-9
"""A whole token, however its fractions were rounded."""


@dataclass(frozen=True, slots=True)
class RateLimitSettings:
    """How many calls a second, and how many at once."""

    rate_per_s: float = parameter(
        50.0,
        unit="per second",
        minimum=0.1,
        maximum=10_000.0,
        help="Calls a second in the long run, for each caller instance.",
        reference="Envoy and Guava: as configured",
    )
    burst: int = parameter(
        10,
        unit="calls",
        minimum=1,
        maximum=10_000,
        help="How many calls may come at once after a rest.",
        reference="Guava: one second's worth; Envoy max_tokens",
    )


class RateLimit:
    """Says whether a call may go now. Two numbers of memory, whatever the rate."""

    def __init__(self, settings: RateLimitSettings) -> None:
        self._settings = settings
        self._tokens = float(settings.burst)
        self._at_s: float | None = None
        self._passed = self._refused = 0

    def retune(self, settings: RateLimitSettings) -> None:
        """Limit by other settings from now on; tokens beyond the new burst are lost."""
        self._settings = settings
        self._tokens = min(self._tokens, float(settings.burst))

    def take(self, now_s: float) -> float:
        """Take a token and return 0, or return the seconds until one is there, taking nothing."""
        self._earn(now_s)
        tokens = self._tokens
        if tokens >= ONE:
            self._tokens = tokens - 1.0 if tokens > 1.0 else 0.0
            self._passed += 1
            return 0.0
        self._refused += 1
        return (1.0 - self._tokens) / self._settings.rate_per_s

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return the state, its reason, the level of the bucket and the counts, as plain data."""
        self._earn(now_s)
        rate, burst = self._settings.rate_per_s, self._settings.burst
        free = self._tokens >= ONE
        wait_s = 0.0 if free else (1.0 - self._tokens) / rate
        full, empty = "tokens are left", f"the next token comes in {wait_s:.2f} s"
        return {
            "state": "free" if free else "empty",
            "reason": full if free else empty,
            "tokens": round(self._tokens, 2),
            "burst": burst,
            "rate_per_s": rate,
            "counts": {"passed": self._passed, "refused": self._refused},
        }

    def _earn(self, now_s: float) -> None:
        at_s = self._at_s
        if at_s is None:
            self._at_s = now_s
        elif now_s > at_s:
            self._at_s = now_s
            tokens = self._tokens + (now_s - at_s) * self._settings.rate_per_s
            burst = self._settings.burst
            self._tokens = tokens if tokens < burst else float(burst)
