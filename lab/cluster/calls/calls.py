"""One dependency of one caller: its chain, and the calls that run through it.

The patterns say "may I?", "how long?", "what now?"; the layers wait and act. Outermost first, in
the default order::

    call ─▶ fallback ─▶ cache ─▶ timeout ─▶ retry ─▶ breaker ─▶ throttle ─▶ bulkhead ─┐
           link ◀─ balance ◀─ outliers ◀─ attempt timeout ◀─ hedge ◀─ rate limit ◀──┘

Each layer obeys one deadline (the caller's, narrowed by the timeouts outside it), and only an
attempt or a wait sets a timer for it.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from lab.cluster.calls.attempts import Attempts
from lab.cluster.calls.call import Call, Inner, Result, Site
from lab.cluster.calls.hedging import HedgeLayer
from lab.cluster.calls.layers import MAKERS, Acting, BreakerLayer, RetryLayer
from lab.patterns.chain import Layer, parse_chain
from lab.patterns.retry_budget import RetryBudget


class Caller:
    """All calls of one instance over one dependency."""

    def __init__(self, name: str, chain: Sequence[Mapping[str, Any]], site: Site) -> None:
        self.name = name
        self.attempts = Attempts(name, site)
        self._site = site
        self._edge = site.edge(name)
        self._layers: dict[str, Acting] = {}
        self._enabled: list[str] = []
        self._run: Inner = self.attempts.run
        self.rechain(chain)

    def rechain(self, chain: Sequence[Mapping[str, Any]]) -> None:
        """Replace the chain. Calls under way end in the old one; the patterns keep their state."""
        layers = parse_chain(chain)
        run: Inner = self.attempts.run
        for layer in reversed(layers):
            if layer.pattern == "balance":
                self.attempts.retune(layer.settings)
            elif layer.pattern == "outlier":
                self.attempts.watch(layer.settings if layer.enabled else None)
            else:
                acting = self._acting(layer)
                run = partial(acting.run, run) if layer.enabled else run
        self._enabled = [layer.pattern for layer in layers if layer.enabled]
        self._run = run

    async def call(self, call: Call) -> Result:
        """Make one call; always returns a result (only cancellation passes through)."""
        site = self._site
        parent, began_s = call.span_id, site.clock()
        call.span_id = site.spans.span_id()
        result = await self._run(call)
        ended_s = site.clock()
        site.recorder.call(self.name, result.outcome, ended_s - began_s, call.attempts)
        site.spans.ring.add(
            (call.trace_id, call.span_id, parent, "call", self._edge,
             began_s, ended_s, result.outcome._value_, result.rule, 0)
        )  # fmt: skip
        return result

    def poll(self) -> None:
        """Let time alone change what time may change."""
        self.attempts.poll()
        breaker = self._layers.get("breaker")
        if isinstance(breaker, BreakerLayer) and "breaker" in self._enabled:
            breaker.poll()

    def snapshot(self) -> dict[str, object]:
        """Return the present state of every enabled pattern, as plain data."""
        now_s = self._site.clock()
        state: dict[str, object] = {"balance": self.attempts.snapshot()}
        if self.attempts.outliers is not None:
            state["outlier"] = self.attempts.outliers.snapshot(now_s)
        for pattern in self._enabled:
            if pattern in self._layers:
                state[pattern] = self._layers[pattern].snapshot(now_s)
        return state

    def _acting(self, layer: Layer) -> Acting:
        acting = self._layers.get(layer.pattern)
        if acting is None:
            acting = MAKERS[layer.pattern](layer.settings, self._site, self.name)
            self._layers[layer.pattern] = acting
            if isinstance(acting, HedgeLayer):
                acting.budget = self._budget
        else:
            acting.retune(layer.settings)
        return acting

    def _budget(self) -> RetryBudget | None:
        """Return the retry budget of this dependency, if retry is on and has one."""
        retry = self._layers.get("retry") if "retry" in self._enabled else None
        return retry.pattern.budget if isinstance(retry, RetryLayer) else None
