"""How fast one caller may come, with bursts."""


class TokenBucket:
    """Lets through ``per_s`` on average and ``burst`` at once; time is monotonic and handed in."""

    def __init__(self, per_s: float, burst: float, now_s: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._tokens = burst
        self._at_s = now_s

    def take(self, now_s: float) -> bool:
        """Take one token; False, and nothing taken, if there is none."""
        self._refill(now_s)
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def wait_s(self, now_s: float) -> float:
        """How long until a token is there; 0 if one is."""
        self._refill(now_s)
        return max(0.0, (1.0 - self._tokens) / self._per_s)

    def is_full(self, now_s: float) -> bool:
        """Nobody has come for so long that this bucket need not be remembered."""
        self._refill(now_s)
        return self._tokens >= self._burst

    def _refill(self, now_s: float) -> None:
        earned = max(0.0, now_s - self._at_s) * self._per_s
        self._tokens = min(self._burst, self._tokens + earned)
        self._at_s = max(self._at_s, now_s)
