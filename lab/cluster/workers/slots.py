"""An instance's workers and the queue before them."""

import asyncio
from collections import deque
from collections.abc import Callable


class Slot:
    """One worker of an instance. ``free_at_s`` is when its last job ended *on the timeline*.

    Work is laid end to end on an absolute timeline (``begin = max(arrived, free_at)``), because a
    sleep overshoots: one sleep after another turns a load of 0.80 into 0.85.
    """

    __slots__ = ("free_at_s",)

    def __init__(self, free_at_s: float) -> None:
        self.free_at_s = free_at_s


class Slots:
    """``capacity`` slots and a first-in-first-out queue of at most ``queue`` waiting requests.

    ``queue=None`` is unbounded on purpose: it is a lesson. ``stuck`` slots are held by nobody and
    free nobody: the fault of the same name.
    """

    def __init__(self, capacity: int, queue: int | None, clock: Callable[[], float]) -> None:
        self.capacity = capacity
        self.queue = queue
        self.busy = 0
        self.stuck = 0
        self._clock = clock
        self._free: list[Slot] = []
        self._waiting: deque[asyncio.Future[Slot]] = deque()

    @property
    def waiting(self) -> int:
        """How many requests wait for a slot."""
        return len(self._waiting)

    async def enter(self, timeout_s: float | None) -> Slot | None:
        """Return a slot, None when the queue is full. Raises TimeoutError after ``timeout_s``."""
        if not self._waiting and self.busy + self.stuck < self.capacity:
            return self._take()
        if self.queue is not None and len(self._waiting) >= self.queue:
            return None
        loop = asyncio.get_running_loop()
        place: asyncio.Future[Slot] = loop.create_future()
        self._waiting.append(place)
        timer = None
        if timeout_s is not None:
            timer = loop.call_later(max(0.0, timeout_s), _give_up, place)
        try:
            return await place
        except BaseException:
            self._abandon(place)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def leave(self, slot: Slot) -> None:
        """Give the slot to the longest waiter, or back."""
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
        while self._waiting and self.busy + self.stuck < self.capacity:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(self._take())

    def _abandon(self, place: asyncio.Future[Slot]) -> None:
        if place in self._waiting:
            self._waiting.remove(place)
        elif place.done() and not place.cancelled() and place.exception() is None:
            self.leave(place.result())


def _give_up(place: "asyncio.Future[Slot]") -> None:
    if not place.done():
        place.set_exception(TimeoutError())
