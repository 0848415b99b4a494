"""The chain's layers: each asks its pattern and acts on the answer."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal

from lab.cluster.calls.attempts import GOOD
from lab.cluster.calls.caching import CacheLayer
from lab.cluster.calls.call import Call, Inner, Result, Site
from lab.cluster.calls.hedging import HedgeLayer
from lab.cluster.calls.keying import KeyLayer
from lab.cluster.calls.limiting import RateLimitLayer, ThrottleLayer
from lab.patterns.breaker import Breaker, BreakerSettings, Rejection
from lab.patterns.bulkhead import GRANTED, Bulkhead, BulkheadSettings, Entry
from lab.patterns.fallback import Fallback, FallbackSettings
from lab.patterns.retry import Retry, RetrySettings
from lab.patterns.retry_budget import RetryBudget
from lab.patterns.timeout import AttemptTimeoutSettings, TimeoutSettings, deadline
from lab.telemetry.outcome import Outcome


class FallbackLayer:
    """Answers for a dependency that did not; what it gives is degraded, never ok."""

    def __init__(self, settings: FallbackSettings, site: Site, dependency: str) -> None:
        self.pattern = Fallback(settings)
        self.retune = self.pattern.retune
        self._site = site
        self._clock = site.clock
        self._edge = site.edge(dependency)

    async def run(self, inner: Inner, call: Call) -> Result:
        result = await inner(call)
        now_s, is_write = self._clock(), call.method != "GET"
        reason = self.pattern.covers(result.outcome, is_write, call.route, now_s)
        if reason is None:
            return result
        rule = f"{reason}: {result.rule}" if result.rule else reason
        self._site.spans.ring.add(
            (call.trace_id, self._site.spans.span_id(), call.span_id, "fallback", self._edge,
             now_s, now_s, Outcome.DEGRADED, rule, 0)
        )  # fmt: skip
        return Result(Outcome.DEGRADED, rule, definite=result.definite)

    def snapshot(self, now_s: float) -> dict[str, Any]:
        return self.pattern.snapshot()


class TimeoutLayer:
    """Narrows the deadline for everything inside it. It sets no timer of its own."""

    def __init__(self, settings: TimeoutSettings | AttemptTimeoutSettings, site: Site) -> None:
        self._clock = site.clock
        self.retune(settings)

    def retune(self, settings: TimeoutSettings | AttemptTimeoutSettings) -> None:
        self._limit_s = settings.limit_s
        what = "attempt" if isinstance(settings, AttemptTimeoutSettings) else "call"
        self._rule = f"{what} timeout of {settings.limit_s:g} s"

    async def run(self, inner: Inner, call: Call) -> Result:
        outer = call.deadline_s, call.deadline_rule
        limit = deadline(self._clock(), self._limit_s, outer[0])
        if limit != outer[0]:
            call.deadline_s, call.deadline_rule = limit, self._rule
        try:
            return await inner(call)
        finally:
            call.deadline_s, call.deadline_rule = outer

    def snapshot(self, now_s: float) -> dict[str, Any]:
        return {"state": "armed", "reason": self._rule, "limit_s": self._limit_s}


class RetryLayer:
    """Tries again where the pattern says so, and waits as long as it says."""

    def __init__(self, settings: RetrySettings, site: Site, dependency: str) -> None:
        self.pattern = Retry(settings)
        self.retune = self.pattern.retune
        self._site = site
        self._clock = site.clock
        self._edge = site.edge(dependency)
        self._chance = site.streams.chance(f"jitter {dependency}")

    async def run(self, inner: Inner, call: Call) -> Result:
        budget = self.pattern.began(self._clock())
        try:
            result = await inner(call)
            if result.outcome in GOOD:
                self.pattern.succeeded(1, budget)
                return result
            return await self._again(inner, call, budget, result)
        finally:
            if budget is not None:
                budget.ended()

    async def _again(
        self, inner: Inner, call: Call, budget: RetryBudget | None, result: Result
    ) -> Result:
        """Try again after the first attempt, as long as the pattern says so."""
        tries, wait_s = 1, 0.0
        while True:
            now_s = self._clock()
            decision = self.pattern.decide(
                attempt=tries,
                outcome=result.outcome,
                definite=result.definite,
                idempotent=call.idempotent,
                remaining_s=None if call.deadline_s is None else call.deadline_s - now_s,
                retry_after_s=result.retry_after_s,
                previous_wait_s=wait_s,
                chance=self._chance,
                budget=budget,
                now_s=now_s,
            )
            if decision.wait_s is None:
                result.rule = f"{result.rule} ({decision.reason})".strip()
                return result
            wait_s = decision.wait_s
            await self._wait(wait_s, budget)
            self._site.spans.ring.add(
                (call.trace_id, self._site.spans.span_id(), call.span_id, "wait", self._edge,
                 now_s, self._clock(), result.outcome, decision.reason, tries)
            )  # fmt: skip
            try:
                result = await inner(call)
            finally:
                if budget is not None:
                    budget.give_back()
            tries += 1
            if result.outcome in GOOD:
                self.pattern.succeeded(tries, budget)
                return result

    async def _wait(self, wait_s: float, budget: RetryBudget | None) -> None:
        """Wait; one that is cancelled while it waits gives its retry back."""
        if wait_s <= 0.0:
            return
        try:
            await asyncio.sleep(wait_s)
        except asyncio.CancelledError:
            if budget is not None:
                budget.give_back()
            raise

    def snapshot(self, now_s: float) -> dict[str, Any]:
        return self.pattern.snapshot(now_s)


class BreakerLayer:
    """Lets calls through while the dependency answers well enough."""

    def __init__(self, settings: BreakerSettings, site: Site, dependency: str) -> None:
        self.pattern = Breaker(settings)
        self.retune = self.pattern.retune
        self._site = site
        self._clock = site.clock
        self._dependency = dependency
        self._edge = site.edge(dependency)

    async def run(self, inner: Inner, call: Call) -> Result:
        began_s = self._clock()
        permit = self.pattern.acquire(began_s)
        if self.pattern.transitions:
            self._tell()
        if isinstance(permit, Rejection):
            self._reject(call, began_s, permit.reason)
            return Result(Outcome.SHORT_CIRCUITED, permit.reason, True, True)
        kind: Literal["success", "failure", "ignored", "cancelled"] = "cancelled"
        try:
            result = await inner(call)
            kind = "success" if result.outcome in GOOD else "ignored" if result.own else "failure"
        finally:
            now_s = self._clock()
            if self.pattern.record(permit, kind, now_s - began_s, now_s) is not None:
                self._tell()
        return result

    def poll(self) -> None:
        """Let time alone change the state (half-open by timer, a probe that hangs)."""
        self.pattern.poll(self._clock())
        self._tell()

    def snapshot(self, now_s: float) -> dict[str, Any]:
        return self.pattern.snapshot(now_s)

    def _tell(self) -> None:
        for change in self.pattern.take_transitions():
            self._site.report(
                "breaker",
                self._dependency,
                f"breaker {change.to_state.replace('_', '-')}: {change.reason}",
                {"from": change.from_state, "to": change.to_state},
            )

    def _reject(self, call: Call, now_s: float, reason: str) -> None:
        self._site.spans.ring.add(
            (call.trace_id, self._site.spans.span_id(), call.span_id, "rejected", self._edge,
             now_s, now_s, Outcome.SHORT_CIRCUITED, reason, 0)
        )  # fmt: skip


class BulkheadLayer:
    """Bounds how many calls are inside at once; a full one refuses, which is definite."""

    def __init__(self, settings: BulkheadSettings, site: Site, dependency: str) -> None:
        self.pattern = Bulkhead(settings)
        self._settings = settings
        self._site = site
        self._edge = site.edge(dependency)
        self._waiting: dict[object, asyncio.Future[bool]] = {}

    def retune(self, settings: BulkheadSettings) -> None:
        self._settings = settings
        for ticket in self.pattern.resize(settings):
            self._grant(ticket)

    async def run(self, inner: Inner, call: Call) -> Result:
        ticket = object()
        entry = self.pattern.enter(ticket)
        if entry is not GRANTED:
            began_s = self._site.clock()
            if entry is Entry.FULL:
                return self._reject(
                    call, began_s, f"all {self._settings.permits} permits are taken"
                )
            if not await self._wait(ticket, call):
                return self._reject(call, began_s, "no permit came free in time")
        try:
            return await inner(call)
        finally:
            waiting = self.pattern.leave()
            if waiting is not None:
                self._grant(waiting)

    def snapshot(self, now_s: float) -> dict[str, Any]:
        return self.pattern.snapshot()

    async def _wait(self, ticket: object, call: Call) -> bool:
        loop = asyncio.get_running_loop()
        wait_s = self._settings.wait_s
        if call.deadline_s is not None:
            wait_s = min(wait_s, max(0.0, call.deadline_s - self._site.clock()))
        place: asyncio.Future[bool] = loop.create_future()
        self._waiting[ticket] = place
        timer = loop.call_later(wait_s, _settle, place, False)
        granted = False
        try:
            granted = await place
        except asyncio.CancelledError:
            self._grant(self.pattern.abandon(ticket))
            raise
        finally:
            timer.cancel()
            del self._waiting[ticket]
        if not granted:
            self._grant(self.pattern.abandon(ticket))
        return granted

    def _grant(self, ticket: object | None) -> None:
        if ticket is not None:
            _settle(self._waiting[ticket], True)

    def _reject(self, call: Call, began_s: float, reason: str) -> Result:
        rule = f"bulkhead: {reason}"
        self._site.spans.ring.add(
            (call.trace_id, self._site.spans.span_id(), call.span_id, "rejected", self._edge,
             began_s, self._site.clock(), Outcome.REFUSED, rule, 0)
        )  # fmt: skip
        return Result(Outcome.REFUSED, rule, True, True)


def _settle(place: "asyncio.Future[bool]", granted: bool) -> None:
    if not place.done():
        place.set_result(granted)


Acting = (
    FallbackLayer | CacheLayer | KeyLayer | TimeoutLayer | RetryLayer | BreakerLayer | ThrottleLayer
    | BulkheadLayer | RateLimitLayer | HedgeLayer
)  # fmt: skip

MAKERS: dict[str, Callable[[Any, Site, str], Acting]] = {
    "fallback": FallbackLayer,
    "cache": CacheLayer,
    "idempotency": KeyLayer,
    "timeout": lambda settings, site, _dependency: TimeoutLayer(settings, site),
    "retry": RetryLayer,
    "breaker": BreakerLayer,
    "throttle": ThrottleLayer,
    "bulkhead": BulkheadLayer,
    "rate_limit": RateLimitLayer,
    "hedge": HedgeLayer,
    "attempt_timeout": lambda settings, site, _dependency: TimeoutLayer(settings, site),
}
