"""What a toxic is on one direction of one connection."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import Enum
from typing import ClassVar, Generic, Protocol, TypeVar


class Ending(Enum):
    """How the receiving side learns that a direction has ended."""

    FIN = "only this direction ends; the other goes on"
    CLOSE = "both sides of the connection are closed"
    RESET = "both sides of the connection are reset"


class Outlet(Protocol):
    """What comes next in a stream: another stage or, last, the socket.

    ``at_s`` is when the data was due here, not when a late timer delivered it, so that the delays
    of several stages add up without adding up the errors of their timers.
    """

    def feed(self, data: bytes, at_s: float) -> None:
        """Take a chunk, never an empty one."""
        ...

    def end(self, ending: Ending, at_s: float) -> None:
        """Take the end, after which nothing comes."""
        ...


class Timer(Protocol):
    """What ``call_later`` returns: asyncio's TimerHandle, for one."""

    def cancel(self) -> None:
        """Do not call back any more."""
        ...


class Host(Protocol):
    """What a stage may ask of its stream."""

    def clock(self) -> float:
        """Return monotonic seconds."""
        ...

    def chance(self) -> float:
        """Return a uniform number in [0, 1)."""
        ...

    def call_later(self, delay_s: float, callback: Callable[[], None]) -> Timer:
        """Call back once, unless the handle is cancelled."""
        ...

    def block(self, stage: object) -> None:
        """Read no more from the source while this stage is full."""
        ...

    def unblock(self, stage: object) -> None:
        """Take ``block`` back."""
        ...

    def swallow_end(self) -> None:
        """Say that the source has ended and the other side will not learn of it."""
        ...


SettingsT = TypeVar("SettingsT")


class Stage(ABC, Generic[SettingsT]):
    """One toxic at work on one direction of one connection::

        feed, end ──▶ stage (holds, cuts, drops) ──▶ out.feed, out.end

    Nothing here awaits: a stage that must wait sets a timer, so it can always be interrupted.
    """

    settings_type: ClassVar[type]

    def __init__(self, host: Host, settings: SettingsT, out: Outlet) -> None:
        self.host = host
        self.settings = settings
        self.out = out
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Start, at the opening of the connection or when the toxic is added to an open one."""

    @abstractmethod
    def feed(self, data: bytes, at_s: float) -> None:
        """Take a chunk."""

    def end(self, ending: Ending, at_s: float) -> None:
        """Take the end."""
        self.out.end(ending, at_s)

    def retune(self, settings: SettingsT) -> None:
        """Go on with other settings."""
        self.settings = settings

    @abstractmethod
    def release(self) -> None:
        """Let go of everything held, at once: the toxic has been removed."""

    def drop(self) -> None:
        """Forget everything: the connection is gone."""
        self._cancel()

    def _wake_at(self, at_s: float) -> None:
        self._cancel()
        delay_s = max(0.0, at_s - self.host.clock())
        self._timer = self.host.call_later(delay_s, self._wake_now)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake_now(self) -> None:
        self._timer = None
        self._wake()

    def _wake(self) -> None:
        """Do what the timer was set for."""
