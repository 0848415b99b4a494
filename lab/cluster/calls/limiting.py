"""The chain's layers that turn calls away before anything is sent: rate limit, client throttle."""

from typing import Any

from lab.cluster.calls.call import Call, Inner, Result, Site
from lab.patterns.rate_limit import RateLimit, RateLimitSettings
from lab.patterns.throttle import Throttle, ThrottleSettings
from lab.telemetry.outcome import Outcome

ACCEPTED = (Outcome.OK, Outcome.DEGRADED, Outcome.FAILED)
"""What shows that the callee took a request on; a timeout tells nothing."""


class RateLimitLayer:
    """Lets so many calls a second through; a refusal is definite, and says when to come back."""

    def __init__(self, settings: RateLimitSettings, site: Site, dependency: str) -> None:
        self.pattern = RateLimit(settings)
        self.retune = self.pattern.retune
        self._site = site
        self._clock = site.clock
        self._edge = site.edge(dependency)

    async def run(self, inner: Inner, call: Call) -> Result:
        wait_s = self.pattern.take(self._clock())
        if wait_s == 0.0:
            return await inner(call)
        reason = f"rate limit: the next call may go in {wait_s:.2f} s"
        return rejected(self._site, self._edge, call, reason, wait_s)

    def snapshot(self, now_s: float) -> dict[str, Any]:
        return self.pattern.snapshot(now_s)


class ThrottleLayer:
    """Sends less to a callee that mostly turns calls away."""

    def __init__(self, settings: ThrottleSettings, site: Site, dependency: str) -> None:
        self.pattern = Throttle(settings)
        self.retune = self.pattern.retune
        self._site = site
        self._clock = site.clock
        self._edge = site.edge(dependency)
        self._chance = site.streams.chance(f"throttle {dependency}")

    async def run(self, inner: Inner, call: Call) -> Result:
        refused = self.pattern.refuses(self._clock(), self._chance)
        if refused:
            return rejected(self._site, self._edge, call, f"throttle: {refused}")
        result = await inner(call)
        if result.outcome in ACCEPTED:
            self.pattern.accepted(self._clock())
        return result

    def snapshot(self, now_s: float) -> dict[str, Any]:
        return self.pattern.snapshot(now_s)


def rejected(
    site: Site, edge: str, call: Call, reason: str, retry_after_s: float | None = None
) -> Result:
    """Return the result of a call that was turned away here, and leave a span of it."""
    now_s = site.clock()
    site.spans.ring.add(
        (call.trace_id, site.spans.span_id(), call.span_id, "rejected", edge,
         now_s, now_s, Outcome.REFUSED, reason, 0)
    )  # fmt: skip
    return Result(Outcome.REFUSED, reason, definite=True, own=True, retry_after_s=retry_after_s)
