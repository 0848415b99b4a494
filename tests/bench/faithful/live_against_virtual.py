"""Four labs in both bodies: idle, loaded, faulty, overloaded.

The virtual network is given what a hop costs on this machine, measured just before. Both bodies
draw the same arrivals and the same work, so that rates and times differ by the bodies alone.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

from lab.cluster import Costs, Scenario, Spawner, measured_costs
from tests.bench.faithful.bodies import Plain, Seen, Stretch, live, middle, virtual
from tests.bench.faithful.claim import Claim
from tests.bench.faithful.disturbance import MOST_LATE_RATIO, watched_machine
from tests.cluster.shops import shipped

GROUP = "live against virtual"
REPETITIONS = 3
MOST_REPETITIONS = 5
RATE_RATIO = 0.05
TIME_RATIO = 0.15


def _fault(t: float, kind: str, target: str, **more: object) -> tuple[float, Plain]:
    return t, {"command": "inject_fault", "kind": kind, "target": target} | more


def _at(rate_per_s: float, name: str) -> Scenario:
    """Return a shipped scenario with another rate. A command would come at a different draw."""
    scenario = shipped(name)
    users = scenario.users.model_copy(update={"rate_per_s": rate_per_s})
    return scenario.model_copy(update={"users": users})


STRETCHES = (
    Stretch("idle", _at(10.0, "toyshop"), 7, 2.0, 14.0),
    Stretch("loaded", shipped("toyshop"), 7, 2.0, 11.0),
    Stretch("faulty", shipped("toyshop"), 7, 2.0, 15.0, (
        _fault(3.0, "hang", "payments-1", duration_s=4.0),
        _fault(10.0, "crash", "catalog-1"),
    )),
    Stretch("overloaded", _at(170.0, "pair"), 1, 3.0, 12.0, (
        _fault(0.6, "latency", "callee-1", params={"kind": "fixed", "mean_s": 0.08}),
    )),
)  # fmt: skip
"""Overloaded: eight workers of callee that take 0.1 s carry 80/s; 70 % of 170/s are 150 % of it."""


async def claims(spawner: Spawner) -> AsyncIterator[list[Claim]]:
    """Yield what became of each stretch. More repetitions only if the machine was disturbed."""
    costs = await measured_costs(spawner)
    for stretch in STRETCHES:
        expected, seen, late = virtual(stretch, costs), list[Seen](), list[float]()
        found: list[Claim] = []
        while len(seen) < (
            MOST_REPETITIONS if late and max(late) > MOST_LATE_RATIO else REPETITIONS
        ):
            with watched_machine() as machine:
                seen.append(await live(stretch, spawner))
            late.append(machine.late_ratio)
            found = _compared(stretch.name, middle(seen), expected)
            if len(seen) >= REPETITIONS and all(claim.kept for claim in found):
                break
        why = f"median of {len(seen)} live runs, up to {max(late):.0%} of naps late; {_said(costs)}"
        yield [replace(claim, why=why) for claim in found]


def _compared(name: str, lives: Seen, virtuals: Seen) -> list[Claim]:
    """Ours is the virtual figure, expected the live one: the live lab is the truth."""
    rates = [
        ("offered", lives.offered_per_s, virtuals.offered_per_s),
        ("answered", lives.good_per_s, virtuals.good_per_s),
    ]
    if lives.bad_per_s > 0.05 * lives.offered_per_s:
        rates.append(("not answered", lives.bad_per_s, virtuals.bad_per_s))
    times = [("median", lives.median_s, virtuals.median_s), ("p95", lives.p95_s, virtuals.p95_s)]
    wrong = [
        each
        for each in {*lives.order, *virtuals.order}
        if lives.order.get(each) != virtuals.order.get(each)
    ]
    claims = [
        Claim(GROUP, f"{name}, {what}", ours, true, RATE_RATIO * true, "/s")
        for what, true, ours in rates
    ]
    claims += [
        Claim(GROUP, f"{name}, {what}", ours * 1e3, true * 1e3, TIME_RATIO * true * 1e3, "ms")
        for what, true, ours in times
    ]
    other = f"subjects whose events come in another order {' '.join(wrong)}".rstrip()
    return [*claims, Claim(GROUP, f"{name}, {other}", len(wrong), 0.0, 0.0)]


def _said(costs: Costs) -> str:
    return f"one way {costs.one_way_s * 1e3:.2f} ms, connect {costs.connect_s * 1e3:.2f} ms"
