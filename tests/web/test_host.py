"""The life of labs on hosts: room, rest, death and return."""

import asyncio

import pytest
from pytest_django import Settings

from lab.web import labs
from lab.web.ask import ask
from lab.web.errors import Problem
from lab.web.exchange import Address, HostSilent
from lab.web.host import LabHost
from lab.web.models import Lab
from lab.web.person import LOCAL, Person, Proof
from lab.web.site import Site
from tests.web.conftest import open_host
from tests.web.fake_cluster import FakeCluster, FakeDoor
from tests.web.sockets import Socket
from tests.web.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

LEARNER = Person(LOCAL, Proof.LOCAL)
BOB = Person("bob", Proof.SESSION)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find a dead host soon."""
    for name, value in {
        "lab.web.feed.RENEW_S": 0.05,
        "lab.web.feed.ANSWER_S": 0.1,
        "lab.web.feed.RETRY_S": 0.05,
        "lab.web.exchange.PATIENCE_S": 0.1,
        "lab.web.exchange.PING_S": 0.1,
        "lab.web.waking.OFFER_S": 0.3,
    }.items():
        monkeypatch.setattr(name, value)


async def test_a_host_ends_its_labs_when_it_is_stopped(site: Site, door: FakeDoor) -> None:
    async with open_host(door):
        await labs.create(LEARNER, "pair")
        assert door.spawner.is_running
        assert door.newest.status == "running"
    assert door.newest.status == "stopped"
    assert not door.spawner.is_running


@pytest.mark.usefixtures("impatient")
async def test_when_a_host_dies_the_lab_starts_again_elsewhere_and_viewers_are_told(
    site: Site, door: FakeDoor
) -> None:
    async with open_host(door):
        lab = await labs.create(LEARNER, "toyshop", seed=7)
        socket = Socket(lab.pk)
        await socket.join()
        await socket.ask(1, command="inject_fault", kind="hang", target="payments-1")
    elsewhere = FakeDoor()
    async with open_host(elsewhere) as host:
        notice = await socket.next_but("event", "frame")
        assert notice["type"] == "notice"
        assert "starting again" in notice["text"]
        hello = await socket.next_but("notice")
        assert hello["type"] == "hello"
        assert hello["state"]["faults"] == []
        assert (elsewhere.newest.scenario, elsewhere.newest.seed) == ("toyshop", 7)
        elsewhere.newest.tick()
        assert (await socket.next())["n"] == 1
        reply = await socket.ask(2, command="reset")
        assert reply["ok"] is True
        row = await Lab.objects.aget(pk=lab.pk)
        assert (row.host, row.incarnation) == (host.channel, 2)
        await socket.disconnect()


@pytest.mark.usefixtures("impatient")
async def test_while_no_host_has_room_viewers_are_told_and_stay(site: Site, door: FakeDoor) -> None:
    async with open_host(door):
        lab = await labs.create(LEARNER, "toyshop")
        socket = Socket(lab.pk)
        await socket.join()
    texts = [(await socket.next())["text"] for _ in range(3)]
    assert texts[1] == "This lab cannot start yet: no host has room for another lab."
    async with open_host(door):
        assert (await socket.next_but("notice"))["type"] == "hello"
        await socket.disconnect()


@pytest.mark.usefixtures("impatient")
async def test_a_program_that_asks_a_dead_host_is_answered_by_the_next(
    site: Site, door: FakeDoor
) -> None:
    async with open_host(door):
        lab = await labs.create(LEARNER, "toyshop")
    elsewhere = FakeDoor()
    async with open_host(elsewhere):
        answer = await ask(lab, {"command": "reset"})
        assert answer.plain() == {"status": "running"}
        assert [change["command"] for change in elsewhere.newest.changes] == ["reset"]


@pytest.mark.usefixtures("impatient")
async def test_of_many_who_notice_at_once_one_starts_the_lab(site: Site, door: FakeDoor) -> None:
    async with open_host(door):
        lab = await labs.create(LEARNER, "toyshop")
    elsewhere = FakeDoor()
    async with open_host(elsewhere):
        answers = await asyncio.gather(*(ask(lab, {"command": "stats"}) for _ in range(10)))
        assert len(answers) == 10
        assert len(elsewhere.clusters) == 1


async def test_what_a_host_of_an_earlier_life_publishes_is_not_shown(
    site: Site, door: FakeDoor, host: LabHost
) -> None:
    lab = await labs.create(LEARNER, "toyshop")
    socket = Socket(lab.pk)
    await socket.join()
    earlier = door.newest
    host.labs[str(lab.pk)].incarnation = 0
    earlier.happen("from the grave")
    host.labs[str(lab.pk)].incarnation = 1
    earlier.happen("alive")
    assert (await socket.next())["text"] == "alive"
    await socket.disconnect()


async def test_an_unused_lab_is_put_to_rest_and_wakes_when_somebody_comes(
    site: Site, door: FakeDoor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.web.host.SWEEP_S", 0.01)
    settings.FAULTLINE_IDLE_S = 0.05
    async with open_host(door) as host:
        lab = await labs.create(LEARNER, "toyshop")
        await until(lambda: door.newest.status == "stopped")
        assert not host.labs
        settings.FAULTLINE_IDLE_S = 60.0
        socket = Socket(lab.pk)
        connected, _ = await socket.connect()
        assert connected
        notice = await socket.next()
        assert notice["text"].startswith("Nobody used this lab for a while")
        assert (await socket.next())["type"] == "hello"
        assert len(door.clusters) == 2
        await socket.disconnect()


async def test_a_watched_lab_is_never_put_to_rest(
    site: Site, door: FakeDoor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.web.host.SWEEP_S", 0.01)
    monkeypatch.setattr("lab.web.feed.RENEW_S", 0.02)
    settings.FAULTLINE_IDLE_S = 0.2
    async with open_host(door) as host:
        lab = await labs.create(LEARNER, "toyshop")
        socket = Socket(lab.pk)
        await socket.join()
        idle = host.labs[str(lab.pk)].idle_s
        began = asyncio.get_running_loop().time()
        await until(lambda: asyncio.get_running_loop().time() > began + 0.5)
        assert idle() < 0.2
        assert host.labs
        await socket.disconnect()


async def test_labs_at_rest_do_not_count_against_their_owner(
    site: Site, door: FakeDoor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.web.host.SWEEP_S", 0.01)
    settings.FAULTLINE_LABS_PER_OWNER = 1
    settings.FAULTLINE_IDLE_S = 0.05
    async with open_host(door) as host:
        first = await labs.create(LEARNER, "pair")
        await until(lambda: not host.labs)
        settings.FAULTLINE_IDLE_S = 60.0
        second = await labs.create(LEARNER, "pair")
        assert (await Lab.objects.aget(pk=first.pk)).status == Lab.Status.ASLEEP
        assert second.status == Lab.Status.RUNNING
        with pytest.raises(Problem) as refused:
            await ask(await Lab.objects.aget(pk=first.pk), {"command": "stats"})
        assert refused.value.code == "one_lab_only"
        assert refused.value.also == {"lab": str(second.pk)}


async def test_a_lab_that_broke_down_starts_again(
    site: Site, door: FakeDoor, host: LabHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.web.feed.RENEW_S", 0.05)
    lab = await labs.create(LEARNER, "toyshop")
    socket = Socket(lab.pk)
    await socket.join()
    door.newest.status = "broken"
    assert (await socket.next())["type"] == "notice"
    hello = await socket.next()
    assert hello["state"]["status"] == "running"
    assert len(door.clusters) == 2
    await socket.disconnect()


async def test_a_cluster_that_does_not_start_gives_its_place_back(
    site: Site, door: FakeDoor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: FakeCluster) -> None:
        raise OSError("no descriptors left")

    settings.FAULTLINE_MAX_LABS = 1
    async with open_host(door) as host:
        with monkeypatch.context() as broken:
            broken.setattr(FakeCluster, "start", fail)
            with pytest.raises(Problem) as problem:
                await labs.create(LEARNER, "pair")
        assert problem.value.code == "broken"
        assert not host.labs
        assert door.newest.status == "stopped"
        assert (await labs.create(LEARNER, "pair")).status == Lab.Status.RUNNING


async def test_a_lab_that_is_stopped_while_it_starts_does_not_live_on(
    site: Site, door: FakeDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()

    async def slow(cluster: FakeCluster) -> None:
        begun.set()
        await gate.wait()
        cluster.status = "running"

    monkeypatch.setattr(FakeCluster, "start", slow)
    async with open_host(door) as host, asyncio.TaskGroup() as tasks:
        starting = tasks.create_task(_refused(labs.create(LEARNER, "pair")))
        await begun.wait()
        lab = await Lab.objects.aget()
        await labs.stop(lab)
        gate.set()
        assert (await starting).code == "stopped"
        await until(lambda: not host.labs)
        assert door.newest.status == "stopped"


async def test_a_caller_who_gives_up_does_not_leave_a_lab_half_started(
    site: Site, door: FakeDoor, host: LabHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()

    async def slow(cluster: FakeCluster) -> None:
        begun.set()
        await gate.wait()
        cluster.status = "running"

    monkeypatch.setattr(FakeCluster, "start", slow)
    caller = asyncio.get_running_loop().create_task(labs.create(LEARNER, "pair"))
    await begun.wait()
    caller.cancel()
    await asyncio.wait({caller})
    gate.set()
    await until(lambda: door.newest.status == "running")
    lab = await Lab.objects.aget()
    answer = await ask(lab, {"command": "stats"})
    assert answer.plain()["p95_ms"] == 120.5
    assert len(door.clusters) == 1


async def test_who_gave_up_waiting_for_room_does_not_keep_it_from_the_next(
    site: Site, door: FakeDoor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FAULTLINE_MAX_LABS = 1
    async with open_host(door):
        first = await labs.create(LEARNER, "pair")
        with monkeypatch.context() as hasty:
            hasty.setattr("lab.web.waking.OFFER_S", 0.05)
            for _ in range(3):
                with pytest.raises(Problem):
                    await labs.create(LEARNER, "pair")
        await labs.stop(first)
        monkeypatch.setattr("lab.web.waking.OFFER_S", 1.0)
        assert (await labs.create(LEARNER, "pair")).status == Lab.Status.RUNNING


async def test_a_host_is_not_asked_about_labs_it_does_not_have(site: Site, host: LabHost) -> None:
    with pytest.raises(Problem) as problem:
        await site.exchange.ask(Address(host.channel, "nobody", 1), "hello", timeout_s=1.0)
    assert problem.value.code == "unknown_lab"


async def test_a_silent_host_is_told_from_a_slow_command(
    site: Site, door: FakeDoor, host: LabHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.web.exchange.PATIENCE_S", 0.05)
    monkeypatch.setattr("lab.web.ask.COMMAND_S", 0.2)
    lab = await labs.create(LEARNER, "pair")

    async def hang(_: object) -> dict[str, object]:
        await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(door.newest, "command", hang)
    with pytest.raises(Problem) as problem:
        await ask(lab, {"command": "reset"})
    assert problem.value.code == "too_slow"
    assert problem.value.status == 504
    with pytest.raises(HostSilent):
        await site.exchange.ask(Address("faultline.host.nobody"), "ping", timeout_s=0.05)


async def test_late_answers_are_not_kept(
    site: Site, door: FakeDoor, host: LabHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = await labs.create(LEARNER, "pair")
    gate, answered = asyncio.Event(), asyncio.Event()

    async def slow(_: object) -> dict[str, object]:
        await gate.wait()
        answered.set()
        return {}

    monkeypatch.setattr(door.newest, "command", slow)
    with pytest.raises(HostSilent):
        await site.exchange.ask(Address.of(lab), "command", {"command": "x"}, timeout_s=0.02)
    assert site.exchange._open == {}
    gate.set()
    await answered.wait()
    await site.exchange.ask(Address(host.channel), "ping", timeout_s=1.0)
    assert site.exchange._open == {}


async def test_the_sandbox_returns_under_its_address(site: Site, door: FakeDoor) -> None:
    async with open_host(door):
        first = await labs.open_sandbox()
    assert (first.owner, first.scenario_name) == (LOCAL, "toyshop")
    await labs.put_to_rest()
    async with open_host(door):
        again = await labs.open_sandbox()
        assert again.pk == first.pk
        assert again.status == Lab.Status.RUNNING
        await Lab.objects.filter(pk=first.pk).aupdate(scenario_text="of an earlier release")
        await labs.put_to_rest()
        renewed = await labs.open_sandbox()
        assert renewed.pk != first.pk


async def _refused(start: object) -> Problem:
    try:
        await start  # type: ignore[misc]
    except Problem as problem:
        return problem
    raise AssertionError("nothing was refused")
