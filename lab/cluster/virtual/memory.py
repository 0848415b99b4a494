"""The memory of this process."""

import resource
import sys
from contextlib import suppress
from pathlib import Path

_PAGES = Path("/proc/self/statm")


def memory_bytes() -> int:
    """Return what this process has in memory now; where that is not told, the most that it had."""
    with suppress(OSError):
        return int(_PAGES.read_text().split()[1]) * resource.getpagesize()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
