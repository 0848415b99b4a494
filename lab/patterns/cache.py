"""Cache: answer from memory what was asked before, and ask only once for what is not there.

    miss ──stored──▶ fresh ──older than ttl_s──▶ stale ──too old, or pushed out──▶ miss
                       ▲───────revalidated────────┘

After RFC 9111 (freshness) and RFC 5861: for a while after its time an entry may still be given
while somebody asks anew (``stale_while_s``), or when asking failed (``stale_if_error_s``, which
makes the answer degraded). One flight per key: while one asks, the others wait for what it brings,
so that an expired hot key is not asked for a thousand times at once. Failures are not kept. The
least recently used entries go when there are more than ``entries``.
"""

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from lab.patterns.parameters import parameter

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """How long what is good, how much is kept, and whether askers share a flight."""

    ttl_s: float = parameter(
        5.0,
        unit="s",
        minimum=0.0,
        maximum=3600.0,
        help="How long an answer is fresh.",
        reference="RFC 9111 max-age: as the server says",
    )
    stale_while_s: float = parameter(
        0.0,
        unit="s",
        minimum=0.0,
        maximum=3600.0,
        help="How long after that it is still given while it is asked for anew behind the scenes.",
        reference="RFC 5861 stale-while-revalidate: as the server says",
    )
    stale_if_error_s: float = parameter(
        30.0,
        unit="s",
        minimum=0.0,
        maximum=3600.0,
        help="How long after that it is given when asking fails. The answer is degraded then.",
        reference="RFC 5861 stale-if-error: as the server says",
    )
    coalesce: bool = parameter(
        True,
        help="One flight per key: askers wait for the one that asks. Switch it off to see a herd.",
        reference="nginx proxy_cache_lock off, Varnish on",
    )
    entries: int = parameter(
        1000,
        unit="entries",
        minimum=1,
        maximum=100_000,
        help="How many answers are kept.",
        reference="as memory allows",
    )


class Found(Enum):
    """What is in the cache for a key."""

    FRESH = "fresh"
    STALE = "stale"
    """Give it, and ask anew (see ``takes_off``)."""
    MISS = "miss"


RESCUED = "rescued"
"""A stale answer was given because asking failed."""


@dataclass(slots=True)
class _Entry(Generic[Answer]):
    answer: Answer
    stored_s: float


class Cache(Generic[Answer]):
    """Keeps answers and knows who is asking. It never waits: the caller does."""

    def __init__(self, settings: CacheSettings) -> None:
        self._settings = settings
        self._entries: OrderedDict[str, _Entry[Answer]] = OrderedDict()
        self._flights: set[str] = set()
        self._counts = dict.fromkeys(
            ("fresh", "stale", "miss", "shared", "stale_if_error", "pushed_out"), 0
        )
        self._state, self._key, self._age_s = "miss", "", 0.0  # of the latest look

    def retune(self, settings: CacheSettings) -> None:
        """Keep by other settings from now on."""
        self._settings = settings
        self._push_out()

    def look(self, key: str, now_s: float) -> tuple[Found, Answer | None]:
        """Return what is there for ``key``, and count it."""
        entry = self._entries.get(key)
        age_s = 0.0 if entry is None else now_s - entry.stored_s
        settings = self._settings
        if entry is None or age_s >= settings.ttl_s + settings.stale_while_s:
            return self._told(Found.MISS, key, age_s), None
        self._entries.move_to_end(key)
        if age_s < settings.ttl_s:
            return self._told(Found.FRESH, key, age_s), entry.answer
        return self._told(Found.STALE, key, age_s), entry.answer

    def takes_off(self, key: str) -> bool:
        """Return whether to ask for ``key`` now; False while another flight is under way."""
        if not self._settings.coalesce:
            return True
        if key in self._flights:
            self._counts["shared"] += 1
            return False
        self._flights.add(key)
        return True

    def lands(self, key: str) -> None:
        """The flight for ``key`` is over, whatever it brought; idempotent."""
        self._flights.discard(key)

    def store(self, key: str, answer: Answer, now_s: float) -> None:
        """Keep a good answer."""
        self._entries[key] = _Entry(answer, now_s)
        self._entries.move_to_end(key)
        self._push_out()

    def rescue(self, key: str, now_s: float) -> tuple[Answer, str] | None:
        """Return an old answer and its age in words, for when asking failed; None without one."""
        entry, settings = self._entries.get(key), self._settings
        if entry is None:
            return None
        age_s = now_s - entry.stored_s
        if age_s >= settings.ttl_s + settings.stale_if_error_s:
            return None
        self._counts["stale_if_error"] += 1
        self._state, self._key, self._age_s = RESCUED, key, age_s
        return entry.answer, f"from the cache, {age_s:.1f} s old"

    def flush(self) -> None:
        """Forget all answers; flights under way go on."""
        self._entries.clear()

    def snapshot(self) -> dict[str, object]:
        """Return the state of the latest look, its reason, how many are kept, and the counts."""
        state = "stale" if self._state == RESCUED else self._state
        looks = sum(self._counts[found.value] for found in Found)
        hits = self._counts["fresh"] + self._counts["stale"]
        return {
            "state": state,
            "reason": self._why(),
            "entries": len(self._entries),
            "flights": len(self._flights),
            "hit_ratio": round(hits / looks, 4) if looks else None,
            "counts": dict(self._counts),
        }

    def _told(self, found: Found, key: str, age_s: float) -> Found:
        state = found._value_  # what .value looks up, without the look-up
        self._counts[state] += 1
        self._state, self._key, self._age_s = state, key, age_s
        return found

    def _why(self) -> str:
        """Say what the latest look found; most looks pass without anybody asking."""
        if not self._key:
            return "nothing has been asked yet"
        old = f"{self._age_s:.1f} s old"
        words = {
            "miss": "nothing fresh is kept",
            "fresh": old,
            "stale": f"{old}, asked for anew",
            RESCUED: f"{old}, but asking failed",
        }
        return f"{self._key}: {words[self._state]}"

    def _push_out(self) -> None:
        while len(self._entries) > self._settings.entries:
            self._entries.popitem(last=False)
            self._counts["pushed_out"] += 1
