"""An instance's workers and the queue before them: bounded, fair, and never lost."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.cluster.virtual.loop import run_virtual
from lab.cluster.workers.guards import Guards
from lab.cluster.workers.slots import Slot, Slots
from tests.cluster.timeless import timeless


def slots(capacity: int, queue: int | None) -> Slots:
    return Slots(capacity, queue, asyncio.get_running_loop().time, Guards({}))


async def settle() -> None:
    """Let everything run that can run now."""
    for _ in range(5):
        await asyncio.sleep(0)


@timeless
async def test_up_to_its_capacity_everybody_gets_in_at_once() -> None:
    room = slots(3, 0)
    assert all([await room.enter(None) for _ in range(3)])
    assert (room.busy, room.waiting) == (3, 0)


@timeless
async def test_a_full_queue_sheds() -> None:
    room = slots(1, 2)
    await room.enter(None)
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(room.enter(None)) for _ in range(2)]
        await settle()
        assert await room.enter(None) is None
        for _ in range(2):
            room.leave(Slot(0.0))
    assert all(task.result() for task in waiting)


@timeless
async def test_without_a_queue_a_second_request_is_shed() -> None:
    room = slots(1, 0)
    await room.enter(None)
    assert await room.enter(None) is None


@timeless
async def test_an_unbounded_queue_takes_whoever_comes() -> None:
    room = slots(1, None)
    await room.enter(None)
    async with asyncio.TaskGroup() as group:
        for _ in range(5000):
            group.create_task(room.enter(None))
        await settle()
        assert room.waiting == 5000
        for _ in range(5000):
            room.leave(Slot(0.0))
    assert (room.busy, room.waiting) == (1, 0)


@timeless
async def test_the_longest_waiter_is_first() -> None:
    room = slots(1, None)
    slot = await room.enter(None)
    assert slot is not None
    order: list[int] = []

    async def wait(number: int) -> None:
        mine = await room.enter(None)
        assert mine is not None
        order.append(number)
        room.leave(mine)

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(wait(number))
        await settle()
        room.leave(slot)
    assert order == [0, 1, 2, 3, 4]


@timeless
async def test_whoever_comes_later_does_not_overtake_those_who_wait() -> None:
    room = slots(1, None)
    slot = await room.enter(None)
    assert slot is not None
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(room.enter(None))
        await settle()
        room.leave(slot)
        late = group.create_task(room.enter(1.0))
        await settle()
        assert (waiting.done(), late.done()) == (True, False)
        room.leave(slot)


@timeless
async def test_waiting_ends_at_its_limit_exactly() -> None:
    room, loop = slots(1, None), asyncio.get_running_loop()
    await room.enter(None)
    began_s = loop.time()
    with pytest.raises(TimeoutError):
        await room.enter(0.25)
    assert loop.time() - began_s == pytest.approx(0.25)
    assert room.waiting == 0


@timeless
async def test_one_who_gave_up_takes_no_place_in_the_queue() -> None:
    room = slots(1, 1)
    await room.enter(None)
    with pytest.raises(TimeoutError):
        await room.enter(0.1)
    async with asyncio.TaskGroup() as group:
        next_one = group.create_task(room.enter(None))
        await settle()
        assert not next_one.done()
        room.leave(Slot(0.0))


@timeless
async def test_growing_lets_those_in_who_wait() -> None:
    room = slots(1, None)
    await room.enter(None)
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(room.enter(None))
        await settle()
        room.resize(3, None, 0)
        await settle()
        assert (room.busy, room.waiting) == (3, 1)
        room.leave(Slot(0.0))


@timeless
async def test_shrinking_throws_nobody_out() -> None:
    room = slots(3, 0)
    held = [await room.enter(None) for _ in range(3)]
    room.resize(1, 0, 0)
    assert room.busy == 3
    for slot in held[:2]:
        assert slot is not None
        room.leave(slot)
    assert await room.enter(None) is None  # one is still inside, and one is all there is
    assert held[2] is not None
    room.leave(held[2])
    assert await room.enter(None) is not None


@timeless
async def test_stuck_workers_take_capacity_until_they_are_given_back() -> None:
    room = slots(2, 0)
    room.resize(2, 0, 2)
    assert await room.enter(None) is None
    room.resize(2, 0, 0)
    assert await room.enter(None) is not None


@timeless
async def test_a_slot_remembers_when_its_last_job_ended() -> None:
    room = slots(1, None)
    slot = await room.enter(None)
    assert slot is not None
    slot.free_at_s = 7.5
    room.leave(slot)
    again = await room.enter(None)
    assert again is slot
    assert again.free_at_s == 7.5


class Crowd:
    """Visitors that enter, stay, time out and are cancelled in any order."""

    def __init__(self, capacity: int, queue: int | None) -> None:
        self.room = slots(capacity, queue)
        self.tasks: list[asyncio.Task[None]] = []
        self.inside = 0

    async def visit(self, timeout_s: float | None, stay_s: float) -> None:
        try:
            slot = await self.room.enter(timeout_s)
        except TimeoutError:
            return
        if slot is None:
            return
        self.inside += 1
        assert self.inside <= self.room.busy
        try:
            await asyncio.sleep(stay_s)
        finally:
            self.inside -= 1
            self.room.leave(slot)

    def do(self, group: asyncio.TaskGroup, step: "Step") -> None:
        what, number, seconds = step
        if what == "arrive":
            self.tasks.append(group.create_task(self.visit(None, seconds)))
        elif what == "arrive in a hurry":
            self.tasks.append(group.create_task(self.visit(number / 10, seconds)))
        elif what == "cancel" and self.tasks:
            self.tasks[number % len(self.tasks)].cancel()
        elif what == "resize":
            self.room.resize(1 + number % 4, self.room.queue, number % 3)


Step = tuple[str, int, float]

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["arrive", "arrive in a hurry", "cancel", "pass", "turn", "resize"]),
        st.integers(0, 20),
        st.sampled_from([0.0, 0.1, 0.2, 0.5]),
    ),
    max_size=60,
)


async def play(steps: list[Step], capacity: int, queue: int | None) -> Crowd:
    crowd = Crowd(capacity, queue)
    async with asyncio.TaskGroup() as group:
        for step in steps:
            crowd.do(group, step)
            if step[0] == "pass":
                await asyncio.sleep(step[2])
            elif step[0] == "turn":
                await asyncio.sleep(0)  # half a turn: a slot may be granted and not yet taken
        crowd.room.resize(capacity, queue, 0)
    return crowd


@settings(deadline=None, max_examples=200)
@given(STEPS, st.integers(1, 3), st.sampled_from([None, 0, 1, 3]))
def test_whoever_is_cancelled_whenever_no_slot_is_lost(
    steps: list[Step], capacity: int, queue: int | None
) -> None:
    room = run_virtual(play(steps, capacity, queue)).room
    assert (room.busy, room.waiting) == (0, 0)


@settings(deadline=None, max_examples=50)
@given(STEPS, st.integers(1, 3))
def test_after_any_history_all_slots_can_be_had_again(steps: list[Step], capacity: int) -> None:
    async def main() -> list[Any]:
        room = (await play(steps, capacity, None)).room
        got = [await room.enter(1.0) for _ in range(capacity)]
        with pytest.raises(TimeoutError):
            await room.enter(1.0)
        return got

    assert len({id(slot) for slot in run_virtual(main())}) == capacity
