"""The chain's cache: answers from memory, and lets one caller ask for all who want the same."""

import asyncio
from dataclasses import replace
from typing import Any

from lab.cluster.calls.attempts import GOOD
from lab.cluster.calls.call import Call, Inner, Result, Site
from lab.patterns.cache import Cache, CacheSettings, Found
from lab.telemetry.outcome import Outcome


class CacheLayer:
    """Reads only. Who finds a stale answer first asks anew and waits; the others get the stale one.

    ::

        look ── fresh, or stale while another asks ──▶ answer
          └─ miss ─▶ one flight ─▶ inner ─▶ stored; the others wait for it, or take off themselves
                                     └─ failed ─▶ an old answer, degraded, if there is one
    """

    def __init__(self, settings: CacheSettings, site: Site, dependency: str) -> None:
        self.pattern: Cache[Result] = Cache(settings)
        self.retune = self.pattern.retune
        self._site = site
        self._edge = site.edge(dependency)
        self._landings: dict[str, asyncio.Future[Result | None]] = {}

    async def run(self, inner: Inner, call: Call) -> Result:
        if call.method != "GET":
            return await inner(call)
        key = call.route
        found, kept = self.pattern.look(key, self._site.clock())
        if kept is not None and (found is Found.FRESH or not self.pattern.takes_off(key)):
            return self._from_memory(call, kept, Outcome.OK, f"from the cache, {found.value}")
        if kept is not None or self.pattern.takes_off(key):
            return await self._fly(inner, call, key)
        return await self._wait(inner, call, key)

    def snapshot(self, now_s: float) -> dict[str, Any]:
        return self.pattern.snapshot()

    async def _fly(self, inner: Inner, call: Call, key: str) -> Result:
        """Ask, keep what is good, and tell those who wait."""
        landing = asyncio.get_running_loop().create_future()
        self._landings[key] = landing
        result = None
        try:
            result = await inner(call)
            if result.outcome is Outcome.OK:
                self.pattern.store(key, replace(result), self._site.clock())
        finally:
            self.pattern.lands(key)
            if self._landings.get(key) is landing:
                del self._landings[key]
            landing.set_result(result)
        return self._rescued(call, key, result)

    async def _wait(self, inner: Inner, call: Call, key: str) -> Result:
        """Wait for the flight of another; if it was called off, look again."""
        landing, deadline_s = self._landings[key], call.deadline_s
        left_s = None if deadline_s is None else max(0.0, deadline_s - self._site.clock())
        await asyncio.wait([landing], timeout=left_s)
        if not landing.done():
            return Result(Outcome.TIMED_OUT, f"{call.deadline_rule}, waiting for another's answer")
        result = landing.result()
        if result is None:
            return await self.run(inner, call)
        if result.outcome in GOOD:
            return self._from_memory(call, result, result.outcome, "shared another's answer")
        return self._rescued(call, key, replace(result))

    def _rescued(self, call: Call, key: str, result: Result) -> Result:
        if result.outcome in GOOD:
            return result
        old = self.pattern.rescue(key, self._site.clock())
        if old is None:
            return result
        answer, age = old
        return self._from_memory(call, answer, Outcome.DEGRADED, f"{age}, since it {result.rule}")

    def _from_memory(self, call: Call, kept: Result, outcome: Outcome, rule: str) -> Result:
        now_s = self._site.clock()
        self._site.spans.ring.add(
            (call.trace_id, self._site.spans.span_id(), call.span_id, "cache", self._edge,
             now_s, now_s, outcome, rule, 0)
        )  # fmt: skip
        return Result(outcome, rule, response=kept.response)
