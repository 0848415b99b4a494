"""Queue order: who of those that wait is served next.

    fifo ──more wait than can be served soon──▶ lifo ──few wait again──▶ fifo        (adaptive)

First in, first out is fair as long as the queue is short. Under lasting overload it serves
everybody late: each has waited the whole queue, and most have given up. Last in, first out serves
the newest, who still waits, and lets the oldest expire (Facebook's adaptive LIFO: Maurer, *Fail at
Scale*, ACM Queue 2015). ``adaptive`` is fifo until more than ``threshold`` wait for each worker.
"""

from dataclasses import dataclass
from typing import Literal

from lab.patterns.parameters import parameter

End = Literal["oldest", "newest"]


@dataclass(frozen=True, slots=True)
class QueueOrderSettings:
    """Which end of the queue is served."""

    order: str = parameter(
        "fifo",
        choices=("fifo", "lifo", "adaptive"),
        help="fifo serves the one who has waited longest, lifo the newest, adaptive changes over "
        "when the queue grows.",
        reference="nearly all fifo; Facebook adaptive",
    )
    threshold: float = parameter(
        2.0,
        unit="per worker",
        minimum=0.1,
        maximum=100.0,
        help="For adaptive: so many waiting for each worker are too many to serve in their order.",
        reference="Facebook: when requests queue at all",
    )


class QueueOrder:
    """Says which end is next."""

    def __init__(self, settings: QueueOrderSettings) -> None:
        self.settings = settings
        self._waiting = self._workers = 0
        self._newest = self._oldest = 0

    def retune(self, settings: QueueOrderSettings) -> None:
        """Serve by other settings from now on."""
        self.settings = settings

    def next(self, waiting: int, workers: int) -> End:
        """Return which of ``waiting`` requests a free one of ``workers`` takes."""
        self._waiting, self._workers = waiting, workers
        if self._is_lifo():
            self._newest += 1
            return "newest"
        self._oldest += 1
        return "oldest"

    def snapshot(self) -> dict[str, object]:
        """Return the state, its reason and the counts, as plain data."""
        return {
            "state": "lifo" if self._is_lifo() else "fifo",
            "reason": f"{self._waiting} wait for {self._workers} workers",
            "waiting": self._waiting,
            "workers": self._workers,
            "counts": {"oldest_first": self._oldest, "newest_first": self._newest},
        }

    def _is_lifo(self) -> bool:
        match self.settings.order:
            case "adaptive":
                return self._waiting > self.settings.threshold * max(1, self._workers)
            case order:
                return order == "lifo"
