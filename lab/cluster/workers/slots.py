"""An instance's workers and the queue before them."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol


class Slot:
    """One worker of an instance. ``free_at_s`` is when its last job ended *on the timeline*.

    Work is laid end to end on an absolute timeline (``begin = max(arrived, free_at)``), because a
    sleep overshoots: one sleep after another turns a load of 0.80 into 0.85.
    """

    __slots__ = ("free_at_s",)

    def __init__(self, free_at_s: float) -> None:
        self.free_at_s = free_at_s


class Dropped(Exception):
    """A request that waited is not begun; the text says why."""


class Policy(Protocol):
    """Who is next, and who is not begun although it has waited."""

    def next(self, waiting: int, workers: int) -> Literal["oldest", "newest"]: ...
    def drops(self, waited_s: float, left_s: float | None, now_s: float, behind: int) -> str: ...


@dataclass(slots=True, eq=False)
class _Place:
    slot: "asyncio.Future[Slot]"
    since_s: float
    until_s: float | None


class Slots:
    """``capacity`` slots and a queue of at most ``queue`` waiting requests, served by ``policy``.

    ``queue=None`` is unbounded on purpose: it is a lesson. ``stuck`` slots are held by nobody and
    free nobody: the fault of the same name.
    """

    def __init__(
        self, capacity: int, queue: int | None, clock: Callable[[], float], policy: Policy
    ) -> None:
        self.capacity = capacity
        self.queue = queue
        self.busy = 0
        self.stuck = 0
        self._clock = clock
        self._policy = policy
        self._free: list[Slot] = []
        self._waiting: deque[_Place] = deque()

    @property
    def waiting(self) -> int:
        """How many requests wait for a slot."""
        return len(self._waiting)

    async def enter(self, timeout_s: float | None) -> Slot | None:
        """Return a slot, None when the queue is full.

        Raises TimeoutError after ``timeout_s``, Dropped when it is not begun although it could be.
        """
        now_s = self._clock()
        if not self._waiting and self.busy + self.stuck < self.capacity:
            dropped = self._policy.drops(0.0, timeout_s, now_s, 0)
            if dropped:
                raise Dropped(dropped)
            return self._take()
        if self.queue is not None and len(self._waiting) >= self.queue:
            return None
        loop = asyncio.get_running_loop()
        until_s = None if timeout_s is None else now_s + timeout_s
        place = _Place(loop.create_future(), now_s, until_s)
        self._waiting.append(place)
        timer = None
        if timeout_s is not None:
            timer = loop.call_later(max(0.0, timeout_s), _give_up, place.slot)
        try:
            return await place.slot
        except BaseException:
            self._abandon(place)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def leave(self, slot: Slot) -> None:
        """Give the slot to the next of those that wait, or back."""
        self.busy -= 1
        self._free.append(slot)
        self._hand_out()

    def resize(self, capacity: int, queue: int | None, stuck: int) -> None:
        """Change the bounds; nobody who works or waits is thrown out."""
        self.capacity, self.queue, self.stuck = capacity, queue, stuck
        self._hand_out()

    def _take(self) -> Slot:
        self.busy += 1
        return self._free.pop() if self._free else Slot(self._clock())

    def _hand_out(self) -> None:
        waiting = self._waiting
        while waiting and self.busy + self.stuck < self.capacity:
            end = self._policy.next(len(waiting), self.capacity)
            place = waiting.popleft() if end == "oldest" else waiting.pop()
            if place.slot.done():
                continue
            now_s = self._clock()
            left_s = None if place.until_s is None else place.until_s - now_s
            dropped = self._policy.drops(now_s - place.since_s, left_s, now_s, len(waiting))
            if dropped:
                place.slot.set_exception(Dropped(dropped))
            else:
                place.slot.set_result(self._take())

    def _abandon(self, place: _Place) -> None:
        slot = place.slot
        if place in self._waiting:
            self._waiting.remove(place)
        elif slot.done() and not slot.cancelled() and slot.exception() is None:
            self.leave(slot.result())


def _give_up(slot: "asyncio.Future[Slot]") -> None:
    if not slot.done():
        slot.set_exception(TimeoutError())
