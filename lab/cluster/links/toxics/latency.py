"""Delays everything by a while."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from lab.cluster.links.toxics.queue_stage import QueueStage
from lab.cluster.links.toxics.stage import Host, Outlet


@dataclass(frozen=True, slots=True)
class LatencySettings:
    """Toxiproxy's attributes, both in ms: ``latency`` ± a uniform ``jitter``."""

    latency: int = 0
    jitter: int = 0


class Latency(QueueStage[LatencySettings]):
    """Delays each chunk by the latency from its arrival, so that chunks overlap (a pipeline).

    Connecting is not affected; the end keeps its place behind the data and is not delayed itself.
    """

    settings_type: ClassVar[type] = LatencySettings
    capacity_bytes: ClassVar[int] = 1_048_576  # throughput x delay is in the air, as on a wire

    def __init__(self, host: Host, settings: LatencySettings, out: Outlet) -> None:
        super().__init__(host, settings, out)
        self._last_due_s = 0.0

    def retune(self, settings: LatencySettings) -> None:
        """Plan again; nobody must wait for a due time that was taken back."""
        self._last_due_s = 0.0
        super().retune(settings)

    def _plan(self, data: bytes, at_s: float) -> Iterator[tuple[bytes, float]]:
        delay_ms = float(self.settings.latency)
        if self.settings.jitter:
            delay_ms += (2.0 * self.host.chance() - 1.0) * self.settings.jitter
        self._last_due_s = max(self._last_due_s, at_s + max(0.0, delay_ms) / 1000.0)
        yield data, self._last_due_s
