"""How the time of a virtual second grows: with the calls in it, and with the instances.

A front and n leaves are played at several rates, each size in a process of its own. The time should
be a straight line over the calls, as steep for 1,000 instances as for 10; what an instance costs
without any call (its ticks, its probes, its part of each frame) should not depend on n either.

``python -m tests.bench.growth`` prints the table and takes about a minute.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, mean

from lab.cluster import Play
from lab.cluster.experiments.report.looks import LOOKS
from lab.cluster.experiments.report.plots import LEFT, RIGHT, WIDTH, Line, Plot, Point, svg
from lab.cluster.experiments.report.scales import linear
from lab.cluster.virtual.memory import collect_seldom
from tests.bench.output import beside
from tests.virtual.leaves import leaves

SIZES = (10, 100, 300, 1_000)
"""Instances, the front among them."""
RATES_PER_S = (50.0, 100.0, 200.0, 400.0)
CALLS_PER_REQUEST = 2
SETTLE_S, SECONDS, WINDOWS = 2.0, 2.0, 3
"""Of three windows the cheapest counts: what disturbs them only ever adds."""
STYLE = Path(__file__).parents[2] / "lab/cluster/experiments/report/report.css"


@dataclass(frozen=True, slots=True)
class Row:
    """One size: milliseconds of processor for a virtual second, by calls in that second."""

    instances: int
    calls_per_s: list[float]
    cost_ms: list[float]

    @property
    def call_us(self) -> float:
        """What a call costs, by the straight line that fits best."""
        return linear_regression(self.calls_per_s, self.cost_ms).slope * 1000.0


def measure() -> dict[str, float]:
    """Return what calls and instances cost, and how linear that is; print and plot all of it.

    ``call_us`` and ``instance_us`` (an instance for a second) are those with which
    ``time = calls * call_us + instances * instance_us`` fits all rows best, and ``linear_r2`` says
    how well it does: 1 is perfectly. ``steepness_ratio`` is a call among 1,000 instances against
    one among 10, each by the line through its own row.
    """
    rows = [_in_a_process_of_its_own(size) for size in SIZES]
    _print(rows)
    beside("virtual.svg").write_text(_picture(rows), encoding="utf-8")
    return {**_fit(rows), "steepness_ratio": rows[-1].call_us / rows[0].call_us}


def row_of(instances: int) -> Row:
    """Play one size at every rate in this process, set up as a player's is."""
    collect_seldom()
    play = Play(leaves(instances - 1, RATES_PER_S[0]))
    play.begin()
    calls, costs = [], []
    for rate_per_s in RATES_PER_S:
        play.command(command="set_users", rate_per_s=rate_per_s)
        play.run_until(play.t + SETTLE_S)
        offered = play.lab.totals.offered
        costs.append(min(_window_ms(play) for _ in range(WINDOWS)))
        requests = play.lab.totals.offered - offered
        calls.append(requests * CALLS_PER_REQUEST / (SECONDS * WINDOWS))
    play.close()
    return Row(instances, calls, costs)


def _window_ms(play: Play) -> float:
    began_s = time.process_time()
    play.run_until(play.t + SECONDS)
    return (time.process_time() - began_s) / SECONDS * 1000.0


def _in_a_process_of_its_own(instances: int) -> Row:
    command = [sys.executable, "-m", "tests.bench.growth", str(instances)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return Row(instances, *json.loads(found))


def _fit(rows: list[Row]) -> dict[str, float]:
    """Fit a plane through the origin by least squares."""
    points = [
        (calls, float(row.instances), cost)
        for row in rows
        for calls, cost in zip(row.calls_per_s, row.cost_ms, strict=True)
    ]
    cc, ci, ii, cm, im = (
        sum(point[a] * point[b] for point in points)
        for a, b in ((0, 0), (0, 1), (1, 1), (0, 2), (1, 2))
    )
    whole = cc * ii - ci * ci
    call_ms, instance_ms = (cm * ii - im * ci) / whole, (im * cc - cm * ci) / whole
    off = sum((cost - calls * call_ms - n * instance_ms) ** 2 for calls, n, cost in points)
    spread = sum((cost - mean(point[2] for point in points)) ** 2 for *_, cost in points)
    return {
        "linear_r2": 1.0 - off / spread,
        "call_us": call_ms * 1000.0,
        "instance_us": instance_ms * 1000.0,
    }


def _print(rows: list[Row]) -> None:
    print(f"{'instances':>10}{'ms for a virtual second at calls/s':^50}{'µs/call':>9}")
    for row in rows:
        pairs = zip(row.calls_per_s, row.cost_ms, strict=True)
        cells = "".join(f"{cost:>7.1f} at{calls:>4.0f}" for calls, cost in pairs)
        print(f"{row.instances:>10}{cells:^50}{row.call_us:>9.1f}")


def _picture(rows: list[Row]) -> str:
    lines = [
        Line(
            f"{row.instances:,} instances",
            look,
            [Point(x, y, y, y) for x, y in zip(row.calls_per_s, row.cost_ms, strict=True)],
        )
        for row, look in zip(rows, LOOKS, strict=False)
    ]
    most = max(calls for row in rows for calls in row.calls_per_s)
    across = linear(0.0, most, LEFT, WIDTH - RIGHT)
    plot = Plot("Time of a virtual second", "ms of one core", "calls in that second", across, lines)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
    drawn = svg(plot).replace("<svg ", head, 1)
    style = f"<style>{STYLE.read_text(encoding='utf-8')}</style>"
    return drawn.replace("\n", f"\n{style}\n", 1)


if __name__ == "__main__":
    if sys.argv[1:]:
        found = row_of(int(sys.argv[1]))
        print(json.dumps([found.calls_per_s, found.cost_ms]))
    else:
        print(json.dumps(measure(), indent=1))
