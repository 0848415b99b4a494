"""The chain's hedge: several attempts of one call at once, of which the first good one counts."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lab.cluster.calls.attempts import CALLED_OFF, GOOD
from lab.cluster.calls.call import Call, Inner, Result, Site
from lab.patterns.hedge import Hedge, HedgeSettings
from lab.patterns.retry_budget import RetryBudget

AT_ONCE = (0.0,)
"""When those who were asked were asked: the first at once, and nobody else yet."""


class HedgeLayer:
    """Asks another instance when the answer is late. A hedge spends from the retry's budget."""

    def __init__(self, settings: HedgeSettings, site: Site, dependency: str) -> None:
        self.pattern = Hedge(settings)
        self.retune = self.pattern.retune
        self.budget: Callable[[], RetryBudget | None] = lambda: None
        self.clock = site.clock

    async def run(self, inner: Inner, call: Call) -> Result:
        if not call.idempotent:
            return await inner(call)
        return await _Race(self, inner, call).run()

    def snapshot(self, now_s: float) -> dict[str, Any]:
        return self.pattern.snapshot()


class _Race:
    """One call. Nobody who was asked is left behind: losers are cancelled and awaited.

    The first attempt runs in the call's own task, so that a call that is answered in time costs a
    timer and no task. If a hedge is good before it, it is cancelled from here, and the cancellation
    is taken back as ``asyncio.timeout`` does it, so that one from outside is never swallowed.
    """

    __slots__ = (
        "_asked_s", "_avoid", "_began_s", "_budget", "_call", "_clock", "_copies", "_deadline_rule",
        "_deadline_s", "_first", "_first_attempt", "_hedges", "_inner", "_is_called_off",
        "_is_over_budget", "_layer", "_pattern", "_timer",
    )  # fmt: skip

    def __init__(self, layer: HedgeLayer, inner: Inner, call: Call) -> None:
        self._layer = layer
        self._pattern = layer.pattern
        self._clock = layer.clock
        self._inner = inner
        self._call = call
        self._deadline_s, self._deadline_rule = call.deadline_s, call.deadline_rule
        self._first_attempt = call.first_attempt + call.attempts
        self._avoid: list[str] = []
        self._began_s = layer.clock()
        self._asked_s: Sequence[float] = AT_ONCE
        self._copies: Sequence[Call] = ()
        self._hedges: Sequence[asyncio.Task[Result]] = ()
        self._budget: RetryBudget | None = None
        self._first: asyncio.Task[Any] | None = None
        self._is_called_off = False
        self._is_over_budget = False
        self._timer: asyncio.TimerHandle | None = None

    async def run(self) -> Result:
        self._pattern.began()
        try:
            result = await self._ask_first()
            if result.outcome in GOOD:
                return self._won(0, result)
            return await self._race(result)
        finally:
            if self._hedges:
                await self._leave_nobody_behind()

    async def _ask_first(self) -> Result:
        """Make the first attempt; hedges begin and end beside it. CALLED_OFF if one was better."""
        call, self._first = self._call, asyncio.current_task()
        before = 0 if self._first is None else self._first.cancelling()
        avoided, call.avoid = call.avoid, self._avoid
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._pattern.delay_s(), self._late)
        try:
            result = await self._inner(call)
        except asyncio.CancelledError:
            if not self._is_called_off:
                raise
            result = CALLED_OFF
        finally:
            first, self._first, call.avoid = self._first, None, avoided
            self._timer.cancel()
        if self._is_called_off and first is not None and first.uncancel() > before:
            raise asyncio.CancelledError
        return result

    async def _race(self, result: Result) -> Result:
        """Go on without the first attempt: it failed, or was called off."""
        if not self._is_called_off:
            self._hedge("the attempt failed")
        while True:
            for number, task in enumerate(self._hedges, 1):
                if task.done():
                    result = task.result()
                    if result.outcome in GOOD:
                        return self._won(number, result)
            running = [task for task in self._hedges if not task.done()]
            if not running and not self._hedge("the attempt failed"):
                return result
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

    def _late(self) -> None:
        """Ask another beside the first attempt, and wait for that one in turn."""
        self._hedge_and_wait(f"no answer after {self._unanswered_s():.3f} s")

    def _hedge_and_wait(self, why: str) -> None:
        assert self._timer is not None
        if self._hedge(why):
            self._timer.cancel()
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._pattern.delay_s(), self._late)

    def _ended(self, hedge: asyncio.Task[Result]) -> None:
        """Let a hedge that ended beside the first attempt replace it, or be followed by another."""
        if self._first is None or self._is_called_off or hedge.cancelled():
            return
        if hedge.exception() is not None or hedge.result().outcome in GOOD:
            self._is_called_off = True
            self._first.cancel()
        else:
            self._hedge_and_wait("the attempt failed")

    def _may(self) -> bool:
        left_s = None if self._deadline_s is None else self._deadline_s - self._clock()
        asked = 1 + len(self._hedges)
        why_not = self._pattern.may(asked, idempotent=True, remaining_s=left_s)
        return not why_not and not self._is_over_budget

    def _hedge(self, why: str) -> bool:
        """Ask one more if that is allowed and paid for."""
        if not self._may():
            return False
        self._budget = self._layer.budget()
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
        number = 1 + len(self._hedges)
        copy = replace(
            self._call, attempts=0, avoid=self._avoid, first_attempt=self._first_attempt + number,
            deadline_s=self._deadline_s, deadline_rule=self._deadline_rule,
        )  # fmt: skip
        self._copies = (*self._copies, copy)
        self._asked_s = (*self._asked_s, self._clock() - self._began_s)
        task = asyncio.get_running_loop().create_task(self._attempt(copy, self._budget))
        task.add_done_callback(self._ended)
        self._hedges = (*self._hedges, task)

    def _unanswered_s(self) -> float:
        """Return for how long the one that was asked last has not answered."""
        return self._clock() - self._began_s - self._asked_s[-1]

    async def _attempt(self, copy: Call, budget: RetryBudget | None) -> Result:
        try:
            return await self._inner(copy)
        finally:
            if budget is not None:
                budget.give_back()

    def _won(self, number: int, result: Result) -> Result:
        took_s = self._clock() - self._began_s
        self._pattern.learn(took_s)
        self._pattern.ended(number, self._asked_s, took_s)
        return result

    async def _leave_nobody_behind(self) -> None:
        for task in self._hedges:
            task.cancel()
        await asyncio.gather(*self._hedges, return_exceptions=True)
        self._call.attempts += sum(copy.attempts for copy in self._copies)
