"""How many labs a host has room for, and whether it should look for more."""

import asyncio
from collections import deque

KEPT_S = 5.0
"""A place that was offered and not taken is free again after this long."""


class Places:
    """Counts labs taken and places offered; ``free`` waits for a place. Times are monotonic.

    free ──offer──▶ offered ──take──▶ taken ──leave──▶ free
                       └──declined, or after 5 s──▶ free
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0
        self._offered_until_s: deque[float] = deque()
        self._changed = asyncio.Event()

    async def free(self) -> None:
        """Return when a place is free; ``poll`` and ``leave`` free them."""
        while self._taken + len(self._offered_until_s) >= self._most:
            self._changed.clear()
            await self._changed.wait()

    def offer(self, now_s: float) -> None:
        """Keep a place for whoever asked."""
        self._offered_until_s.append(now_s + KEPT_S)

    def declined(self) -> None:
        """Whoever asked has given up meanwhile: the place need not be kept."""
        if self._offered_until_s:
            self._offered_until_s.popleft()
            self._changed.set()

    def take(self, now_s: float) -> bool:
        """Take an offered place, or a free one; False if there is neither."""
        self.poll(now_s)
        if self._offered_until_s:
            self._offered_until_s.popleft()
        elif self._taken >= self._most:
            return False
        self._taken += 1
        return True

    def leave(self) -> None:
        """A lab has ended."""
        self._taken -= 1
        self._changed.set()

    def poll(self, now_s: float) -> None:
        """Free the places that were offered in vain."""
        while self._offered_until_s and self._offered_until_s[0] <= now_s:
            self._offered_until_s.popleft()
            self._changed.set()
