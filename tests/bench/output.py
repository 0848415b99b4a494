"""Where the benchmarks write what they have found. ``BENCH_JSON`` names the file of figures."""

import os
import tempfile
from pathlib import Path


def figures() -> Path:
    """Return the file of all figures."""
    usual = Path(tempfile.gettempdir()) / "faultline-bench.json"
    return Path(os.environ.get("BENCH_JSON", usual))


def beside(name: str) -> Path:
    """Return a file beside it, such as ``faultline-bench-virtual.svg``."""
    path = figures()
    return path.with_name(f"{path.stem}-{name}")
