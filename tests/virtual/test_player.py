"""A virtual lab in a process of its own: its pace, its past, its twins, its end."""

import os
import signal
from collections.abc import AsyncIterator
from itertools import pairwise

import msgspec
import pytest

from lab.cluster import CommandError, PlayedCluster, Replay, unpack
from tests.virtual.stage import Ear, Stage, ask, opened, run_to, time_of, until

CRASH = {"kind": "crash", "target": "callee-1"}
HANG = {"kind": "hang", "target": "callee-1"}


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with opened() as stage:
        yield stage


async def digest_of(lab: PlayedCluster) -> str:
    return unpack(await lab.run()).head.digest


async def test_paused_it_stands_still_and_running_it_keeps_the_wall_s_pace(stage: Stage) -> None:
    lab = await stage.lab()
    assert await time_of(lab) == await time_of(lab)
    ear = Ear(lab)
    before = await time_of(lab)
    await ask(lab, "set_pace", speed=10.0, paused=False)
    await until(lambda: len(ear.of("frame")) >= 5)
    pace = await ask(lab, "set_pace", speed=10.0, paused=True)
    assert pace == {"speed": 10.0, "paused": True, "reached_per_s": None}
    after = await time_of(lab)
    assert after >= before + 0.4
    assert await time_of(lab) == after


async def test_as_fast_as_it_goes_rows_and_events_are_whole_though_frames_are_skipped(
    stage: Stage,
) -> None:
    lab = await stage.lab()
    ear = Ear(lab)
    from_t = await time_of(lab)
    await ask(lab, "inject_fault", **CRASH)
    to_t = await run_to(lab, 30.0)
    rows = [frame["row"]["t"] for frame in ear.of("frame") if frame["row"]]
    steps = [round(b - a, 3) for a, b in pairwise(rows)]
    assert set(steps) == {0.5}
    assert (rows[0], rows[-1]) == pytest.approx((from_t, to_t), abs=0.6)
    assert [event["id"] for event in ear.of("event")] == list(
        range(ear.of("event")[0]["id"], ear.of("event")[-1]["id"] + 1)
    )
    span = await ask(lab, "span", from_t=from_t, to_t=from_t + 10.0)
    recorded = [message for _, kind, message in span["messages"] if kind == "frame"]
    numbers = [frame["n"] for frame in recorded]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_it_says_how_fast_time_really_passes(stage: Stage) -> None:
    lab = await stage.lab()
    ear = Ear(lab)
    await ask(lab, "set_pace", speed=None, paused=False)
    await until(lambda: bool(lab.about()["pace"]["reached_per_s"]))
    assert lab.about()["pace"]["speed"] is None
    assert lab.about()["pace"]["reached_per_s"] > 0.0
    assert ear.of("state")


async def test_a_command_is_obeyed_while_time_stands_still(stage: Stage) -> None:
    lab = await stage.lab()
    before = await time_of(lab)
    fault = await ask(lab, "inject_fault", **CRASH)
    assert fault["kind"] == "crash"
    assert before <= await time_of(lab) < before + 0.5
    assert (await ask(lab, "reset"))["status"] == "running"
    after = await time_of(lab)
    assert await time_of(lab) == after


async def test_a_step_lets_just_the_next_thing_happen(stage: Stage) -> None:
    lab = await stage.lab(replay=Replay())
    ear = Ear(lab)
    first = await ask(lab, "step")
    assert lab.about()["pace"]["paused"] is True
    second = await ask(lab, "step")
    assert first["t"] < second["t"] < first["t"] + 0.1
    ear.heard.clear()
    await ask(lab, "step", to="frame")
    assert len(ear.of("frame")) == 1
    assert ear.of("state")[-1]["t"] >= second["t"]
    await ask(lab, "inject_fault", **CRASH, after_s=0.5)
    ear.heard.clear()
    await ask(lab, "step", to="event")
    assert {event["t"] for event in ear.of("event")} == {(await ask(lab, "state"))["t"]}


async def test_reading_changes_nothing_to_the_byte(stage: Stage) -> None:
    read, left = await stage.lab(), await stage.lab()
    for lab in (read, left):
        await ask(lab, "step")
    for name in ("state", "traces", "events", "stats", "hello"):
        await ask(read, name)
    await ask(read, "log", instance="callee-1")
    while await time_of(read) < 2.0:
        await ask(read, "step", to="frame")
        for trace in (await ask(read, "traces"))["traces"][-1:]:
            await ask(read, "trace", trace=trace["id"])
        await ask(left, "step", to="frame")
    assert await time_of(left) == await time_of(read)
    assert await digest_of(left) == await digest_of(read)


async def test_it_is_had_again_from_what_the_site_knows(stage: Stage) -> None:
    lab = await stage.lab()
    await run_to(lab, 1.0)
    await ask(lab, "inject_fault", **CRASH)
    with pytest.raises(CommandError):
        await ask(lab, "heal_fault", fault="f99")
    await run_to(lab, 1.0 + await time_of(lab))
    await ask(lab, "set_pace", speed=4.0, paused=True)
    assert lab.replay is not None
    assert [given.fields["command"] for given in lab.replay.commands] == [
        "inject_fault",
        "heal_fault",
    ]
    assert lab.replay.commands[1].error
    again = await stage.lab(replay=lab.replay)
    assert again.about() == lab.about()
    assert await time_of(again) == await time_of(lab)
    assert await digest_of(again) == await digest_of(lab)


async def test_twins_have_one_time_and_differ_in_the_change_alone(stage: Stage) -> None:
    lab = await stage.lab()
    await run_to(lab, 1.0)
    await ask(lab, "inject_fault", **CRASH)
    same = await stage.start(lab.copy({}))
    assert same.player.pid == lab.player.pid
    await run_to(same, 1.0 + await time_of(lab))
    for _ in range(20):
        await ask(lab, "step")
        assert await time_of(lab) == await time_of(same)
    assert await digest_of(lab) == await digest_of(same)
    await same.stop()
    other = await stage.start(lab.copy({"command": "set_users", "rate_per_s": 7.0}))
    await run_to(lab, 1.0 + await time_of(lab))
    assert await time_of(other) == await time_of(lab)
    assert (await ask(other, "state"))["users"]["rate_per_s"] == 7.0
    assert (await ask(lab, "state"))["users"]["rate_per_s"] != 7.0
    assert await digest_of(lab) != await digest_of(other)


async def test_there_are_two_twins_at_most_and_a_refused_change_starts_none(stage: Stage) -> None:
    lab = await stage.lab()
    with pytest.raises(CommandError) as unknown:
        await stage.start(lab.copy({"command": "heal_fault", "fault": "f99"}))
    assert unknown.value.code == "unknown_fault"
    await stage.labs[-1].stop()
    with pytest.raises(CommandError) as malformed:
        lab.copy({"command": "set_users", "rate_per_s": "many"})
    assert malformed.value.field == "rate_per_s"
    await stage.start(lab.copy({}))
    with pytest.raises(CommandError) as third:
        lab.copy({})
    assert third.value.code == "has_twin"


async def test_a_branch_stands_where_it_left_and_goes_first_when_time_goes_on(
    stage: Stage,
) -> None:
    lab = await stage.lab()
    left_t = round(1.0 + await run_to(lab, 1.0), 3)
    await ask(lab, "inject_fault", **CRASH)
    await run_to(lab, left_t + 1.0)
    await ask(lab, "set_users", rate_per_s=9.0)
    stood = await run_to(lab, left_t + 2.0)
    branch = await stage.start(lab.copy({}, at_t=left_t))
    assert branch.about()["pace"]["paused"] is True
    assert await time_of(branch) == left_t
    assert branch.replay is not None
    assert [given.fields["command"] for given in branch.replay.commands] == ["inject_fault"]
    for _ in range(5):
        await ask(branch, "step", to="frame")
    assert await time_of(branch) == pytest.approx(left_t + 0.5, abs=0.1)
    assert await time_of(lab) == stood
    await run_to(branch, stood + 1.0)
    assert await time_of(lab) == await time_of(branch)
    head = unpack(await branch.run("what if")).head
    assert head.branch_of is not None
    assert (head.branch_of.t, head.title) == (left_t, "what if")
    assert "callee-1" in str(head.commands)


async def test_while_a_past_is_played_again_it_says_how_far_and_only_reads_are_answered(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.cluster.virtual.remote.ARRIVES_WITHIN_S", 0.0)
    lab = await stage.lab("toyshop", replay=Replay(to_t=20.0, paused=True))
    ear = Ear(lab)
    await until(lambda: lab.about()["replaying_to"] == 20.0)
    assert lab.about()["pace"]["paused"] is True
    assert await time_of(lab) < 20.0
    for command in ("reset", "step"):
        with pytest.raises(CommandError) as refusal:
            await ask(lab, command)
        assert refusal.value.code == "replaying"
    await until(lambda: lab.about()["replaying_to"] is None)
    assert await time_of(lab) == 20.0
    assert ear.of("frame")
    assert ear.of("state")[-1]["t"] == 20.0
    assert (await ask(lab, "reset"))["status"] == "running"


async def test_nobody_branches_off_the_future(stage: Stage) -> None:
    lab = await stage.lab()
    with pytest.raises(CommandError) as refusal:
        await stage.start(lab.copy({}, at_t=99.0))
    assert (refusal.value.code, refusal.value.field) == ("out_of_range", "at_t")


async def test_any_moment_of_the_past_can_be_seen(stage: Stage) -> None:
    lab = await stage.lab()
    at_t = await run_to(lab, 1.0)
    await ask(lab, "inject_fault", **HANG)
    await run_to(lab, at_t + 2.0)
    before, after = [await ask(lab, "moment", t=t) for t in (at_t - 0.1, at_t + 0.2)]
    assert (len(before["state"]["faults"]), len(after["state"]["faults"])) == (0, 1)


async def test_an_answer_of_megabytes_comes_in_parts_and_whole(stage: Stage) -> None:
    lab = await stage.lab("toyshop")
    to_t = await run_to(lab, 12.0)
    span = await lab.command({"command": "span", "from_t": 0.0, "to_t": to_t})
    assert len(bytes(span)) > 400_000
    found = msgspec.json.decode(bytes(span))
    assert found["next_t"] is not None
    run = unpack(await lab.run())
    assert run.head.to_t == pytest.approx(to_t, abs=0.01)


async def test_what_is_told_after_a_hello_is_not_in_it(stage: Stage) -> None:
    lab = await stage.lab()
    ear = Ear(lab)
    await ask(lab, "set_pace", speed=None, paused=False)
    told_before: list[int] = []
    for _ in range(20):
        told_before.clear()
        hello = msgspec.json.decode(
            bytes(await lab.hello(lambda: told_before.append(len(ear.of("frame")))))
        )
        last = ear.of("frame")[told_before[0] - 1 : told_before[0]]
        await until(lambda: len(ear.of("frame")) > told_before[0])
        first_after = ear.of("frame")[told_before[0]]
        assert first_after["n"] > hello["frame"]["n"]
        assert not last or last[0]["n"] <= hello["frame"]["n"]


async def test_a_killed_player_is_told_and_what_was_done_is_not_lost(stage: Stage) -> None:
    lab = await stage.lab()
    await ask(lab, "inject_fault", **HANG)
    pid, known = lab.player.pid, lab.replay
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await until(lambda: lab.status == "broken")
    with pytest.raises(CommandError) as refusal:
        await ask(lab, "state")
    assert refusal.value.code == "not_running"
    assert "killed by SIGKILL" in refusal.value.message
    assert known is not None
    assert lab.replay == known
    again = await stage.lab(replay=known)
    assert (await ask(again, "state"))["faults"]


async def test_a_question_under_way_is_answered_when_the_player_is_killed(stage: Stage) -> None:
    lab = await stage.lab()
    assert lab.player.pid is not None
    os.kill(lab.player.pid, signal.SIGSTOP)
    ending = ask(lab, "state")
    os.kill(lab.player.pid, signal.SIGKILL)
    with pytest.raises(CommandError):
        await ending


async def test_it_ends_with_its_last_side_and_leaves_no_process(stage: Stage) -> None:
    lab = await stage.lab()
    twin = await stage.start(lab.copy({}))
    pid = lab.player.pid
    assert pid is not None
    await lab.stop()
    assert await time_of(twin) > 0.0
    os.kill(pid, 0)
    await twin.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_scenario_that_is_wrong_is_refused_with_its_line(stage: Stage) -> None:
    from lab.cluster import RemotePlayer

    lab = PlayedCluster(RemotePlayer(stage.spawner), "wrong", "services: [\n")
    with pytest.raises(CommandError) as refusal:
        await stage.start(lab)
    assert refusal.value.code == "bad_scenario"
    assert refusal.value.message.startswith("wrong:")
