"""Runs an experiment: its trials side by side in virtual time, or one after another live."""

from collections.abc import Callable
from functools import partial

from lab.cluster.experiments.crew import carry_out, processors
from lab.cluster.experiments.living import live
from lab.cluster.experiments.plan import Plan
from lab.cluster.experiments.result import Result, State, result_of
from lab.cluster.experiments.trial import Order, Trial
from lab.cluster.processes.spawner import Spawner


class Experiment:
    """One experiment. ``run`` it once; ``result`` may be asked at any time, also afterwards.

    ``changed`` is called whenever ``done`` or ``progress_ratio`` has.
    """

    def __init__(self, plan: Plan, changed: Callable[[], None] = lambda: None) -> None:
        self.plan = plan
        self.trials: list[Trial] = []
        self._changed = changed
        self._under_way: dict[int, float] = {}

    @property
    def done(self) -> int:
        """How many trials have ended."""
        return len(self.trials)

    @property
    def progress_ratio(self) -> float:
        """How much of all time to be played has been."""
        for_s = self.plan.asked.for_s
        played_s = self.done * for_s + sum(self._under_way.values())
        return min(1.0, played_s / (for_s * self.plan.trials))

    async def run(self, *, workers: int | None = None, niceness: int = 0) -> None:
        """Carry out every trial. Cancelled, it leaves no process behind, and what is done is kept.

        By default there is one worker for each processor. Live trials take place in this process,
        whose main thread must run them.
        """
        if self.plan.asked.live:
            await self._run_live()
        else:
            count = min(workers or processors(), self.plan.trials)
            await carry_out(self.plan.orders(), count, self._ended, self._told, niceness)

    def result(self, state: State = "done") -> Result:
        """Return what there is."""
        return result_of(self.plan, self.trials, state)

    async def _run_live(self) -> None:
        spawner = Spawner()
        await spawner.start()
        try:
            for order in self.plan.orders():
                self._ended(await live(order, spawner, partial(self._told, order)))
        finally:
            await spawner.stop()

    def _told(self, order: Order, t: float) -> None:
        self._under_way[order.number] = t
        self._changed()

    def _ended(self, trial: Trial) -> None:
        self._under_way.pop(trial.number, None)
        self.trials.append(trial)
        self._changed()
