"""Bulkhead: only so many calls inside at once, so that one slow callee cannot sink the ship.

    free ──the last permit is taken──▶ waiting ──the last place to wait is taken──▶ full
         ◀──a permit comes back, and nobody waits── ◀──somebody who waits gets in or goes──

After resilience4j's SemaphoreBulkhead and Hystrix's semaphores. A full bulkhead *refuses*: nothing
was sent, so that is definite. The queue is bounded, or it would be a queue and not a bulkhead.
A permit passes from the one who leaves straight to the one who has waited longest.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from lab.patterns.parameters import parameter


@dataclass(frozen=True, slots=True)
class BulkheadSettings:
    """How many may be inside, and how many may wait how long."""

    permits: int = parameter(
        10,
        unit="calls",
        minimum=1,
        maximum=1000,
        help="How many calls to this dependency may be under way at the same time.",
        reference="resilience4j 25, Hystrix 10",
    )
    queue: int = parameter(
        0,
        unit="calls",
        minimum=0,
        maximum=1000,
        help="How many more may wait for a permit. With 0 a call gets in at once or not at all.",
        reference="Hystrix 0",
    )
    wait_s: float = parameter(
        0.5,
        unit="s",
        minimum=0.0,
        maximum=60.0,
        help="How long one may wait for a permit. The call's deadline goes on meanwhile.",
        reference="resilience4j 0 s",
    )


class Entry(StrEnum):
    """The answer to one who wants to enter."""

    GRANTED = "granted"
    QUEUED = "queued"
    FULL = "full"


GRANTED = Entry.GRANTED
"""The usual answer; asking the class for it takes as long as giving it."""


@dataclass(slots=True)
class BulkheadCounts:
    """How many entered (at once or after a wait), were turned away, and gave up waiting."""

    entered: int = 0
    queued: int = 0
    full: int = 0
    abandoned: int = 0

    def plain(self) -> dict[str, int]:
        """Return the counts by name; ``asdict`` takes twenty times as long."""
        return {name: getattr(self, name) for name in self.__slots__}


class Bulkhead:
    """Counts permits; only the caller waits.

    Whoever was GRANTED leaves exactly once. Whoever was QUEUED waits until its ticket is returned
    by ``leave``, ``abandon`` or ``resize`` (then it is in), or abandons its ticket.
    """

    def __init__(self, settings: BulkheadSettings) -> None:
        self.counts = BulkheadCounts()
        self._settings = settings
        self._inside = 0
        self._waiting: OrderedDict[Hashable, None] = OrderedDict()

    def enter(self, ticket: Hashable) -> Entry:
        """Ask for a permit. ``ticket`` names the one who asks, and must not be waiting already."""
        if self._inside < self._settings.permits:
            self._inside += 1
            self.counts.entered += 1
            return GRANTED
        if ticket in self._waiting:
            raise ValueError(f"ticket {ticket!r} is waiting already")
        if len(self._waiting) < self._settings.queue:
            self._waiting[ticket] = None
            self.counts.queued += 1
            return Entry.QUEUED
        self.counts.full += 1
        return Entry.FULL

    def leave(self) -> Hashable | None:
        """Give a permit back. Returns the ticket of the one who gets it, None if nobody does."""
        if self._inside == 0:
            raise RuntimeError("left the bulkhead more often than entered")
        self._inside -= 1
        return self._admit() if self._waiting else None

    def abandon(self, ticket: Hashable) -> Hashable | None:
        """Stop waiting: the time ran out, or the call was cancelled.

        If the permit had been granted already, in the very moment, it goes to the next in line,
        whose ticket is returned.
        """
        self.counts.abandoned += 1
        if ticket in self._waiting:
            del self._waiting[ticket]
            return None
        return self.leave()

    def resize(self, settings: BulkheadSettings) -> list[Hashable]:
        """Use other settings from now on; returns the tickets of those who get in by that.

        Nobody is thrown out: with fewer permits, those inside finish; with a shorter queue, those
        in it stay.
        """
        self._settings = settings
        admitted = []
        while (ticket := self._admit()) is not None:
            admitted.append(ticket)
        return admitted

    def snapshot(self) -> dict[str, object]:
        """Return the state, its reason, who is where and the counts, as plain data."""
        permits, queue, waiting = self._settings.permits, self._settings.queue, len(self._waiting)
        state, then = "full", "the next call is refused"
        if self._inside < permits:
            state, then = "free", "the next call gets in"
        elif waiting < queue:
            state, then = "waiting", "the next call waits"
        reason = f"{self._inside} of {permits} permits are taken"
        if queue or waiting:
            reason += f" and {waiting} of {queue} places to wait"
        return {
            "state": state,
            "reason": f"{reason}: {then}",
            "permits": permits,
            "inside": self._inside,
            "queue": queue,
            "waiting": waiting,
            "counts": self.counts.plain(),
        }

    def _admit(self) -> Hashable | None:
        if not self._waiting or self._inside >= self._settings.permits:
            return None
        ticket, _ = self._waiting.popitem(last=False)
        self._inside += 1
        self.counts.entered += 1
        return ticket
