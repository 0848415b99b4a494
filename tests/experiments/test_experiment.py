"""Trials side by side give what one after another gives; cancelled, none of them stays."""

import asyncio
import os
import signal
import subprocess
import sys

import msgspec
import pytest

from lab.cluster import Experiment, plan_of
from tests.cluster.kernel import children_of, is_alive
from tests.cluster.waiting import until
from tests.experiments.asking import FREEZE, asked, children, serial

SWEEP = {"users.rate_per_s": [20, 40]}


async def test_processes_side_by_side_give_what_one_alone_gives() -> None:
    wanted = asked(set={"faults": FREEZE}, sweep=SWEEP, seeds=2)
    expected = serial(wanted)
    for workers in (1, 2):
        experiment = Experiment(plan_of(wanted))
        await experiment.run(workers=workers)
        assert msgspec.json.encode(experiment.result()) == msgspec.json.encode(expected)
    assert len({trial.digest for trial in expected.trials()}) == 4


async def test_progress_grows_from_nothing_to_all() -> None:
    seen: list[tuple[int, float]] = []
    experiment = Experiment(
        plan_of(asked(seeds=3)), lambda: seen.append((experiment.done, experiment.progress_ratio))
    )
    await experiment.run(workers=2)
    assert seen == sorted(seen)
    assert seen[-1] == (3, 1.0)
    assert len(seen) > 10


async def test_cancelled_it_keeps_what_is_done_and_leaves_no_process() -> None:
    before = children()
    experiment = Experiment(plan_of(asked(for_s=120.0, seeds=50)))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(experiment.run(workers=2))
        await until(lambda: experiment.done >= 1, "a trial is done", 60.0)
        assert len(children() - before) == 2
        running.cancel()
    assert children() <= before
    result = experiment.result("cancelled")
    assert 1 <= result.done < result.of == 50
    assert result.state == "cancelled"


async def test_a_worker_that_is_killed_costs_one_trial_and_no_more() -> None:
    before = children()
    experiment = Experiment(plan_of(asked(for_s=60.0, seeds=3)))
    async with asyncio.TaskGroup() as group:
        group.create_task(experiment.run(workers=1))
        await until(lambda: experiment.progress_ratio > 0.05, "it goes on", 30.0)
        (worker,) = children() - before
        os.kill(worker, signal.SIGKILL)
    ended = [trial.ended for trial in experiment.result().trials()]
    assert ended == ["broke: the process that played it ended with -9", "", ""]


def test_workers_end_with_whoever_started_them() -> None:
    program = (
        "import asyncio\n"
        "from lab.cluster import Experiment, plan_of\n"
        "from tests.experiments.asking import asked\n"
        "experiment = Experiment(plan_of(asked(for_s=600.0, seeds=9)),"
        " lambda: print('goes', flush=True))\n"
        "asyncio.run(experiment.run(workers=1))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        (worker,) = children_of(parent.pid)
        parent.kill()
    asyncio.run(until(lambda: not is_alive(worker), "the worker has ended"))


@pytest.mark.slow
async def test_a_live_trial_gives_the_same_kinds_of_numbers() -> None:
    wanted = asked(for_s=8.0, set={"faults": FREEZE}, live=True)
    experiment = Experiment(plan_of(wanted))
    await experiment.run()
    (trial,) = experiment.result().trials()
    assert trial.ended == trial.digest == ""
    assert set(trial.numbers) == set(serial(asked(for_s=8.0)).trials()[0].numbers)
    assert trial.marks[0].text == "freeze callee-1"
    assert trial.numbers["success_ratio"] is not None
    assert trial.numbers["success_ratio"] < 1.0
