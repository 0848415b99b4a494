"""``make bench``: every figure that Faultline promises, beside its promise, in one table and JSON.

``python -m tests.bench [NAME …]`` runs some of them. ``BENCH_JSON`` names the file.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench import browser, chained, fanout, hop, patterns, start, virtual
from tests.bench.faithful import table
from tests.bench.output import figures
from tests.survival import soak


@dataclass(frozen=True)
class Promise:
    """One figure: where it comes from, its unit, and the bound that it must keep."""

    bench: str
    figure: str
    words: str
    unit: str
    bound: float
    at_least: bool = False

    def kept(self, value: float) -> bool:
        """Tell whether a measured value keeps the promise."""
        return value >= self.bound if self.at_least else value <= self.bound


PROMISES = (
    Promise("start", "make_lab_s", "warm make lab to the first user answered", "s", 4.0),
    Promise("start", "lab_s", "a lab of eleven workers, request to traffic", "s", 1.0),
    Promise("start", "memory_mb", "the site with one such lab, PSS", "MB", 250.0),
    Promise("chained", "hop_us", "CPU of a hop with all on it, 4 in flight", "µs", 200.0),
    Promise("chained", "telemetry_ratio", "what telemetry adds to it", "", 0.05),
    Promise("patterns", "breaker", "the breaker, a successful call", "µs", 3.0),
    Promise("patterns", "retry", "retry with its budget, the same", "µs", 2.0),
    Promise("patterns", "ours", "retry > timeout > breaker > bulkhead", "µs", 15.0),
    Promise("patterns", "hyx_ratio", "… hyx's against it", "×", 3.0, at_least=True),
    Promise("patterns", "three_ratio", "… tenacity, wait_for and circuitbreaker", "×", 6.0, True),
    Promise("patterns", "whole_us", "the whole chain, on a hop of a live lab", "µs", 40.0),
    Promise("browser", "click_to_worker_ms", "click to worker, p95", "ms", 100.0),
    Promise("browser", "click_to_picture_ms", "click to picture, p95", "ms", 300.0),
    Promise("browser", "breaker_ms", "breaker's decision to the browser", "ms", 150.0),
    Promise("browser", "busy_ratio", "main thread at 100 requests/s", "", 0.25),
    Promise("browser", "frames_per_s", "frames per second", "/s", 58.0, at_least=True),
    Promise("browser", "heap_growth_mb", "growth of the page's heap", "MB", 1.0),
    Promise("fanout", "p99_ms", "200 viewers × 10 frames/s, delay p99", "ms", 100.0),
    Promise(
        "virtual", "speed", "virtual time, toyshop at 100 requests/s", "×", 25.0, at_least=True
    ),
    Promise("virtual", "cpu_ratio", "a virtual lab at real-time speed, CPU", "", 0.04),
    Promise("virtual", "memory_mb", "… what it adds to the site, PSS", "MB", 25.0),
    Promise("virtual", "linear_r2", "time over calls and instances, R²", "", 0.98, at_least=True),
    Promise("soak", "worst_reset_s", "two minutes of random harm, worst reset", "s", 3.0),
    Promise("soak", "worst_answer_s", "… worst answer to a command", "s", 1.0),
)

BENCHES: dict[str, Callable[[], dict[str, float]]] = {
    "start": start.measure,
    "chained": chained.measure,
    "patterns": patterns.measure,
    "browser": browser.measure,
    "fanout": fanout.measure,
    "virtual": virtual.measure,
    "soak": soak.measure,
}


def main(names: list[str]) -> None:
    """Run the named benches, all when none is named."""
    chosen = names or [*BENCHES, "hop", "faithful"]
    results: dict[str, dict[str, Any]] = {}
    print(f"{'what':<46}{'ours':>10}  {'promised':<14}")
    for name, bench in BENCHES.items():
        if name not in chosen:
            continue
        results[name] = bench()
        for promise in PROMISES:
            if promise.bench == name:
                print(_line(promise, results[name][promise.figure]), flush=True)
    if "hop" in chosen:
        bare = hop.measure()
        print(f"{'a bare hop against raw sockets, 4 in flight':<46}{bare['ratio']['4']:>9}×")
        results["hop"] = bare
    if "faithful" in chosen:
        results["faithful"] = table.measure()
    path = figures()
    promises = [asdict(promise) for promise in PROMISES]
    path.write_text(json.dumps({"results": results, "promises": promises}, indent=1))
    print(f"written to {path}")


def _line(promise: Promise, value: float) -> str:
    sign = "≥" if promise.at_least else "≤"
    mark = "" if promise.kept(value) else "  not kept"
    bound = f"{sign} {promise.bound:g} {promise.unit}"
    return f"{promise.words:<46}{value:>10.3g}  {bound:<14}{mark}"


if __name__ == "__main__":
    main(sys.argv[1:])
