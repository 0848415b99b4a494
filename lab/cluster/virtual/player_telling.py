"""What a player tells by itself: its sides' messages, how time passes, and where it ended."""

from collections.abc import Callable

import msgspec

from lab.cluster.virtual.player_ears import Ears
from lab.cluster.virtual.player_outbox import Outbox
from lab.cluster.virtual.player_time import LinkedTime
from lab.cluster.virtual.player_wire import Ended, Pace, Paced, Told

TELL_EVERY_S = 0.05
HEARTBEAT_S = 1.0


class Telling:
    """Tells what there is to tell, at most twenty times a second."""

    def __init__(self, clock: Callable[[], float], time: LinkedTime, outbox: Outbox) -> None:
        self._clock = clock
        self._time = time
        self._outbox = outbox
        self._ears: dict[int, Ears] = {}
        self._ends: dict[int, tuple[str, str]] = {}
        self._how: tuple[float | None, bool, dict[int, float]] = (1.0, False, {})
        self._told_s = self._paced_s = clock()

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens."""
        return any(ears.are_open for ears in self._ears.values())

    def begin(self, number: int) -> Callable[[str, bytes], None]:
        """Return what takes the messages of a new side."""
        ears = self._ears[number] = Ears()
        return ears.hear

    def listen(self, number: int, *, on: bool) -> None:
        """Tell the messages of a side, or no more."""
        if number in self._ears:
            self._ears[number].are_open = on

    def end(self, number: int) -> None:
        """There is no such side any more."""
        self._ears.pop(number, None)
        self._ends.pop(number, None)

    def tell(self, *, at_once: bool) -> None:
        """Tell what has come since the last time, unless that was just now."""
        now_s = self._clock()
        if not at_once and now_s - self._told_s < TELL_EVERY_S:
            return
        self._told_s = now_s
        for number, side in self._time.sides.items():
            for kind, body in self._ears[number].take():
                self._outbox.put(Told(number, kind, body))
            self._tell_end(number, (side.ended, side.notice))
        has_measured = self._time.pacer.measure(self._time.t)
        if has_measured or now_s - self._paced_s >= HEARTBEAT_S:
            self.pace(is_news=has_measured and self._runs_free())

    def pace(self, *, is_news: bool = False) -> Pace:
        """Tell how time passes; if that is news, those who listen get a new state too."""
        pacer, replaying_to = self._time.pacer, self._time.replaying_to
        paused = self._time.is_paused or bool(replaying_to)
        pace = Pace(pacer.speed, paused, None if paused else pacer.reached_per_s)
        how = (pace.speed, pace.paused, replaying_to)
        is_other, self._how = how != self._how, how
        self._paced_s = self._clock()
        ts = {number: side.t for number, side in self._time.sides.items()}
        self._outbox.put(Paced(pace, ts, replaying_to))
        if is_other or is_news:
            self._tell_states()
        return pace

    def _tell_states(self) -> None:
        for number, side in self._time.sides.items():
            if self._ears[number].are_open:
                state = msgspec.json.encode(side.play.lab.state())
                self._outbox.put(Told(number, "state", state))

    def _tell_end(self, number: int, end: tuple[str, str]) -> None:
        if end != self._ends.get(number, ("", "")):
            self._ends[number] = end
            self._outbox.put(Ended(number, *end))
            self.pace(is_news=True)

    def _runs_free(self) -> bool:
        """Whether it is of interest how fast time passes."""
        return self._time.pacer.speed is None and not self._time.is_paused
