"""The chain's cache: answers from memory, and lets one caller ask for all who want the same."""

import asyncio
from dataclasses import replace
from typing import Any

from lab.cluster.calls.attempts import GOOD
from lab.cluster.calls.call import Call, Inner, Result, Site
from lab.cluster.message import Response
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
        self.pattern: Cache[Response | None] = Cache(settings)
        self.retune = self.pattern.retune
        self._site = site
        self._clock = site.clock
        self._edge = site.edge(dependency)
        self._landings: dict[str, asyncio.Future[Result | None]] = {}

    async def run(self, inner: Inner, call: Call) -> Result:
        if call.method != "GET":
            return await inner(call)
        key = call.route
        found, kept = self.pattern.look(key, self._clock())
        if found is Found.FRESH:
            return self._from_memory(call, kept, Outcome.OK, "from the cache, fresh")
        if not self.pattern.takes_off(key):
            if found is Found.STALE:
                return self._from_memory(call, kept, Outcome.OK, "from the cache, stale")
            return await self._wait(inner, call, key)
        result = None
        try:
            result = await inner(call)
            if result.outcome is Outcome.OK:
                self.pattern.store(key, result.response, self._clock())
        finally:
            self._land(key, result)
        return result if result.outcome in GOOD else self._rescued(call, key, result)

    def snapshot(self, now_s: float) -> dict[str, Any]:
        return self.pattern.snapshot()

    def _land(self, key: str, result: Result | None) -> None:
        """End a flight and tell those who wait for it; None: it was called off."""
        self.pattern.lands(key)
        landing = self._landings.pop(key, None)
        if landing is not None:
            landing.set_result(result)

    async def _wait(self, inner: Inner, call: Call, key: str) -> Result:
        """Wait for the flight of another; if it was called off, look again."""
        landing = self._landings.get(key)
        if landing is None:
            landing = self._landings[key] = asyncio.get_running_loop().create_future()
        deadline_s = call.deadline_s
        left_s = None if deadline_s is None else max(0.0, deadline_s - self._clock())
        await asyncio.wait([landing], timeout=left_s)
        if not landing.done():
            return Result(Outcome.TIMED_OUT, f"{call.deadline_rule}, waiting for another's answer")
        result = landing.result()
        if result is None:
            return await self.run(inner, call)
        if result.outcome in GOOD:
            shared = "shared another's answer"
            return self._from_memory(call, result.response, result.outcome, shared)
        return self._rescued(call, key, replace(result))

    def _rescued(self, call: Call, key: str, result: Result) -> Result:
        old = self.pattern.rescue(key, self._clock())
        if old is None:
            return result
        answer, age = old
        return self._from_memory(call, answer, Outcome.DEGRADED, f"{age}, since it {result.rule}")

    def _from_memory(
        self, call: Call, kept: Response | None, outcome: Outcome, rule: str
    ) -> Result:
        now_s = self._clock()
        self._site.spans.ring.add(
            (call.trace_id, self._site.spans.span_id(), call.span_id, "cache", self._edge,
             now_s, now_s, outcome, rule, 0)
        )  # fmt: skip
        return Result(outcome, rule, response=kept)
