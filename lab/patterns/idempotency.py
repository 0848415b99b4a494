"""Idempotency keys: a write that is repeated is done once.

    keyed:  new ──work begins──▶ in_progress ──answered──▶ answered ──ttl_s later──▶ forgotten
                                     └──failed before it was done──▶ new         (other: a mistake)

After Stripe's API and the IETF's draft *The Idempotency-Key HTTP Header Field*. The caller gives a
write a key, outside of its retries, so that all attempts carry the same one. The callee remembers
the answer to each key and gives it again; a repeat that comes while the first is still at work is
told so (a conflict); the same key for another request is an error. Without a key, "no answer in
time" leaves nobody the wiser: the customer may have been charged, or not, and a retry may charge
twice.
"""

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from lab.patterns.parameters import parameter

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class KeySettings:
    """The caller's side has nothing to choose but to do it."""


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """The callee's side: how long answers are remembered."""

    enabled: bool = parameter(
        False,
        help="Remember the answers to writes by their key, and give them again.",
        reference="Stripe on",
    )
    ttl_s: float = parameter(
        60.0,
        unit="s",
        minimum=1.0,
        maximum=3600.0,
        help="How long an answer is remembered. Longer than anybody retries.",
        reference="Stripe 24 hours",
    )
    entries: int = parameter(
        5000,
        unit="entries",
        minimum=1,
        maximum=100_000,
        help="How many answers are remembered.",
        reference="as storage allows",
    )


class Seen(Enum):
    """What the ledger knows of a key."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    ANSWERED = "answered"
    OTHER = "used for another request"


@dataclass(slots=True)
class _Entry(Generic[Answer]):
    request: str
    at_s: float
    answer: Answer | None = None


class Ledger(Generic[Answer]):
    """The callee's memory. ``begin`` is one step: of two that come at once, one is new."""

    def __init__(self, settings: LedgerSettings) -> None:
        self._settings = settings
        self._entries: OrderedDict[str, _Entry[Answer]] = OrderedDict()
        self._counts = {"new": 0, "repeats": 0, "conflicts": 0, "mistakes": 0}
        self._state, self._reason = "new", "no key has come yet"

    def retune(self, settings: LedgerSettings) -> None:
        """Remember by other settings from now on."""
        self._settings = settings

    def begin(self, key: str, request: str, now_s: float) -> tuple[Seen, Answer | None]:
        """Take a request; return what is known of its key, and the answer if there is one."""
        self._forget(now_s)
        entry = self._entries.get(key)
        if entry is None:
            self._entries[key] = _Entry(request, now_s)
            return self._told(Seen.NEW, "new", f"{key[:8]} is new"), None
        if entry.request != request:
            return self._told(Seen.OTHER, "mistakes", f"{key[:8]} was for {entry.request}"), None
        if entry.answer is None:
            return self._told(Seen.IN_PROGRESS, "conflicts", f"{key[:8]} is at work"), None
        return self._told(Seen.ANSWERED, "repeats", f"{key[:8]} was answered"), entry.answer

    def answered(self, key: str, answer: Answer) -> None:
        """Remember the answer of a request that was done."""
        entry = self._entries.get(key)
        if entry is not None:
            entry.answer = answer

    def failed(self, key: str) -> None:
        """It was not done, so a repeat may do it; what is answered stays."""
        entry = self._entries.get(key)
        if entry is not None and entry.answer is None:
            del self._entries[key]

    def snapshot(self) -> dict[str, object]:
        """Return the state of the latest key, its reason and the counts, as plain data."""
        return {
            "state": self._state,
            "reason": self._reason,
            "entries": len(self._entries),
            "counts": dict(self._counts),
        }

    def _told(self, seen: Seen, count: str, reason: str) -> Seen:
        self._counts[count] += 1
        self._state, self._reason = seen.name.lower(), reason
        return seen

    def _forget(self, now_s: float) -> None:
        entries, settings = self._entries, self._settings
        while entries:
            key, oldest = next(iter(entries.items()))
            if oldest.at_s > now_s - settings.ttl_s and len(entries) < settings.entries:
                return
            del entries[key]
