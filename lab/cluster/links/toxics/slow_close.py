"""Delays the end of a connection."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from lab.cluster.links.toxics.queue_stage import QueueStage


@dataclass(frozen=True, slots=True)
class SlowCloseSettings:
    """Toxiproxy's attribute: ``delay`` in ms."""

    delay: int = 0


class SlowClose(QueueStage[SlowCloseSettings]):
    """Delays the FIN only; data passes at once."""

    settings_type: ClassVar[type] = SlowCloseSettings

    def _plan(self, data: bytes, at_s: float) -> Iterator[tuple[bytes, float]]:
        yield data, at_s

    def _plan_end(self, at_s: float) -> float:
        return at_s + self.settings.delay / 1000.0
