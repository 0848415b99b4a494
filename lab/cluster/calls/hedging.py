"""The chain's hedge: several attempts of one call at once, of which the first good one counts."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lab.cluster.calls.attempts import GOOD
from lab.cluster.calls.call import Call, Inner, Result, Site
from lab.patterns.hedge import Hedge, HedgeSettings
from lab.patterns.retry_budget import RetryBudget


class HedgeLayer:
    """Asks another instance when the answer is late. A hedge spends from the retry's budget."""

    def __init__(self, settings: HedgeSettings, site: Site, dependency: str) -> None:
        self.pattern = Hedge(settings)
        self.retune = self.pattern.retune
        self.budget: Callable[[], RetryBudget | None] = lambda: None
        self.site = site

    async def run(self, inner: Inner, call: Call) -> Result:
        if not call.idempotent:
            return await inner(call)
        return await _Race(self, inner, call).run()

    def snapshot(self, now_s: float) -> dict[str, Any]:
        return self.pattern.snapshot()


class _Race:
    """One call. Nobody who was asked is left behind: losers are cancelled and awaited."""

    def __init__(self, layer: HedgeLayer, inner: Inner, call: Call) -> None:
        self._pattern = layer.pattern
        self._clock = layer.site.clock
        self._budget = layer.budget()
        self._inner = inner
        self._call = call
        self._began_s = self._clock()
        self._asked_s: list[float] = []
        self._copies: list[Call] = []
        self._tasks: list[asyncio.Task[Result]] = []
        self._avoid: list[str] = []
        self._is_over_budget = False

    async def run(self) -> Result:
        self._pattern.began()
        self._ask()
        try:
            return await self._race()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._call.attempts += sum(copy.attempts for copy in self._copies)

    async def _race(self) -> Result:
        while True:
            for number, task in enumerate(self._tasks):
                if task.done() and task.result().outcome in GOOD:
                    took_s = self._clock() - self._began_s
                    self._pattern.learn(took_s)
                    self._pattern.ended(number, self._asked_s, took_s)
                    return task.result()
            running = [task for task in self._tasks if not task.done()]
            if not running and not self._hedge("the attempt failed"):
                return self._tasks[-1].result()
            await self._next(running)

    async def _next(self, running: list[asyncio.Task[Result]]) -> None:
        """Wait for an end, or until another is to be asked; a failure asks another at once."""
        if not running:
            return
        wait_s = self._pattern.delay_s() - self._unanswered_s()
        done, _ = await asyncio.wait(
            running,
            timeout=max(0.0, wait_s) if self._may() else None,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not done:
            self._hedge(f"no answer after {self._unanswered_s():.3f} s")
        elif not any(task.result().outcome in GOOD for task in done):
            self._hedge("the attempt failed")

    def _may(self) -> bool:
        call = self._call
        left_s = None if call.deadline_s is None else call.deadline_s - self._clock()
        why_not = self._pattern.may(len(self._tasks), idempotent=True, remaining_s=left_s)
        return not why_not and not self._is_over_budget

    def _hedge(self, why: str) -> bool:
        """Ask one more if that is allowed and paid for."""
        if not self._may():
            return False
        refused = "" if self._budget is None else self._budget.take(self._clock())
        if refused:
            self._is_over_budget = True
            self._pattern.refused(refused)
            return False
        self._pattern.hedged(why)
        self._ask()
        return True

    def _ask(self) -> None:
        """Begin an attempt at an instance that has not been asked yet, if there is one."""
        copy = replace(self._call, attempts=0, avoid=self._avoid, first_attempt=len(self._tasks))
        self._copies.append(copy)
        self._asked_s.append(self._clock() - self._began_s)
        task = asyncio.get_running_loop().create_task(self._attempt(copy, paid=bool(self._tasks)))
        self._tasks.append(task)

    def _unanswered_s(self) -> float:
        """Return for how long the one that was asked last has not answered."""
        return self._clock() - self._began_s - self._asked_s[-1]

    async def _attempt(self, copy: Call, *, paid: bool) -> Result:
        try:
            return await self._inner(copy)
        finally:
            if paid and self._budget is not None:
                self._budget.give_back()
