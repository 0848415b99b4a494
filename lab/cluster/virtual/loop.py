"""An event loop whose clock jumps to the next deadline: minutes of cluster time in moments.

Nothing real may be waited for: there are no sockets, threads or signals here. What happens is the
same each time: timers of one moment fire in the order in which they were set, and tasks are hashed
by their number, so that a set of them (as in ``asyncio.TaskGroup``) has one order everywhere.
"""

import asyncio
import heapq
import itertools
import logging
import math
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context
from typing import Any, NoReturn, TypeVar

from lab.cluster.virtual.deed import Deed, VirtualTask
from lab.cluster.virtual.endless import Runaway, Stalled, what_runs, who_waits
from lab.cluster.virtual.owner import OWNER, Owner
from lab.cluster.virtual.running import Running

Result = TypeVar("Result")

_LOG = logging.getLogger(__name__)

MOST_AT_ONCE = 1_000_000
"""So many callbacks without any time passing are an endless loop."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Time starts at 0 and passes only when nothing is ready to run.

    What an owner (see OWNER) has to run can be held back, as a stopped process does nothing while
    its timers become due and its messages arrive::

        hold(owner) ─▶ callbacks of the owner wait ─▶ let_go(owner) ─▶ all run, in their order
    """

    def __init__(self) -> None:
        self._is_running = False
        super().__init__()
        self.callbacks = 0
        self._now_s = 0.0
        self._deeds: deque[Deed] = deque()
        self._timers: list[tuple[float, int, Deed]] = []
        self._timer_numbers = itertools.count()
        self._task_numbers = itertools.count(1)
        self._off = 0
        self._holds: dict[Owner, int] = {}
        self._held: dict[Owner, list[Deed]] = {}

    # Time.

    def time(self) -> float:
        """Return virtual seconds."""
        return self._now_s

    @property
    def next_s(self) -> float:
        """When something happens next; infinity when nothing will."""
        if self._deeds:
            return self._now_s
        timers = self._timers
        while timers and timers[0][2].is_over:
            heapq.heappop(timers)
            self._off -= 1
        return timers[0][0] if timers else math.inf

    def run_until(self, when_s: float) -> None:
        """Run all that is due up to ``when_s`` (included); the clock then shows ``when_s``."""
        with Running(self):
            while self._advance(when_s):
                self._run_deeds()
            self._now_s = max(self._now_s, when_s)

    def step(self) -> None:
        """Run all that happens at the next moment at which anything does."""
        with Running(self):
            if self._advance():
                self._run_deeds()

    def run_until_complete(self, future: Any) -> Any:
        """Run until ``future`` is done; return its result. Raises Stalled when it never will be."""
        task = self.create_task(future) if asyncio.iscoroutine(future) else future
        with Running(self):
            while not task.done():
                if not self._advance():
                    raise Stalled(self.who_waits())
                self._run_deeds(task)
        return task.result()

    def who_waits(self) -> str:
        """Say that nothing can happen any more, and which tasks wait for it."""
        names = who_waits(sorted(asyncio.all_tasks(self), key=hash))
        return f"nothing is left that could ever happen; waiting: {names or 'nobody'}"

    def end(self) -> None:
        """Cancel every task and let it unwind; then close, whatever is left."""
        tasks = sorted(asyncio.all_tasks(self), key=hash)
        for task in tasks:
            task.cancel()
        try:
            with suppress(Runaway), Running(self):
                self._run_deeds()
        finally:
            for task in asyncio.all_tasks(self):
                task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001
            self.close()

    # What asyncio asks of a loop.

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        deed = Deed(self, callback, args, context)
        self._deeds.append(deed)
        return deed

    def call_later(  # type: ignore[override]
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        deed = Deed(self, callback, args, context)
        heapq.heappush(self._timers, (self._now_s + delay, next(self._timer_numbers), deed))
        return deed

    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        deed = Deed(self, callback, args, context)
        heapq.heappush(self._timers, (when, next(self._timer_numbers), deed))
        return deed

    def create_future(self) -> "asyncio.Future[Any]":
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]
        self, coro: Any, *, name: str | None = None, context: Context | None = None
    ) -> VirtualTask:
        return VirtualTask(coro, self, next(self._task_numbers), context)

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return self._is_running

    def begin(self) -> "asyncio.AbstractEventLoop | None":
        """Become the running loop of this thread, also inside another's callback; return that."""
        if self._is_running or self.is_closed():
            raise RuntimeError("this virtual loop is running already, or closed")
        outer = events._get_running_loop()  # noqa: SLF001 - offered to authors of loops
        events._set_running_loop(self)  # noqa: SLF001
        self._is_running = True
        return outer

    def rest(self, outer: "asyncio.AbstractEventLoop | None") -> None:
        """Give the thread back to the loop that ``begin`` returned."""
        self._is_running = False
        events._set_running_loop(outer)  # noqa: SLF001

    def close(self) -> None:
        self._deeds.clear()
        self._timers.clear()
        super().close()

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Tell it to whose it is; or raise it, since nobody reads a log as long as it runs."""
        error = context.get("exception") or RuntimeError(context["message"])
        whose = context.get("task") or context.get("future")
        owner = whose.owner if isinstance(whose, VirtualTask) else OWNER.get()
        if self.is_closed():
            _LOG.error("after the end of a virtual loop", exc_info=error)
        elif owner is None or not isinstance(error, Exception):
            raise error
        else:
            owner.failed(error)

    def called_off(self) -> None:
        """Count it; when most timers are cancelled ones, they are thrown out."""
        self._off += 1
        if self._off > 500 and self._off * 2 > len(self._timers):
            self._timers[:] = [entry for entry in self._timers if not entry[2].is_over]
            heapq.heapify(self._timers)
            self._off = 0

    # Owners.

    def hold(self, owner: Owner) -> None:
        """Run nothing of ``owner`` until it is let go as often as it was held."""
        self._holds[owner] = self._holds.get(owner, 0) + 1
        self._held.setdefault(owner, [])

    def holds(self, owner: Owner) -> bool:
        """Say whether nothing of ``owner`` runs now."""
        return owner in self._holds

    def let_go(self, owner: Owner, *, wholly: bool = False) -> None:
        """Take back one hold, or all."""
        left = 0 if wholly else self._holds.get(owner, 1) - 1
        if left > 0:
            self._holds[owner] = left
        elif self._holds.pop(owner, 0):
            self._deeds.extend(self._held.pop(owner))

    def drop_timers(self, owner: Owner) -> None:
        """Let nothing happen that one owner has set a time for."""
        for _, _, deed in [*self._timers]:
            if deed.scope.get(OWNER) is owner:
                deed.cancel()

    def tasks_of(self, owner: Owner) -> list[VirtualTask]:
        """Return the tasks of one owner that are not done, oldest first."""
        tasks = [task for task in asyncio.all_tasks(self) if isinstance(task, VirtualTask)]
        return sorted((task for task in tasks if task.owner is owner), key=lambda task: task.n)

    # The engine.

    def _advance(self, until_s: float = math.inf) -> bool:
        """Let the clock jump unless something is ready; False when nothing is up to ``until_s``."""
        next_s = self.next_s
        if next_s > until_s or next_s == math.inf:
            return False
        self._now_s = max(self._now_s, next_s)
        return True

    def _take_due(self) -> None:
        timers, now_s = self._timers, self._now_s
        while timers and timers[0][0] <= now_s:
            deed = heapq.heappop(timers)[2]
            if deed.is_over:
                self._off -= 1
            else:
                self._deeds.append(deed)

    def _run_deeds(self, until: "asyncio.Future[Any] | None" = None) -> None:
        """Run what is due or ready and what becomes so, or until a future is done."""
        deeds, holds, ran = self._deeds, self._holds, 0
        timers, now_s = self._timers, self._now_s
        self._take_due()
        while deeds and (until is None or not until.done()):
            for _ in range(len(deeds)):
                deed = deeds.popleft()
                if deed.is_over:
                    continue
                if holds and (owner := deed.scope.get(OWNER)) in holds:
                    self._held[owner].append(deed)
                    continue
                ran += 1
                deed.is_over = True
                try:
                    deed.scope.run(deed.call, *deed.arguments)
                except Exception as error:  # noqa: BLE001 - the edge of a virtual process
                    self._failed(deed, error)
            if timers and timers[0][0] <= now_s:
                self._take_due()
            if ran > MOST_AT_ONCE:
                self._run_away(ran)
        self.callbacks += ran

    def _failed(self, deed: Deed, error: Exception) -> None:
        owner = deed.scope.get(OWNER)
        if owner is None:
            raise error
        owner.failed(error)

    def _run_away(self, ran: int) -> NoReturn:
        """Throw out what never ends, so that all else can be ended in good order."""
        names = what_runs(self._deeds)
        self._deeds.clear()
        raise Runaway(f"more than {ran:,} callbacks at {self._now_s:.6f} s: {names}")


def run_virtual(main: Coroutine[Any, Any, Result]) -> Result:
    """Run ``main`` to its end in virtual time. Raises Stalled when it can never end."""
    loop = VirtualLoop()
    try:
        result: Result = loop.run_until_complete(main)
        return result
    finally:
        loop.end()
