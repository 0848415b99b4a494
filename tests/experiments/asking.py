"""Small experiments on the scenarios that we ship, and what is asserted of them."""

import os
from pathlib import Path
from typing import Any

from lab.cluster import Asked, Experiment, Result, plan_of
from lab.cluster.experiments.playing import play
from tests.cluster.kernel import children_of

SHIPPED = Path(__file__).parents[2] / "lessons" / "scenarios"
CHAIN = "dependencies.caller:callee.chain"
FREEZE = [{"kind": "hang", "target": "callee-1", "at_s": 3.0, "duration_s": 2.0}]


def text(name: str) -> str:
    """Return the file of a shipped scenario."""
    return (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")


def children() -> set[int]:
    """Return the processes that this one has started and that are still there."""
    return set(children_of(os.getpid()))


def asked(name: str = "pair", **more: Any) -> Asked:
    """Return an experiment of a few virtual seconds."""
    return Asked(name, text(name), **{"for_s": 8.0, "warm_up_s": 1.0, **more})


def serial(experiment: Asked) -> Result:
    """Return what it gives when this process plays one trial after another."""
    done = Experiment(plan_of(experiment))
    for order in done.plan.orders():
        done.trials.append(play(order))
    return done.result()
