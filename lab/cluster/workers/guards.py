"""The guards of one instance at work: at the door, at the queue's exit, and about the rest."""

from collections.abc import Callable, Mapping
from typing import Any

from lab.cluster.message import Response
from lab.patterns.admission import Admission
from lab.patterns.brownout import Brownout
from lab.patterns.cancellation import Cancellation
from lab.patterns.codel import Codel
from lab.patterns.deadline_drop import DeadlineDrop
from lab.patterns.guards import parse_guards
from lab.patterns.idempotency import Ledger
from lab.patterns.queue_order import End, QueueOrder
from lab.patterns.shedding import Shedding

MAKERS: Mapping[str, Callable[[Any], Any]] = {
    "ledger": Ledger,
    "admission": Admission,
    "shedding": Shedding,
    "codel": Codel,
    "deadline_drop": DeadlineDrop,
    "brownout": Brownout,
}
ALWAYS = {"queue_order": "order", "cancellation": "cancellation"}
"""Those that are never None: what they are off is another behaviour."""
TIMED = ("brownout",)
"""Those whose state changes by time alone."""


class Guards:
    """A guard that is off is None and costs a look; with other settings it keeps what it learnt."""

    def __init__(self, settings: Mapping[str, Mapping[str, object]]) -> None:
        self.order = QueueOrder(parse_guards({})["queue_order"])
        self.cancellation = Cancellation(parse_guards({})["cancellation"])
        self.ledger: Ledger[Response] | None = None
        self.admission: Admission | None = None
        self.shedding: Shedding | None = None
        self.codel: Codel | None = None
        self.deadline_drop: DeadlineDrop | None = None
        self.brownout: Brownout | None = None
        self.retune(settings)

    def retune(self, settings: Mapping[str, Mapping[str, object]]) -> None:
        """Guard by other settings from now on."""
        for name, wanted in parse_guards(settings).items():
            if name in ALWAYS:
                getattr(self, ALWAYS[name]).retune(wanted)
                continue
            guard = getattr(self, name)
            if not wanted.enabled:
                setattr(self, name, None)
            elif guard is None:
                setattr(self, name, MAKERS[name](wanted))
            else:
                guard.retune(wanted)

    def turns_away(self, priority: str, in_flight: int, waiting: int, places: int) -> str:
        """Return why a request is not let in; empty if it is. ``in_flight`` includes it."""
        if self.admission is not None and in_flight > self.admission.limit:
            return f"admission: {self.admission.limit} are at work or wait already"
        if self.shedding is not None:
            return self.shedding.sheds(priority, waiting, places)
        return ""

    def next(self, waiting: int, workers: int) -> End:
        """Return which of those that wait is served next."""
        return self.order.next(waiting, workers)

    def drops(self, waited_s: float, left_s: float | None, now_s: float, behind: int) -> str:
        """Return why a request that has waited is not begun; empty if it is."""
        dropped = ""
        if self.codel is not None:
            dropped = self.codel.judge(waited_s, now_s, left=behind)
        if not dropped and self.deadline_drop is not None:
            dropped = self.deadline_drop.judge(left_s)
        return dropped

    def worked(self, seconds: float) -> None:
        """Learn how long a request's work and calls took, without its wait."""
        if self.deadline_drop is not None:
            self.deadline_drop.learn(seconds)

    def ended(self, seconds: float, in_flight: int, now_s: float, *, in_time: bool) -> None:
        """Learn from a request that was begun: its time with the wait, and how many were here."""
        if self.admission is not None:
            self.admission.ended(seconds, in_flight, dropped=not in_time)
        if self.brownout is not None:
            self.brownout.answered(seconds, now_s)

    def dims(self, now_s: float, chance: Callable[[], float]) -> str:
        """Return why a request goes without its optional parts; empty if it gets them."""
        return "" if self.brownout is None else self.brownout.dims(now_s, chance)

    def snapshot(self, now_s: float) -> dict[str, dict[str, object]]:
        """Return the state of every guard that is on, as plain data."""
        state: dict[str, dict[str, object]] = {}
        if not self.cancellation.settings.enabled:
            state["cancellation"] = self.cancellation.snapshot()
        if self.order.settings.order != "fifo":
            state["queue_order"] = self.order.snapshot()
        for name in MAKERS:
            guard = getattr(self, name)
            if guard is not None:
                state[name] = guard.snapshot(now_s) if name in TIMED else guard.snapshot()
        return state
