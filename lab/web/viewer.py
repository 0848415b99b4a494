"""One browser that watches a lab, and how much it is sent."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

MOST_UNSEEN = 15
"""So many frames may be on their way to a viewer; further ones are skipped, never queued."""
MOST_WAITING = 2000
"""As many events as a lab's history keeps; a hello that takes longer than that is no help."""
FRAMES_PER_S = (10, 5, 2, 1, 0)
TICKS_PER_ROW = 5


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a lab, the same object for every viewer.

    ``frame`` is a frame's number, None for what must never be skipped. ``has_row`` marks the
    frames, one in five, that carry a row for the charts.
    """

    seq: int
    text: str
    frame: int | None = None
    has_row: bool = False


class Viewer:
    """Sends a lab's messages to one websocket.

    joining ──greet──▶ watching ──pause──▶ joining …

    While joining, messages wait; ``greet`` sends the hello and then those that are newer than it,
    so that nothing is lost or doubled between the two.
    """

    def __init__(
        self, send: Callable[[str], Awaitable[None]], close: Callable[[int], Awaitable[None]]
    ) -> None:
        self._send = send
        self.close = close
        self._waiting: deque[Message] | None = deque(maxlen=MOST_WAITING)
        self._unseen: deque[int] = deque()
        self._ticks_per_frame = 1
        self._frozen = False
        self.skipped = 0

    @property
    def is_joining(self) -> bool:
        """Waits for its hello."""
        return self._waiting is not None

    async def greet(self, hello: str, seq: int) -> None:
        """Send ``hello``, made when the lab's newest message was number ``seq``, and go on."""
        await self._send(hello)
        waiting, self._waiting = self._waiting or (), None
        self._unseen.clear()
        for message in waiting:
            if message.seq > seq:
                await self.deliver(message)

    def pause(self) -> None:
        """Hold messages back until the next hello: the lab begins anew."""
        self._waiting = deque(maxlen=MOST_WAITING)

    async def deliver(self, message: Message) -> None:
        """Send ``message`` now, or skip it if it is a frame that this viewer does not want."""
        if self._waiting is not None:
            if message.frame is None:
                self._waiting.append(message)
            return
        if message.frame is not None:
            if not self._wants(message.frame, has_row=message.has_row):
                return
            if len(self._unseen) >= MOST_UNSEEN:
                self.skipped += 1
                return
            self._unseen.append(message.frame)
        await self._send(message.text)

    async def tell(self, text: str) -> None:
        """Send something that is not of the lab's stream (a reply, a notice)."""
        await self._send(text)

    def seen(self, frame: int) -> None:
        """The browser has drawn everything up to ``frame``."""
        while self._unseen and self._unseen[0] <= frame:
            self._unseen.popleft()

    def watch(self, frames_per_s: int) -> None:
        """Send so many frames a second from now on; 0 keeps only events and state coming."""
        self._frozen = frames_per_s == 0
        self._ticks_per_frame = FRAMES_PER_S[0] // frames_per_s if frames_per_s else 1

    def _wants(self, frame: int, *, has_row: bool) -> bool:
        if self._frozen:
            return False
        if self._ticks_per_frame < TICKS_PER_ROW:
            return has_row or frame % self._ticks_per_frame == 0
        return has_row and frame // TICKS_PER_ROW % (self._ticks_per_frame // TICKS_PER_ROW) == 0
