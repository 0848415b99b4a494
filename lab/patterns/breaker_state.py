"""What a circuit breaker can be, and what it says: its states, permits, rejections, transitions."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Verdict = Literal["success", "failure", "ignored", "cancelled"]


class State(StrEnum):
    """Where the breaker is in the diagram above."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    FORCED_OPEN = "forced_open"
    DISABLED = "disabled"


def state_of(mode: str) -> State:
    """Return where a breaker begins that is set to ``mode``."""
    return State.CLOSED if mode == "auto" else State(mode)


@dataclass(slots=True)
class Permit:
    """One call may pass. It is recorded once, and counts in the generation that granted it."""

    generation: int
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """The call may not pass. ``retry_in_s`` is None when time alone will not change that."""

    reason: str
    retry_in_s: float | None


@dataclass(frozen=True, slots=True)
class BreakerTransition:
    """The breaker changed its state."""

    from_state: str
    to_state: str
    at_s: float
    reason: str


@dataclass(slots=True)
class BreakerCounts:
    """What it has seen since it was made. A slow call is also one that is ok or failed."""

    ok: int = 0
    failed: int = 0
    slow: int = 0
    not_permitted: int = 0
    late: int = 0
    ignored: int = 0
    cancelled: int = 0

    def plain(self) -> dict[str, int]:
        """Return the counts by name; ``asdict`` takes twenty times as long."""
        return {name: getattr(self, name) for name in self.__slots__}
