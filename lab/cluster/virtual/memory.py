"""The memory of this process."""

import gc
import resource
import sys
from contextlib import suppress
from pathlib import Path

YOUNG, MIDDLE, OLD = 20_000, 20, 20
"""Python's own are 700, 10, 10. A lab makes hardly any circles, and a large one has a million
objects to look through: with these it takes a sixth less time (``tests/bench/growth.py``)."""

_PAGES = Path("/proc/self/statm")


def memory_bytes() -> int:
    """Return what this process has in memory now; where that is not told, the most that it had."""
    with suppress(OSError):
        return int(_PAGES.read_text().split()[1]) * resource.getpagesize()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def collect_seldom() -> None:
    """Look for circles of garbage less often. For a process that does nothing but play labs."""
    gc.set_threshold(YOUNG, MIDDLE, OLD)
