"""The users: an open loop that neither waits for slow answers nor forgives them.

Arrivals are Poisson on an absolute timeline. Each request is measured from its *intended* start, so
that a stalled generator cannot hide a stalled system (coordinated omission). In flight is bounded;
what exceeds the bound is counted as dropped and not sent.
"""

import asyncio
import math
from bisect import bisect
from dataclasses import replace
from itertools import accumulate

from lab.cluster.calls.call import Call, Result, Site
from lab.cluster.calls.calls import Caller
from lab.cluster.calls.chance import in_whole_ns
from lab.cluster.specs import FaultSpec, MixSpec, UsersSpec
from lab.telemetry.trace import Keeper, TraceHead

KINDS = ("spike", "ramp", "stampede", "impatient")

IDLE_S = 0.1

MAX_RATE_PER_S = 20_000.0
"""Spikes multiply one another; beyond this the process would do nothing but count."""

OFFERS_A_TURN = 50
"""After so many late ones it lets others run: answers, orders, the tick."""


class Users:
    """Sends the load of one lab through its entry dependency."""

    def __init__(self, spec: UsersSpec, entry: Caller, site: Site) -> None:
        self.spec = spec
        self.keeper = Keeper()
        self.in_flight = 0
        self._entry = entry
        self._site = site
        self._arrivals = site.streams.stream("arrivals")
        self._choice = site.streams.stream("mix")
        self._faults: dict[str, tuple[FaultSpec, float]] = {}
        self._changed = False
        self._wake = asyncio.Event()
        self._shares: list[float] = []
        self.retune(spec)

    def retune(self, spec: UsersSpec) -> None:
        """Change rate, mix, patience or bound; requests on their way are not touched."""
        self.spec = spec
        self._shares = list(accumulate(entry.share for entry in spec.mix))
        self._change()

    def begin(self, fault: FaultSpec) -> None:
        """Multiply the rate from now on (spike), or more and more (ramp)."""
        self._faults[fault.id] = (fault, self._site.clock())
        self._change()

    def end(self, fault_id: str) -> None:
        """Stop a spike or ramp."""
        self._faults.pop(fault_id, None)
        self._change()

    def rate_per_s(self, now_s: float) -> float:
        """Return the rate of arrivals with the active faults applied."""
        rate = self.spec.rate_per_s
        for fault, began_s in self._faults.values():
            rate *= _factor(fault, now_s - began_s)
        return min(rate, MAX_RATE_PER_S)

    def gauges(self) -> dict[str, float]:
        """Return what is true of the users at this moment."""
        return {"in_flight": self.in_flight, "rate_per_s": self.rate_per_s(self._site.clock())}

    async def run(self) -> None:
        """Send requests until cancelled."""
        clock = self._site.clock
        due_s, offers = clock(), 0
        self._changed = False  # what was set before the first draw needs no second one
        async with asyncio.TaskGroup() as group:
            while True:
                rate = self.rate_per_s(max(due_s, clock()))
                if rate <= 0.0:
                    await self._rest(IDLE_S)
                    due_s = clock()
                    continue
                due_s += in_whole_ns(-math.log(1.0 - self._arrivals.random()) / rate)
                while (wait_s := due_s - clock()) > 0.0:
                    if await self._rest(wait_s):
                        due_s = clock()
                        break
                else:
                    self._offer(group, due_s)
                    offers += 1
                    if offers % OFFERS_A_TURN == 0:
                        await asyncio.sleep(0)

    async def _rest(self, wait_s: float) -> bool:
        """Wait; True when the rate changed meanwhile, so that the next arrival is drawn anew.

        Poisson arrivals have no memory: drawing again from now on keeps them Poisson.
        """
        self._wake.clear()
        timer = asyncio.get_running_loop().call_later(wait_s, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()
        changed, self._changed = self._changed, False
        return changed

    def _change(self) -> None:
        self._changed = True
        self._wake.set()

    def _offer(self, group: asyncio.TaskGroup, due_s: float) -> None:
        self._site.recorder.offered()
        if self.in_flight >= self.spec.max_in_flight:
            self._site.recorder.dropped()
            return
        picked = self._choice.random() * self._shares[-1]
        entry = self.spec.mix[min(bisect(self._shares, picked), len(self._shares) - 1)]
        self.in_flight += 1
        group.create_task(self._request(entry, due_s))

    async def _request(self, entry: MixSpec, due_s: float) -> None:
        site = self._site
        trace_id, span_id = site.spans.trace_id(), site.spans.span_id()
        call = Call(
            entry.method, entry.route, entry.idempotent, entry.priority,
            due_s + self.spec.patience_s, f"the user's patience of {self.spec.patience_s:g} s",
            trace_id, span_id,
        )  # fmt: skip
        try:
            result = await self._asked(call)
        finally:
            self.in_flight -= 1
        ended_s = site.clock()
        site.recorder.user(entry.route, result.outcome, ended_s - due_s)
        site.spans.ring.add(
            (trace_id, span_id, "", "user", entry.route,
             due_s, ended_s, result.outcome, result.rule, 0)
        )  # fmt: skip
        self.keeper.offer(
            TraceHead(
                trace_id, entry.route, entry.priority, result.outcome, result.rule,
                due_s, ended_s - due_s,
            )
        )  # fmt: skip

    async def _asked(self, call: Call) -> Result:
        """Ask; an impatient user asks again, and the first request is left to itself."""
        for fault, _ in [*self._faults.values()]:
            if fault.kind == "impatient":
                return await self._reloading(call, fault.params["after_s"], fault.params["times"])
        return await self._entry.call(call)

    async def _reloading(self, call: Call, after_s: float, times: int) -> Result:
        """Reload up to ``times`` times; the browser drops the request before."""
        for _ in range(times):
            try:
                async with asyncio.timeout(after_s):
                    return await self._entry.call(replace(call, attempts=0))
            except TimeoutError:
                self._site.recorder.offered()
        return await self._entry.call(call)


def _factor(fault: FaultSpec, age_s: float) -> float:
    """Return by how much a fault multiplies the rate, so long after it began."""
    if fault.kind == "impatient":
        return 1.0
    factor, over_s = float(fault.params["factor"]), float(fault.params.get("over_s", 1.0))
    match fault.kind:
        case "ramp":
            return 1.0 + (factor - 1.0) * min(1.0, age_s / over_s)
        case "stampede":
            return 1.0 + (factor - 1.0) * round(math.exp(-age_s / over_s), 9)
        case _:
            return factor
