"""A live lab is recorded: any moment of it greets again, and a run of it is kept as a file."""

import time
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio

from lab.cluster import CommandError, RecordedCluster, Spawner
from lab.cluster.runs.kept_trace import kept_trace
from lab.cluster.runs.recording import CHUNK_BYTES, Recording
from lab.cluster.runs.run import unpack
from tests.cluster.shops import corner
from tests.cluster.waiting import until

TEXT = "title: The corner shop\n"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def recorded(spawner: Spawner) -> AsyncIterator[RecordedCluster]:
    lab = RecordedCluster(corner(), spawner, scenario_text=TEXT, seed=7)
    await lab.start()
    yield lab
    await lab.stop()


async def crash(lab: RecordedCluster, name: str) -> float:
    """Crash an instance for good; returns the lab's time just after."""
    await lab.command(
        {"command": "inject_fault", "kind": "crash", "target": name, "duration_s": 60.0}
    )
    await until(lambda: state_of(newest_state(lab), name) == "down", "its end in the record")
    return lab.t


def newest_state(lab: RecordedCluster) -> object:
    return msgspec.json.decode(lab.recording.state_at(lab.t))


def state_of(state: object, name: str) -> str:
    plain = msgspec.json.decode(msgspec.json.encode(state))
    return next(str(each["state"]) for each in plain["instances"] if each["name"] == name)


async def test_any_moment_greets_as_the_lab_did_then(recorded: RecordedCluster) -> None:
    await until(lambda: recorded.recording.messages > 30, "some record")
    before_t = recorded.t
    crashed_t = await crash(recorded, "till-1")
    await recorded.command({"command": "reset"})
    assert state_of(recorded.state(), "till-1") == "up"
    assert state_of((await recorded.moment(before_t))["state"], "till-1") == "up"
    assert state_of((await recorded.moment(crashed_t))["state"], "till-1") == "down"


async def test_a_moment_before_the_record_is_refused(recorded: RecordedCluster) -> None:
    with pytest.raises(CommandError, match="nothing is kept of -1 s") as refusal:
        await recorded.moment(-1.0)
    assert refusal.value.hint.startswith("from 0")


async def test_a_stretch_has_its_events_and_frames_in_order(recorded: RecordedCluster) -> None:
    await until(lambda: recorded.t > 1.5, "a second")
    told = msgspec.json.decode(msgspec.json.encode(await recorded.span(0.0, 1.5)))
    times = [t for t, _, _ in told["messages"]]
    assert times == sorted(times)
    assert {"state", "event", "frame"} <= {kind for _, kind, _ in told["messages"]}


async def test_a_run_holds_the_commands_with_their_times_and_errors(
    recorded: RecordedCluster,
) -> None:
    asked_t = recorded.t
    await recorded.command({"command": "set_users", "rate_per_s": 60.0})
    with pytest.raises(CommandError):
        await recorded.command({"command": "heal_fault", "fault": "f999"})
    await recorded.command({"command": "stats"})
    run = unpack(await recorded.run("sixty a second"))
    assert (run.head.body, run.head.seed, run.head.title) == ("live", 7, "sixty a second")
    assert run.head.scenario_text == TEXT
    *_, users, heal = run.head.commands
    assert users.fields == {"command": "set_users", "rate_per_s": 60.0}
    assert asked_t <= users.t <= recorded.t
    assert "no fault named 'f999'" in heal.error
    assert run.head.to_t == pytest.approx(recorded.t, abs=1.0)


async def test_the_steps_of_kept_requests_are_in_the_run(recorded: RecordedCluster) -> None:
    def known() -> list[str]:
        told = [m.body for m in recorded.recording if m.kind == "spans"]
        return [trace["id"] for body in told for trace in msgspec.json.decode(body)["traces"]]

    await until(lambda: len(known()) > 3, "the spans of some requests")
    found = known()[-1]
    run = unpack(await recorded.run())
    trace = kept_trace(run.recording, found)
    assert {"user", "call", "attempt", "server"} <= {span["kind"] for span in trace["spans"]}
    assert (await recorded.trace(found)) == trace


async def test_browsers_are_not_told_the_spans(recorded: RecordedCluster) -> None:
    heard: list[str] = []
    leave = recorded.listen(lambda kind, _: heard.append(kind))
    kept = recorded.recording.messages
    await until(lambda: recorded.recording.messages > kept + 30, "more of the record")
    leave()
    assert "frame" in heard
    assert "spans" not in heard


def test_closing_a_chunk_holds_the_loop_up_for_a_few_milliseconds_at_most() -> None:
    recording = Recording()
    body = msgspec.json.encode({"type": "frame", "instances": [[1, 2, 0.5, i] for i in range(400)]})
    longest_s = []
    for _ in range(5):
        spent_s = []
        for _ in range(CHUNK_BYTES // len(body) + 1):
            began_s = time.process_time()
            recording.add(1.0, "frame", body)
            spent_s.append(time.process_time() - began_s)
        longest_s.append(max(spent_s))
    assert min(longest_s) < 0.01


async def test_the_past_is_asked_for_by_commands_too(recorded: RecordedCluster) -> None:
    await until(lambda: recorded.t > 1.5, "a second")
    hello = await recorded.command({"command": "moment", "t": 1.0})
    assert hello["type"] == "hello"
    span = await recorded.command({"command": "span", "from_t": 0.5, "to_t": 1.0})
    assert span["messages"]
    with pytest.raises(CommandError) as refusal:
        await recorded.command({"command": "moment", "t": -1.0})
    assert refusal.value.field == "t"
