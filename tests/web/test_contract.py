"""What the site relies on at the cluster's front door; the fake keeps it as the real one does."""

import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from lab.cluster import CommandError, unpack
from lab.web.door import FRONT_DOOR, Door, Running
from lab.web.hosted import FrameHead
from lessons.shelf import shipped
from tests.web.fake_cluster import FakeDoor
from tests.web.waiting import until

STATE = {
    "type", "version", "t", "status", "notice", "scenario", "instances", "workers",
    "dependencies", "links", "faults",
}  # fmt: skip


@pytest.fixture(params=["fake", "live"])
def door(request: pytest.FixtureRequest) -> Door:
    return FakeDoor().door() if request.param == "fake" else FRONT_DOOR


@pytest.fixture
async def cluster(door: Door) -> AsyncIterator[Running]:
    spawner = door.spawner()
    await spawner.start()
    cluster = door.cluster(
        door.load(shipped()["pair"].text, "pair"), spawner, 5, shipped()["pair"].text
    )
    await cluster.start()
    try:
        yield cluster
    finally:
        await cluster.stop()
        await spawner.stop()


class Ear:
    """Remembers what a cluster tells."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def __call__(self, kind: str, body: bytes) -> None:
        message = json.loads(body)
        assert message["type"] == kind
        self.messages.append(message)


async def test_a_started_cluster_runs_and_says_so(cluster: Running) -> None:
    state = cluster.state()
    assert state.keys() >= STATE
    assert state["status"] == "running"
    assert state["scenario"]["seed"] == 5
    assert await cluster.command({"command": "state"}) == cluster.state() | {
        "t": pytest.approx(cluster.state()["t"], abs=1.0)
    }


async def test_hello_holds_what_somebody_who_joins_needs(cluster: Running) -> None:
    hello = cluster.hello()
    assert set(hello) == {"type", "state", "history", "events", "traces"}
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
    before = cluster.state()["faults"]
    with pytest.raises(CommandError) as refusal:
        await cluster.command(command)
    assert refusal.value.code
    assert refusal.value.message
    assert cluster.state()["faults"] == before


async def test_numbers_have_what_metrics_and_objectives_read(cluster: Running) -> None:
    stats = await cluster.command({"command": "stats"})
    assert stats.keys() >= {"success_ratio", "p95_ms", "totals", "patterns"}
    assert stats["totals"].keys() >= {"calls", "links", "bytes"}


async def test_what_is_recorded_of_it_is_a_runs_file(cluster: Running) -> None:
    run = unpack(await cluster.run("so far"))
    assert run.head.title == "so far"
    assert run.head.scenario_text == shipped()["pair"].text
    assert run.recording.messages > 0


async def test_stopping_twice_is_stopping_once(cluster: Running) -> None:
    await cluster.stop()
    await cluster.stop()
    assert cluster.state()["status"] == "stopped"


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
