"""Resets the connection."""

from dataclasses import dataclass
from typing import ClassVar

from lab.cluster.links.toxics.stage import Ending, Host, Outlet, Stage


@dataclass(frozen=True, slots=True)
class ResetPeerSettings:
    """Toxiproxy's attribute: ``timeout`` in ms from the first byte to the reset."""

    timeout: int = 0


class ResetPeer(Stage[ResetPeerSettings]):
    """Waits for the first byte or the end, then for the timeout, then resets both sides (RST).

    Nothing of what comes passes, unless the toxic is removed in between.
    """

    settings_type: ClassVar[type] = ResetPeerSettings

    def __init__(self, host: Host, settings: ResetPeerSettings, out: Outlet) -> None:
        super().__init__(host, settings, out)
        self._held: list[bytes] = []
        self._ending: Ending | None = None
        self._first_s: float | None = None

    def feed(self, data: bytes, at_s: float) -> None:
        """Hold; the reset comes in so many ms."""
        self._held.append(data)
        if self._first_s is None:
            self._first_s = at_s
            self._wait()
            self.host.block(self)

    def end(self, ending: Ending, at_s: float) -> None:
        """Reset in so many ms."""
        self._ending = ending
        if self._first_s is None:
            self._first_s = at_s
            self._wait()

    def retune(self, settings: ResetPeerSettings) -> None:
        """Reset at the new time, counted from the first byte."""
        self.settings = settings
        if self._first_s is not None:
            self._wait()

    def release(self) -> None:
        """Pass on what is held, as if nothing had been."""
        now_s = self.host.clock()
        held, ending = self._held, self._ending
        self.drop()
        for data in held:
            self.out.feed(data, now_s)
        if ending is not None:
            self.out.end(ending, now_s)

    def drop(self) -> None:
        """Forget all that is held."""
        self._cancel()
        self._held = []
        self._ending = None
        self.host.unblock(self)

    def _wait(self) -> None:
        if self._first_s is not None:
            self._wake_at(self._first_s + self.settings.timeout / 1000.0)

    def _wake(self) -> None:
        self.drop()
        self.out.end(Ending.RESET, self.host.clock())
