"""The events of one lab, each with the fault that caused it where that is known."""

import itertools
from collections.abc import Callable
from typing import Any

CAUSED_WITHIN_S = 30.0

Plain = dict[str, Any]


class Journal:
    """Numbers events, dates them from the lab's start, and links effects to causes."""

    def __init__(self, clock: Callable[[], float], publish: Callable[[Plain], None]) -> None:
        self._began_s = clock()
        self._clock = clock
        self._publish = publish
        self._ids = itertools.count(1)
        self._causes: dict[str, Plain] = {}

    def t(self, at_s: float | None = None) -> float:
        """Return seconds since the lab's start, of now or of a moment on the machine's clock."""
        return round((self._clock() if at_s is None else at_s) - self._began_s, 3)

    def add(
        self,
        kind: str,
        subject: str,
        text: str,
        *,
        by: str | None = None,
        detail: Plain | None = None,
        at_s: float | None = None,
    ) -> Plain:
        """Record an event and publish it."""
        t = self.t(at_s)
        cause = self._cause(kind, subject, t)
        event = {
            "type": "event",
            "id": next(self._ids),
            "t": t,
            "kind": kind,
            "subject": subject,
            "by": by,
            "text": text,
            "detail": detail or {},
            "cause": None if cause is None else cause["id"],
            "after_s": None if cause is None else round(t - cause["t"], 2),
        }
        self._publish(event)
        return event

    def touches(self, event: Plain, subjects: list[str]) -> None:
        """Let ``event`` (a fault's beginning) be the cause of what happens to ``subjects``."""
        for subject in subjects:
            self._causes[subject] = event

    def over(self, event_id: int) -> None:
        """A fault has ended: what happens from now on has another cause."""
        self._causes = {s: cause for s, cause in self._causes.items() if cause["id"] != event_id}

    def _cause(self, kind: str, subject: str, t: float) -> Plain | None:
        if kind not in ("breaker", "health", "outlier", "process_exit", "process_stopped"):
            return None
        cause = self._causes.get(subject) or self._causes.get(subject.rpartition(":")[2])
        if cause is None or t - cause["t"] > CAUSED_WITHIN_S:
            return None
        return cause
