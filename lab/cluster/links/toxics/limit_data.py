"""Closes the connection after so many bytes."""

from dataclasses import dataclass
from typing import ClassVar

from lab.cluster.links.toxics.stage import Ending, Host, Outlet, Stage


@dataclass(frozen=True, slots=True)
class LimitDataSettings:
    """Toxiproxy's attribute: ``bytes``, counted on each connection."""

    bytes: int = 0


class LimitData(Stage[LimitDataSettings]):
    """Passes exactly so many bytes and closes with the last of them."""

    settings_type: ClassVar[type] = LimitDataSettings

    def __init__(self, host: Host, settings: LimitDataSettings, out: Outlet) -> None:
        super().__init__(host, settings, out)
        self._passed_bytes = 0
        self._cut = False

    def feed(self, data: bytes, at_s: float) -> None:
        """Pass what is left of the limit."""
        if self._cut:
            return
        left_bytes = max(0, self.settings.bytes - self._passed_bytes)
        part = data[:left_bytes]
        if part:
            self._passed_bytes += len(part)
            self.out.feed(part, at_s)
        if len(data) >= left_bytes:
            self._cut = True
            self.out.end(Ending.CLOSE, at_s)

    def end(self, ending: Ending, at_s: float) -> None:
        """Pass the end on, unless it came already."""
        if not self._cut:
            self.out.end(ending, at_s)

    def release(self) -> None:
        """Hold nothing."""
