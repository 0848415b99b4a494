"""What the site relies on at the cluster's front door; the fake keeps it as the real one does."""

import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from lab.cluster import CommandError, unpack
from lab.web.door import FRONT_DOOR, Making, Reply, Running
from lab.web.hosted import FrameHead
from lessons.shelf import shipped
from tests.web.fake_cluster import FakeDoor
from tests.web.waiting import until

STATE = {
    "type", "version", "t", "status", "notice", "scenario", "instances", "workers",
    "dependencies", "links", "faults",
}  # fmt: skip


@pytest.fixture(params=["fake live", "fake virtual", "live", "virtual"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def cluster(kind: str) -> AsyncIterator[Running]:
    door = FakeDoor().door() if kind.startswith("fake") else FRONT_DOOR
    spawner = door.spawner()
    await spawner.start()
    making = Making("pair", shipped()["pair"].text, 5, kind.removeprefix("fake "))
    cluster = door.cluster(making, spawner)
    await cluster.start()
    try:
        yield cluster
    finally:
        await cluster.stop()
        await spawner.stop()


async def ask(cluster: Running, **command: Any) -> Any:
    """Return the answer to a command, as whoever sent it would read it."""
    return plain(await cluster.command(command))


def plain(reply: Reply) -> Any:
    return msgspec.json.decode(msgspec.json.encode(reply))


class Ear:
    """Remembers what a cluster tells."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def __call__(self, kind: str, body: bytes) -> None:
        message = json.loads(body)
        assert message["type"] == kind
        self.messages.append(message)


async def test_a_started_cluster_runs_and_says_so(cluster: Running) -> None:
    state = await ask(cluster, command="state")
    assert state.keys() >= STATE
    assert (state["status"], cluster.status) == ("running", "running")
    assert state["scenario"]["seed"] == 5


async def test_hello_holds_what_somebody_who_joins_needs(cluster: Running) -> None:
    made: list[str] = []
    hello = plain(await cluster.hello(lambda: made.append("now")))
    assert made == ["now"]
    assert set(hello) - {"frame"} == {"type", "state", "history", "events", "traces"}
    assert hello["type"] == "hello"
    assert hello["state"].keys() >= STATE


async def test_a_listener_hears_messages_as_json_until_it_leaves(cluster: Running) -> None:
    ear = Ear()
    leave = cluster.listen(ear)
    await _tick(cluster)
    await until(lambda: any(each["type"] == "frame" for each in ear.messages))
    leave()
    heard = len(ear.messages)
    await cluster.command({"command": "reset"})
    assert len(ear.messages) == heard


@pytest.mark.parametrize(
    "command",
    [
        {},
        {"command": "nonsense"},
        {"command": "inject_fault"},
        {"command": "inject_fault", "kind": "hang", "target": "nobody"},
        {"command": "heal_fault", "fault": "f99"},
        {"command": "log", "instance": "nobody"},
        {"command": "trace", "trace": "none"},
    ],
)
async def test_a_bad_command_is_refused_and_changes_nothing(
    cluster: Running, command: dict[str, object]
) -> None:
    before = (await ask(cluster, command="state"))["faults"]
    with pytest.raises(CommandError) as refusal:
        await cluster.command(command)
    assert refusal.value.code
    assert refusal.value.message
    assert (await ask(cluster, command="state"))["faults"] == before


async def test_numbers_have_what_metrics_and_objectives_read(cluster: Running) -> None:
    stats = await ask(cluster, command="stats")
    assert stats.keys() >= {"success_ratio", "p95_ms", "totals", "patterns"}
    assert stats["totals"].keys() >= {"calls", "links", "bytes"}


async def test_what_is_recorded_of_it_is_a_runs_file(cluster: Running) -> None:
    run = unpack(await cluster.run("so far"))
    assert run.head.title == "so far"
    assert run.head.scenario_text == shipped()["pair"].text
    assert run.recording.messages > 0


async def test_only_a_virtual_lab_has_a_pace(cluster: Running) -> None:
    assert cluster.about()["body"] == cluster.body
    if cluster.body == "virtual":
        paused = await ask(cluster, command="set_pace", speed=2.0, paused=True)
        assert (paused["speed"], paused["paused"]) == (2.0, True)
        assert (await ask(cluster, command="step"))["t"] > 0.0
        await until(lambda: cluster.about()["pace"]["paused"] is True)
        return
    assert cluster.about()["pace"] is None
    for command in ({"command": "set_pace", "speed": 2.0, "paused": True}, {"command": "step"}):
        with pytest.raises(CommandError) as refusal:
            await cluster.command(command)
        assert refusal.value.code == "live"


async def test_the_past_can_be_read(cluster: Running) -> None:
    now = (await ask(cluster, command="state"))["t"]
    assert (await ask(cluster, command="moment", t=now))["type"] == "hello"
    span = await ask(cluster, command="span", from_t=0.0, to_t=now)
    assert span.keys() == {"messages", "next_t"}


async def test_what_it_takes_to_have_it_again_is_known(cluster: Running) -> None:
    await ask(cluster, command="set_users", rate_per_s=21.0)

    def has_it() -> bool:
        return cluster.replay is not None and len(cluster.replay.commands) == 1

    await until(has_it)
    assert cluster.replay is not None
    (given,) = cluster.replay.commands
    assert given.fields["rate_per_s"] == 21.0


async def test_stopping_twice_is_stopping_once(cluster: Running) -> None:
    await cluster.stop()
    await cluster.stop()
    assert cluster.status == "stopped"


async def test_the_head_of_every_frame_can_be_read(cluster: Running) -> None:

    bodies: list[bytes] = []
    leave = cluster.listen(lambda kind, body: bodies.append(body) if kind == "frame" else None)
    await _tick(cluster, 6)
    await until(lambda: len(bodies) >= 6)
    leave()
    heads = [msgspec.json.decode(body, type=FrameHead) for body in bodies[:6]]
    numbers = [head.n for head in heads]
    assert numbers == list(range(numbers[0], numbers[0] + 6))
    assert sum(head.has_row for head in heads) in (1, 2)


async def _tick(cluster: Any, times: int = 1) -> None:
    """A fake makes a frame only when it is told to."""
    for _ in range(times):
        if hasattr(cluster, "tick"):
            cluster.tick()
