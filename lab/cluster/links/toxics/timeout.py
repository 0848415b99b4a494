"""A black hole."""

from dataclasses import dataclass
from typing import ClassVar

from lab.cluster.links.toxics.stage import Ending, Stage


@dataclass(frozen=True, slots=True)
class TimeoutSettings:
    """Toxiproxy's attribute: ``timeout`` in ms without any data; 0 waits for ever."""

    timeout: int = 0


class Timeout(Stage[TimeoutSettings]):
    """Drops all data, and closes the connection so many ms after the last byte (or the start).

    The end of the source is swallowed too. Removing the toxic closes the connection, since its
    stream has a hole.
    """

    settings_type: ClassVar[type] = TimeoutSettings

    def begin(self) -> None:
        """Start to count."""
        self._last_s = self.host.clock()
        self._wait()

    def feed(self, data: bytes, at_s: float) -> None:
        """Drop, and count anew."""
        self._last_s = at_s
        self._wait()

    def end(self, ending: Ending, at_s: float) -> None:
        """Tell nobody."""
        self.host.swallow_end()

    def retune(self, settings: TimeoutSettings) -> None:
        """Count by the new time, from the last byte."""
        self.settings = settings
        self._wait()

    def release(self) -> None:
        """Close."""
        self._cancel()
        self.out.end(Ending.CLOSE, self.host.clock())

    def _wait(self) -> None:
        self._cancel()
        if self.settings.timeout:
            self._wake_at(self._last_s + self.settings.timeout / 1000.0)

    def _wake(self) -> None:
        self.out.end(Ending.CLOSE, self.host.clock())
