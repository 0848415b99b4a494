import asyncio

import pytest

from lab.web import consumers, labs
from lab.web.host import LabHost
from lab.web.models import Lab
from lab.web.person import LOCAL, Person, Proof
from lab.web.site import Site
from tests.web.fake_cluster import FakeDoor
from tests.web.sockets import Socket
from tests.web.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

LOCAL_LEARNER = Person(LOCAL, Proof.LOCAL)


@pytest.fixture
async def lab(host: LabHost) -> Lab:
    return await labs.create(LOCAL_LEARNER, "toyshop")


async def test_hello_comes_first_and_then_what_happens(lab: Lab, door: FakeDoor) -> None:
    door.newest.happen("before")
    socket = Socket(lab.pk)
    hello = await socket.join()
    assert hello["type"] == "hello"
    assert [event["text"] for event in hello["events"]] == ["before"]
    door.newest.happen("after")
    door.newest.tick()
    assert (await socket.next())["text"] == "after"
    assert (await socket.next())["n"] == 1
    await socket.disconnect()


async def test_a_command_is_answered_under_its_number(lab: Lab, door: FakeDoor) -> None:
    socket = Socket(lab.pk)
    await socket.join()
    reply = await socket.ask(7, command="inject_fault", kind="hang", target="payments-1")
    assert reply == {
        "type": "reply",
        "id": 7,
        "ok": True,
        "result": {"id": "f1", "kind": "hang"},
    }
    assert door.newest.changes == [
        {"command": "inject_fault", "kind": "hang", "target": "payments-1"}
    ]
    await socket.disconnect()


async def test_what_the_cluster_refuses_comes_back_in_the_one_shape(lab: Lab) -> None:
    socket = Socket(lab.pk)
    await socket.join()
    reply = await socket.ask(1, command="inject_fault", kind="hang", target="paymnts-1")
    assert reply["ok"] is False
    assert reply["error"] == {
        "code": "unknown_target",
        "message": "there is no such target",
        "field": "target",
        "hint": "did you mean payments-1?",
    }
    await socket.disconnect()


@pytest.mark.parametrize("verb", ["start", "stop", "lease", "has", "offer", "ping"])
async def test_what_only_the_site_may_ask_a_host_is_no_command(
    lab: Lab, door: FakeDoor, verb: str
) -> None:
    socket = Socket(lab.pk)
    await socket.join()
    reply = await socket.ask(1, command=verb)
    assert reply["error"]["code"] == "unknown_command"
    assert door.newest.status == "running"
    await socket.disconnect()


async def test_a_slow_command_does_not_hold_up_the_next(
    lab: Lab, door: FakeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    obey, gate = door.newest.command, asyncio.Event()

    async def slow_reset(command: dict[str, object]) -> dict[str, object]:
        if command["command"] == "reset":
            await gate.wait()
        return await obey(command)

    monkeypatch.setattr(door.newest, "command", slow_reset)
    socket = Socket(lab.pk)
    await socket.join()
    await socket.send_json({"id": 1, "command": "reset"})
    assert (await socket.ask(2, command="stats"))["id"] == 2
    gate.set()
    assert (await socket.next())["id"] == 1
    await socket.disconnect()


async def test_a_viewer_chooses_its_rate_and_events_come_at_any(lab: Lab, door: FakeDoor) -> None:
    socket = Socket(lab.pk)
    await socket.join()
    assert (await socket.ask(1, command="watch", frames_per_s=0))["result"] == {"frames_per_s": 0}
    door.newest.tick()
    door.newest.happen("something")
    assert (await socket.next())["text"] == "something"
    refused = await socket.ask(2, command="watch", frames_per_s=60)
    assert refused["error"]["field"] == "frames_per_s"
    assert refused["error"]["hint"] == "one of 10, 5, 2, 1, 0"
    await socket.disconnect()


async def test_frames_stop_until_they_are_seen(lab: Lab, door: FakeDoor) -> None:
    socket = Socket(lab.pk)
    await socket.join()
    for _ in range(40):
        door.newest.tick()
    for number in range(1, 16):
        assert (await socket.next())["n"] == number
    assert await socket.receive_nothing()
    await socket.send_json({"command": "seen", "n": 15})
    await socket.ask(1, command="stats")
    door.newest.tick()
    assert (await socket.next())["n"] == 41
    await socket.disconnect()


async def test_too_large_a_message_is_refused_and_the_socket_lives_on(
    lab: Lab, door: FakeDoor
) -> None:
    socket = Socket(lab.pk)
    await socket.join()
    reply = await socket.ask(1, command="reset", filler="x" * consumers.MOST_BYTES)
    assert reply["error"]["code"] == "too_large"
    assert (await socket.ask(2, command="stats"))["ok"] is True
    assert door.newest.changes == []
    await socket.disconnect()


async def test_too_many_messages_are_refused_and_then_the_socket_is_closed(
    lab: Lab, door: FakeDoor
) -> None:
    socket = Socket(lab.pk)
    await socket.join()
    for number in range(400):
        await socket.send_json({"id": number, "command": "watch", "frames_per_s": 10})
    replies = [await socket.next() for _ in range(int(consumers.COMMANDS_BURST))]
    assert all(reply["ok"] for reply in replies)
    refused = await socket.next()
    assert refused["error"]["code"] == "too_fast"
    assert "wait" in refused["error"]["hint"]
    assert await socket.code() == consumers.CLOSED_TOO_FAST


async def test_a_lab_that_does_not_exist_closes_the_socket(site: Site) -> None:
    socket = Socket("00000000-0000-0000-0000-000000000000")
    await socket.connect()
    assert await socket.code() == consumers.CLOSED_NO_SUCH_LAB


async def test_stopping_a_lab_closes_its_viewers_for_good(
    lab: Lab, door: FakeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.web.feed.RENEW_S", 0.05)
    socket = Socket(lab.pk)
    await socket.join()
    await labs.stop(lab)
    assert await socket.code() == 4410
    assert door.newest.status == "stopped"
    again = Socket(lab.pk)
    await again.connect()
    assert await again.code() == 4410


async def test_a_page_of_another_site_is_refused_at_the_handshake(lab: Lab) -> None:
    for origin in ("http://evil.example", "null", "http://localhost:9"):
        connected, _ = await Socket(lab.pk, origin=origin).connect()
        assert not connected


async def test_our_own_page_may_connect(lab: Lab) -> None:
    socket = Socket(lab.pk, origin="http://127.0.0.1:8000")
    assert (await socket.join())["type"] == "hello"
    await socket.disconnect()


async def test_nothing_is_published_for_a_lab_that_nobody_watches(
    lab: Lab, door: FakeDoor, host: LabHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.web.hosted.LEASE_S", 0.0)
    monkeypatch.setattr("lab.web.host.SWEEP_S", 0.01)
    assert door.newest.listeners == []
    socket = Socket(lab.pk)
    await socket.join()
    await socket.disconnect()
    await until(lambda: not door.newest.listeners)
    assert host.labs[str(lab.pk)].seq == 0
