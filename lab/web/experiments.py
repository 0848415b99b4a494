"""Runs experiments for people, in processes that give way to the labs.

::

    POST ─▶ Experiments ─▶ row ◀─ progress, each half second ─ Experiment ─▶ nice worker processes
    GET, websocket ◀─ row ─────▶ a state that is not running ends it

The row in the database is all that site processes share: any of them answers for an experiment,
and cancels it, whichever runs it.
"""

import asyncio
import logging
import uuid
from contextlib import suppress

import msgspec
from django.db import IntegrityError
from django.utils import timezone

from lab.cluster import Asked, Experiment, ExperimentError, Plan, Report, plan_of
from lab.web.errors import Problem
from lab.web.kept_experiment import KeptExperiment
from lab.web.nursery import Nursery
from lab.web.person import Person

logger = logging.getLogger(__name__)

NICENESS = 15
TOLD_EVERY_S = 0.5
MOST_AT_ONCE = 2
"""Experiments of one site process."""

MOST_WALL_S = 1800.0
MOST_KEPT = 20
"""Of one owner; the oldest are forgotten."""

MOST_TRIALS = 400
MOST_CELLS = 100
MOST_PLAYED_S = 24_000.0

State = KeptExperiment.State


class Experiments:
    """The experiments of one site process."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._under_way: set[uuid.UUID] = set()

    async def start(self, person: Person, asked: Asked) -> KeptExperiment:
        """Begin an experiment; return its row. Raise Problem for what makes no sense or is too big.

        ``one_experiment_only`` when the owner has one running, ``busy`` when others do.
        """
        _check_size(asked)
        if len(self._under_way) >= MOST_AT_ONCE:
            raise Problem(
                "busy",
                "other experiments are running just now",
                hint="try again in a minute",
                retry_after_s=30,
            )
        key = uuid.uuid4()
        self._under_way.add(key)
        try:
            plan = await asyncio.to_thread(_planned, asked)
            row = await _place(key, person, plan)
        except BaseException:
            self._under_way.discard(key)
            raise
        self._nursery.start(self._run(key, plan), f"experiment {key}")
        return row

    async def _run(self, key: uuid.UUID, plan: Plan) -> None:
        experiment = Experiment(plan)
        state, notice = State.FAILED, "it broke; the site's log says why"
        try:
            state, notice = await _carried_out(key, experiment)
        except asyncio.CancelledError:
            state, notice = State.LOST, "the site was stopped"
            raise
        finally:
            self._under_way.discard(key)
            await self._nursery.shelter(
                _end(key, experiment, state, notice), "end of an experiment"
            )


async def cancel(row: KeptExperiment) -> None:
    """End an experiment if it runs; whoever runs it notices within a second. Idempotent."""
    await KeptExperiment.objects.running().filter(pk=row.pk).aupdate(state=State.CANCELLED)


async def find_lost() -> None:
    """Say of those whose process is gone that they are lost."""
    await KeptExperiment.objects.silent().aupdate(
        state=State.LOST, notice="the site process that ran it is gone"
    )


def _check_size(asked: Asked) -> None:
    cells = 1
    for values in asked.sweep.values():
        cells *= max(1, len(values))
    trials = cells * max(1, asked.seeds)
    for count, most, what, field in (
        (cells, MOST_CELLS, "combinations", "sweep"),
        (trials, MOST_TRIALS, "trials", "seeds"),
        (trials * asked.for_s, MOST_PLAYED_S, "seconds to be played", "for_s"),
    ):
        if count > most:
            raise Problem(
                "out_of_range",
                f"{count:,g} {what} are too many",
                field=field,
                hint=f"at most {most:,g}; manage.py run takes more",
            )


def _planned(asked: Asked) -> Plan:
    try:
        return plan_of(asked)
    except ExperimentError as error:
        raise Problem(
            "bad_experiment", error.message, field=error.field, hint=error.hint or None
        ) from None


async def _place(key: uuid.UUID, person: Person, plan: Plan) -> KeptExperiment:
    """Make the row; only the database can say that the owner has no other one running."""
    await find_lost()
    asked = msgspec.json.encode(plan.asked).decode()
    try:
        row = await KeptExperiment.objects.acreate(
            pk=key, owner=person.owner, asked=asked, of=plan.trials
        )
    except IntegrityError:
        running = await KeptExperiment.objects.running().filter(owner=person.owner).afirst()
        raise Problem(
            "one_experiment_only",
            "you have an experiment running already",
            hint="wait for it, or cancel it first",
            also={"experiment": str(running.pk)} if running is not None else None,
        ) from None
    mine = KeptExperiment.objects.filter(owner=person.owner)
    newest = [kept async for kept in mine.values_list("pk", flat=True)[:MOST_KEPT]]
    await mine.exclude(pk__in=newest).adelete()
    return row


async def _carried_out(key: uuid.UUID, experiment: Experiment) -> tuple[State, str]:
    """Run it, and write how far it is; return the state in which it ended, and why."""
    clock = asyncio.get_running_loop().time
    limit_s = clock() + MOST_WALL_S
    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(experiment.run(niceness=NICENESS))
        while not work.done():
            await asyncio.wait({work}, timeout=TOLD_EVERY_S)
            if not await _tell(key, experiment):
                work.cancel()
                return State.CANCELLED, ""
            if clock() > limit_s:
                work.cancel()
                return State.CANCELLED, f"it took longer than {MOST_WALL_S / 60:g} min"
    return State.DONE, ""


async def _tell(key: uuid.UUID, experiment: Experiment) -> bool:
    """Write how far it is; False when it is not to go on."""
    told = await KeptExperiment.objects.running().filter(pk=key).aupdate(
        done=experiment.done,
        progress_ratio=round(experiment.progress_ratio, 4),
        touched=timezone.now(),
    )  # fmt: skip
    return told == 1


async def _end(key: uuid.UUID, experiment: Experiment, state: State, notice: str) -> None:
    """Write what it gave, as far as it came."""
    result = ""
    if experiment.done:
        with suppress(Exception):  # a result that cannot be summed up: the state says enough
            result = await asyncio.to_thread(_result, experiment, state)
    rows = KeptExperiment.objects.filter(pk=key)
    await rows.aupdate(result=result, done=experiment.done)
    await rows.filter(state=State.RUNNING).aupdate(
        state=state, notice=notice, progress_ratio=round(experiment.progress_ratio, 4)
    )


def _result(experiment: Experiment, state: State) -> str:
    came_to_its_end = state == State.DONE
    return Report(experiment.result("done" if came_to_its_end else "cancelled")).json().decode()
