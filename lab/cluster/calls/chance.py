"""Named streams of chance: changing who draws from one leaves the draws of the others alone."""

from collections.abc import Callable
from random import Random

Chance = Callable[[], float]


def in_whole_ns(seconds: float) -> float:
    """Round a drawn duration to nanoseconds.

    The logarithms of two C libraries differ in their last bit; what is drawn must not.
    """
    return int(seconds * 1e9 + 0.5) / 1e9


class Streams:
    """Independent seeded streams of uniform numbers in [0, 1), one per name."""

    def __init__(self, seed: int, owner: str) -> None:
        self._root = f"{seed}/{owner}"
        self._streams: dict[str, Random] = {}

    def stream(self, name: str) -> Random:
        """Return the generator of ``name``, always the same one."""
        if name not in self._streams:
            self._streams[name] = Random(f"{self._root}/{name}")
        return self._streams[name]

    def chance(self, name: str) -> Chance:
        """Return the stream of ``name`` as a plain function."""
        return self.stream(name).random
