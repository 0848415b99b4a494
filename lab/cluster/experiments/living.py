"""Carries out an order with real processes, as long as the clock takes."""

import asyncio
from collections.abc import Callable

from lab.cluster.cluster import Cluster
from lab.cluster.experiments.measuring import Measuring, broken
from lab.cluster.experiments.trial import Order, Trial
from lab.cluster.processes.spawner import Spawner
from lab.cluster.runs.recording import Recording
from lab.cluster.scenarios.scenario import Scenario
from lab.cluster.steering.commands import CommandError

SLICE_S = 0.5


async def live(
    order: Order, spawner: Spawner, progress: Callable[[float], None] = lambda _t: None
) -> Trial:
    """Return what came of the order; ``spawner`` has been started. Cancelled, it stops the lab.

    There is no digest: no two live runs are the same.
    """
    recording = Recording()
    lab = Cluster(Scenario.model_validate(order.data), spawner, seed=order.seed)
    lab.listen(lambda kind, body: recording.add(lab.journal.t(), kind, body))
    measuring = Measuring(order, lab, recording)
    try:
        await lab.start()
        await _until(lab, order.warm_up_s, progress)
        measuring.open(lab.journal.t())
        await _until(lab, order.for_s, progress)
        return measuring.trial(lab.journal.t())
    except CommandError as error:
        return broken(order, f"broke: {error}")
    finally:
        await lab.stop()


async def _until(lab: Cluster, t: float, progress: Callable[[float], None]) -> None:
    while (left_s := t - lab.journal.t()) > 0.0:
        await asyncio.sleep(min(left_s, SLICE_S))
        progress(min(t, lab.journal.t()))
