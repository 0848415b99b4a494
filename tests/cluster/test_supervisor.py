"""The supervisor in virtual time, with processes that live and die as the test says."""

import asyncio
import signal
from typing import cast

import pytest

from lab.cluster.processes.process import Body, SpawnError
from lab.cluster.processes.supervisor import READY_WITHIN_S, TERM_WITHIN_S, NotObeyed
from lab.cluster.processes.units import UnitState
from lab.patterns.supervision import SupervisionSettings
from tests.cluster.machine import BORN_S, FakeProcess, FakeSpawner, Lab, lab
from tests.cluster.timeless import timeless


@timeless
async def test_a_unit_starts_and_is_up_when_it_says_so() -> None:
    async with lab() as one:
        assert one.is_in(UnitState.UP)
        assert [kind for kind, _ in one.events] == ["process_start", "process_up"]
        assert one.process.spec is not None
        assert one.process.spec.port == 4000


@timeless
async def test_a_crash_is_restarted_after_waits_that_grow() -> None:
    async with lab(base_s=0.5, multiplier=2.0, cap_s=8.0, crash_limit=9) as one:
        waits_s = []
        for _ in range(4):
            await one.crash()
            crashed_s = one.clock()
            await asyncio.sleep(6.0)
            waits_s.append(one.machine.births_s[-1] - crashed_s - BORN_S)
        assert waits_s == pytest.approx([0.5, 1.0, 2.0, 4.0])
        assert one.unit.restarts == 4
        assert one.is_in(UnitState.UP)


@timeless
async def test_after_running_well_for_a_while_the_waits_begin_anew() -> None:
    async with lab(base_s=0.5, stable_s=10.0) as one:
        for _ in range(3):
            await asyncio.sleep(20.0)
            await one.crash()
            crashed_s = one.clock()
            await asyncio.sleep(1.0)
            assert one.machine.births_s[-1] - crashed_s == pytest.approx(0.5 + BORN_S)


@timeless
async def test_a_crash_loop_is_given_up_and_said_so() -> None:
    async with lab(base_s=0.1, cap_s=0.1, crash_limit=3, crash_window_s=30.0) as one:
        for _ in range(4):
            await one.crash()
            await asyncio.sleep(1.0)
        assert one.is_in(UnitState.DOWN)
        assert one.events[-1][0] == "restart_given_up"
        assert one.unit.reason.startswith("crash loop: 4 crashes within 30 s (limit 3)")
        await asyncio.sleep(1000.0)
        assert len(one.machine.processes) == 4
        one.unit.start_now()
        await asyncio.sleep(1.0)
        assert one.is_in(UnitState.UP)


@timeless
async def test_without_restarts_it_stays_down() -> None:
    async with lab(restart=False) as one:
        await one.crash()
        await asyncio.sleep(1000.0)
        assert (one.unit.state, len(one.machine.processes)) == (UnitState.DOWN, 1)


@timeless
async def test_one_that_never_gets_ready_is_killed_and_tried_again() -> None:
    one = Lab(SupervisionSettings(base_s=0.5, crash_limit=2))
    one.machine.ready_s = 1e9
    async with asyncio.TaskGroup() as group:
        task = group.create_task(one.supervisor.keep(one.unit))
        await asyncio.sleep(READY_WITHIN_S - 0.5)
        assert one.machine.alive == [1]
        await asyncio.sleep(2.0)
        assert one.machine.alive == [2]
        await asyncio.sleep(100.0)
        assert one.unit.reason.startswith("crash loop")
        task.cancel()


@timeless
async def test_one_that_is_meant_to_start_slowly_is_given_the_time() -> None:
    for authored_s, fault_s in ((20.0, 0.0), (0.0, 20.0), (15.0, 15.0)):
        one = Lab(SupervisionSettings())
        one.start_s = authored_s
        one.unit.start_delays_s["f1"] = fault_s
        one.machine.ready_s = authored_s + fault_s
        async with asyncio.TaskGroup() as group:
            task = group.create_task(one.supervisor.keep(one.unit))
            await asyncio.sleep(authored_s + fault_s + 1.0)
            assert (one.unit.state, len(one.machine.processes)) == (UnitState.UP, 1)
            task.cancel()


@timeless
async def test_a_machine_without_room_is_asked_again() -> None:
    one = Lab(SupervisionSettings())
    one.machine.full = True
    async with asyncio.TaskGroup() as group:
        task = group.create_task(one.supervisor.keep(one.unit))
        await asyncio.sleep(5.0)
        assert one.unit.reason == "no room on this machine"
        one.machine.full = False
        await asyncio.sleep(2.0)
        assert one.is_in(UnitState.UP)
        task.cancel()


@timeless
async def test_an_order_is_answered_by_who_obeyed_it() -> None:
    async with lab() as one:
        assert await one.supervisor.order(one.unit, "resize", {}) == {"name": "resize"}


@timeless
async def test_an_order_that_nobody_obeys_is_given_up_after_a_second() -> None:
    async with lab() as one:
        one.machine.obeys = False
        began_s = one.clock()
        with pytest.raises(NotObeyed, match="back-1 is up and does not obey"):
            await one.supervisor.order(one.unit, "resize", {})
        assert one.clock() - began_s == pytest.approx(1.0)


@timeless
async def test_an_order_to_a_frozen_one_is_refused_at_once_and_never_reaches_it() -> None:
    async with lab() as one:
        await one.supervisor.signal(one.unit, signal.SIGSTOP)
        began_s = one.clock()
        with pytest.raises(NotObeyed, match="back-1 is hung and does not obey"):
            await one.supervisor.order(one.unit, "resize", {})
        assert one.clock() == began_s
        assert one.process.orders == []


@timeless
async def test_of_many_units_those_obey_that_can_and_the_others_are_told() -> None:
    async with lab() as one:
        assert await one.supervisor.have([one.unit], "resize", {}) == ["back-1"]
        await one.supervisor.signal(one.unit, signal.SIGSTOP)
        assert await one.supervisor.have([one.unit], "chain", {}) == []
        assert [order.name for order in one.process.orders] == ["resize", "chain"]


@timeless
async def test_an_order_to_one_that_dies_meanwhile_ends_with_it() -> None:
    async with lab() as one:
        one.machine.obeys = False
        asyncio.get_running_loop().call_later(0.2, one.process.end, signal.SIGKILL)
        began_s = one.clock()
        with pytest.raises(NotObeyed, match="it ended"):
            await one.supervisor.order(one.unit, "resize", {})
        assert one.clock() - began_s == pytest.approx(0.2)


@timeless
async def test_a_unit_that_is_down_obeys_nothing() -> None:
    async with lab(restart=False) as one:
        await one.crash()
        await asyncio.sleep(0.1)
        with pytest.raises(NotObeyed, match="is down"):
            await one.supervisor.order(one.unit, "resize", {})
        with pytest.raises(NotObeyed):
            await one.supervisor.signal(one.unit, signal.SIGSTOP)


@timeless
async def test_a_stopped_process_is_hung_and_a_continued_one_is_what_it_was() -> None:
    async with lab() as one:
        await one.supervisor.signal(one.unit, signal.SIGSTOP)
        assert (one.unit.state, one.unit.reason) == (UnitState.HUNG, "stopped by SIGSTOP")
        await one.supervisor.signal(one.unit, signal.SIGCONT)
        assert one.is_in(UnitState.UP)
        one.unit.change(UnitState.DRAINING, "drains", one.clock())
        await one.supervisor.signal(one.unit, signal.SIGSTOP)
        await one.supervisor.signal(one.unit, signal.SIGCONT)
        assert one.is_in(UnitState.DRAINING)


@timeless
async def test_stopping_asks_first() -> None:
    async with lab() as one:
        assert await one.supervisor.stop(one.unit) == "ended by itself"
        assert one.machine.signals == [signal.SIGTERM]
        await asyncio.sleep(100.0)
        assert (one.machine.alive, len(one.machine.processes)) == ([], 1)


@timeless
async def test_stopping_insists_after_a_second() -> None:
    async with lab() as one:
        one.machine.terminates = False
        began_s = one.clock()
        assert await one.supervisor.stop(one.unit) == "killed by SIGKILL"
        assert one.machine.signals == [signal.SIGTERM, signal.SIGKILL]
        assert one.clock() - began_s == pytest.approx(TERM_WITHIN_S, abs=0.01)


@timeless
async def test_stopping_a_frozen_one_does_not_ask() -> None:
    async with lab() as one:
        await one.supervisor.signal(one.unit, signal.SIGSTOP)
        assert await one.supervisor.stop(one.unit) == "killed by SIGKILL"
        assert signal.SIGTERM not in one.machine.signals


@timeless
async def test_stopping_one_that_waits_for_its_restart_keeps_it_down() -> None:
    async with lab(base_s=5.0) as one:
        await one.crash()
        await asyncio.sleep(1.0)
        assert await one.supervisor.stop(one.unit) == "was not running"
        await asyncio.sleep(100.0)
        assert (one.machine.alive, len(one.machine.processes)) == ([], 1)


@timeless
async def test_stopping_one_that_is_just_being_born_leaves_no_process() -> None:
    one = Lab(SupervisionSettings())
    async with asyncio.TaskGroup() as group:
        group.create_task(one.supervisor.keep(one.unit))
        await asyncio.sleep(BORN_S / 2)
        await one.supervisor.stop(one.unit)
        assert one.machine.alive == []
        await asyncio.sleep(100.0)
        assert one.machine.alive == []


@timeless
async def test_stopping_one_that_a_fault_holds_down_is_for_good() -> None:
    async with lab() as one:
        one.unit.hold("f1")
        await one.crash()
        await asyncio.sleep(10.0)
        assert len(one.machine.processes) == 1
        await one.supervisor.stop(one.unit)
        one.unit.release("f1")
        await asyncio.sleep(100.0)
        assert (one.machine.alive, len(one.machine.processes)) == ([], 1)


@timeless
async def test_held_down_by_two_faults_it_starts_when_both_let_go() -> None:
    async with lab(base_s=0.1) as one:
        one.unit.hold("f1")
        one.unit.hold("f2")
        await one.crash()
        await asyncio.sleep(10.0)
        one.unit.release("f1")
        await asyncio.sleep(10.0)
        assert one.is_in(UnitState.DOWN)
        one.unit.release("f2")
        await asyncio.sleep(1.0)
        assert one.is_in(UnitState.UP)


@timeless
async def test_letting_go_of_one_that_runs_does_not_excuse_its_next_crash() -> None:
    async with lab(base_s=5.0) as one:
        one.unit.hold("f1")
        one.unit.release("f1")
        await asyncio.sleep(1.0)
        await one.crash()
        await asyncio.sleep(4.0)
        assert one.is_in(UnitState.DOWN)
        assert one.unit.restarts == 1


@timeless
async def test_a_lost_fork_server_is_no_obstacle_to_ending_or_killing() -> None:
    """The kernel has ended its processes; what fails is only the question."""

    class Lost(FakeSpawner):
        async def signal(self, process: FakeProcess, number: signal.Signals) -> bool:
            process.end(signal.SIGKILL)
            raise SpawnError("the fork server does not answer")

    for act in ("stop", "kill", "signal"):
        async with lab() as one:
            one.supervisor.body = cast(Body, _as_lost(one.machine, Lost))
            if act == "signal":
                with pytest.raises(NotObeyed):
                    await one.supervisor.signal(one.unit, signal.SIGSTOP)
            else:
                await getattr(one.supervisor, act)(one.unit)
            await asyncio.sleep(0.1)
            assert one.machine.alive == []


def _as_lost(machine: FakeSpawner, kind: type[FakeSpawner]) -> FakeSpawner:
    machine.__class__ = kind
    return machine
