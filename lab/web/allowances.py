"""How fast each owner may ask the API."""

from lab.web.token_bucket import TokenBucket

REQUESTS_PER_S = 50.0
BURST = 200.0
MOST_OWNERS = 10_000


class Allowances:
    """A token bucket for each owner; those at rest are forgotten."""

    def __init__(self) -> None:
        self._buckets: dict[str, TokenBucket] = {}

    def wait_s(self, owner: str, now_s: float) -> float:
        """Return 0 if ``owner`` may ask now, else after how many seconds."""
        bucket = self._buckets.get(owner)
        if bucket is None:
            self._forget(now_s)
            bucket = self._buckets[owner] = TokenBucket(REQUESTS_PER_S, BURST, now_s)
        return 0.0 if bucket.take(now_s) else bucket.wait_s(now_s)

    def _forget(self, now_s: float) -> None:
        """Keep the memory bounded: who is at rest loses nothing by being forgotten."""
        if len(self._buckets) < MOST_OWNERS:
            return
        self._buckets = {
            owner: bucket for owner, bucket in self._buckets.items() if not bucket.is_full(now_s)
        }
