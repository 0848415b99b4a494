"""Lets only so many bytes pass in a second."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from lab.cluster.links.toxics.queue_stage import QueueStage
from lab.cluster.links.toxics.stage import Host, Outlet

_PIECE_MS = 100


@dataclass(frozen=True, slots=True)
class BandwidthSettings:
    """Toxiproxy's attribute: ``rate`` in KB/s of 1,000 bytes each; 0 stalls."""

    rate: int = 0


class Bandwidth(QueueStage[BandwidthSettings]):
    """Delivers a chunk when its last byte would have arrived over a wire of this rate.

    Large chunks come in pieces of 100 ms. The rate is that of one connection, not of the link.
    """

    settings_type: ClassVar[type] = BandwidthSettings

    def __init__(self, host: Host, settings: BandwidthSettings, out: Outlet) -> None:
        super().__init__(host, settings, out)
        self._free_at_s = 0.0

    def retune(self, settings: BandwidthSettings) -> None:
        """Send what is held at the new rate, from now on."""
        self._free_at_s = self.host.clock()
        super().retune(settings)

    def _plan(self, data: bytes, at_s: float) -> Iterator[tuple[bytes, float]]:
        rate = self.settings.rate
        if not rate:
            yield data, math.inf
            return
        piece_bytes = rate * _PIECE_MS
        self._free_at_s = max(self._free_at_s, at_s)
        for start in range(0, len(data), piece_bytes):
            piece = data[start : start + piece_bytes]
            self._free_at_s += len(piece) / (rate * 1000.0)
            yield piece, self._free_at_s
