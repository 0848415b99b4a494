"""Carries out an order in virtual time."""

from collections.abc import Callable

from lab.cluster.experiments.measuring import Measuring
from lab.cluster.experiments.trial import Order, Trial
from lab.cluster.scenarios.scenario import Scenario
from lab.cluster.virtual.play import Bounds, Play

SLICE_S = 1.0


def play(order: Order, progress: Callable[[float], None] = lambda _t: None) -> Trial:
    """Return what came of the order; ``progress`` hears each virtual second.

    A trial that meets its bounds, or whose lab stalls or breaks, says so in ``ended``.
    """
    scenario = Scenario.model_validate(order.data)
    bounds = Bounds(wall_s=order.wall_s, memory_bytes=order.memory_bytes)
    played = Play(scenario, seed=order.seed, bounds=bounds)
    try:
        return _measured(order, played, progress)
    finally:
        played.close()


def _measured(order: Order, played: Play, progress: Callable[[float], None]) -> Trial:
    played.begin()
    measuring = Measuring(order, played.lab, played.recording)
    for until_t in _stops(order):
        if played.ended:
            break
        if not measuring.is_open and played.t > order.warm_up_s - 1e-6:
            measuring.open(played.t)
        played.run_until(until_t)
        progress(until_t)
    return measuring.trial(played.t, digest=played.recording.digest, ended=played.ended)


def _stops(order: Order) -> list[float]:
    """Return the moments between which nobody looks: whole seconds, the warm-up's end, the end."""
    whole = [n * SLICE_S for n in range(1, int(order.for_s / SLICE_S) + 1)]
    return sorted({*whole, order.warm_up_s, order.for_s} - {0.0})
