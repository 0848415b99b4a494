"""What ends a run before its time: it says so, keeps what it has, and nobody waits for ever."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from lab.cluster import Bounds, CommandError, Play, Runaway, Stalled, VirtualLoop, run_virtual
from lab.cluster.runs.run import pack, unpack
from lab.cluster.virtual import loop as loops
from tests.cluster.shops import SHIPPED, shipped
from tests.virtual.played import events, played

T = 2.0


def at(t: float, play: Play, deed: Callable[[], object]) -> None:
    """Have the lab itself do something at its first frame after ``t``."""

    def listen(kind: str, _message: bytes) -> None:
        if kind == "frame" and play.t > t:
            leave()
            deed()

    leave = play.lab.listen(listen)


def spin() -> None:
    asyncio.get_running_loop().call_soon(spin)


def forget_all_timers(play: Play) -> Callable[[], None]:
    def forget(loop: Any) -> None:
        for owner in [None, *(unit.process for unit in play.lab.crew)]:
            loop.drop_timers(owner)

    def soon() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(forget, loop)

    return soon


def fall_over() -> None:
    raise ZeroDivisionError("the ground is gone")


def test_a_wait_that_never_ends_is_told_with_who_waits_and_where() -> None:
    async def wait_for_godot() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stalled, match=r"waiting: .*wait_for_godot \(line \d+\)"):
        run_virtual(wait_for_godot())


def test_an_endless_loop_at_one_moment_is_told_with_what_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loops, "MOST_AT_ONCE", 1000)

    async def run_on_the_spot() -> None:
        while True:  # noqa: ASYNC110 - an endless loop is the point
            await asyncio.sleep(0)

    with pytest.raises(Runaway, match=r"1,001 callbacks at 0\.000000 s: .*run_on_the_spot"):
        run_virtual(run_on_the_spot())


def test_what_is_left_when_a_loop_ends_is_cancelled_and_closed() -> None:
    loop = VirtualLoop()
    ended = []

    async def wait() -> None:
        try:
            await asyncio.sleep(10.0)
        finally:
            ended.append(loop.time())

    loop.create_task(wait())
    loop.run_until(3.0)
    loop.end()
    assert (ended, loop.is_closed()) == ([3.0], True)


@pytest.mark.parametrize(
    ("bounds", "why"),
    [
        (Bounds(callbacks=2000), "more than 2,000 callbacks"),
        (Bounds(wall_s=0.0), "it took longer than 0 s"),
        (Bounds(memory_bytes=1 << 20), "it needs more than 1 MB"),
    ],
)
def test_at_a_bound_it_stops_with_what_it_has(bounds: Bounds, why: str) -> None:
    with played(shipped("pair"), bounds=bounds) as play:
        play.run_until(60.0)
        assert play.t < 60.0
        assert play.ended == f"stopped at {play.t:.1f} s: {why}"
        before = play.recording.digest
        play.run_until(90.0)
        play.step()
        assert play.recording.digest == before


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        (lambda _: spin, "Runaway: more than 10,001 callbacks at 2.0"),
        (forget_all_timers, "nothing is left that could ever happen; waiting: "),
        (lambda _: fall_over, "the lab broke: ZeroDivisionError('the ground is gone')"),
    ],
)
def test_what_breaks_a_lab_ends_its_run_and_the_file_says_so(
    deed: Any, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "MOST_AT_ONCE", 10_000)
    text = (SHIPPED / "pair.yaml").read_text(encoding="utf-8")
    with played(shipped("pair")) as play:
        at(T, play, deed(play))
        play.run_until(60.0)
        assert T < play.t < T + 0.5
        assert play.ended.startswith(f"stopped at {play.t:.1f} s: ")
        assert why in play.ended
        run = unpack(pack(play.run(scenario_text=text)))
    assert run.head.ended == play.ended
    assert run.recording.messages > 20


def test_who_gave_a_command_is_answered_also_when_the_run_ends() -> None:
    answers: list[Any] = []
    with played(shipped("pair")) as play:
        at(0.5, play, fall_over)
        play.run_until(0.5)
        play.give({"command": "inject_fault", "kind": "hang", "target": "callee-1"})
        play.give({"command": "reset"}, answers.append)
        with pytest.raises(CommandError, match="the ground is gone") as refused:
            play.command(command="reset")
        assert refused.value.code == "ended"
    assert [answer.code for answer in answers] == ["ended"]


def test_a_lab_whose_worker_code_fails_goes_on_without_the_worker() -> None:
    with played(shipped("pair")) as play:
        play.run_until(1.0)
        process: Any = play.lab.crew.instances["callee-1"].process
        at(1.0, play, lambda: process.loop.call_soon(fall_over, context=process.context))
        play.run_until(5.0)
        assert play.ended == ""
    (gone,) = [e for e in events(play, "process_exit") if e["t"] < 3.0]
    assert gone["text"] == "callee-1 crashed with exit status 1"
    assert [e["subject"] for e in events(play, "process_up") if e["t"] > 1.0] == ["callee-1"]
