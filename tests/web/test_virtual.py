"""Virtual labs on the site with real players: twins have one time, a past outlives processes."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest

from lab.cluster import PlayedCluster, unpack
from lab.web import labs
from lab.web.host import LabHost
from lab.web.models import Past
from lab.web.site import Site
from tests.web.clients import Http
from tests.web.conftest import open_live_host
from tests.web.sockets import Socket
from tests.web.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

JSON = "application/json"
API = "/api/v1/labs"
HANG = {"kind": "hang", "target": "callee-1"}


@pytest.fixture
async def real_host(site: Site) -> AsyncIterator[LabHost]:
    """A host with players and workers."""
    async with open_live_host() as host:
        yield host


class VirtualLab:
    """A virtual lab over the API."""

    def __init__(self, client: Http, plain: Any) -> None:
        self.client = client
        self.id = plain["id"]
        self.path = f"{API}/{self.id}"

    @classmethod
    async def start(cls, client: Http) -> "VirtualLab":
        """Start one; its time stands still."""
        body = {"scenario": "pair", "body": "virtual", "seed": 5}
        lab = cls(client, (await client.post(API, body, JSON)).json())
        await lab.pace(1.0, paused=True)
        return lab

    async def second(self, kind: str, **wanted: object) -> "VirtualLab":
        """Start its twin or branch."""
        answer = await self.client.post(f"{self.path}/{kind}", wanted, JSON)
        assert answer.status_code == 201, answer.content
        return VirtualLab(self.client, answer.json())

    async def pace(self, speed: float | None, *, paused: bool) -> Any:
        """Set its pace."""
        wanted = {"speed": speed, "paused": paused}
        return (await self.client.put(f"{self.path}/pace", wanted, JSON)).json()

    async def read(self) -> Any:
        """Everything about it."""
        return (await self.client.get(self.path)).json()

    async def run_to(self, t: float) -> float:
        """Let time pass as fast as it goes until ``t`` at least, then stand still."""
        await self.pace(None, paused=False)
        while (await self.client.get(f"{self.path}/pace")).json()["t"] < t:
            pass
        await self.pace(1.0, paused=True)
        return float((await self.read())["t"])


def player_of(host: LabHost, lab: VirtualLab) -> int:
    cluster = host.labs[lab.id].cluster
    assert isinstance(cluster, PlayedCluster)
    assert cluster.player.pid is not None
    return cluster.player.pid


async def test_twins_have_one_time_whichever_is_steered(real_host: LabHost, learner: Http) -> None:
    lab = await VirtualLab.start(learner)
    await lab.run_to(1.0)
    twin = await lab.second("twin", change={"command": "set_users", "rate_per_s": 7.0})
    assert player_of(real_host, twin) == player_of(real_host, lab)
    reached_t = await twin.run_to(3.0)
    assert (await lab.read())["t"] == reached_t
    step = (await learner.post(f"{lab.path}/step", {"to": "frame"}, JSON)).json()
    assert (await twin.read())["t"] == pytest.approx(step["t"], abs=0.001)
    users = [(await each.read())["users"]["rate_per_s"] for each in (lab, twin)]
    assert users[0] != users[1] == 7.0


async def test_a_branch_leaves_the_past_as_it_was_and_changes_what_comes(
    real_host: LabHost, learner: Http
) -> None:
    lab = await VirtualLab.start(learner)
    left_t = round(1.0 + await lab.run_to(1.0), 3)
    await learner.post(f"{lab.path}/faults", HANG, JSON)
    end_t = await lab.run_to(left_t + 1.0)
    branch = await lab.second("branch", at_t=left_t, title="healed")
    read = await branch.read()
    assert (read["t"], read["pace"]["paused"], read["title"]) == (left_t, True, "healed")
    assert read["branch_of"] == {"lab": lab.id, "t": left_t}
    (fault,) = read["faults"]
    await learner.delete(f"{branch.path}/faults/{fault['id']}")
    await branch.run_to(end_t + 1.0)
    assert (await branch.read())["faults"] == []
    assert len((await lab.read())["faults"]) == 1
    moments = [
        (await learner.get(f"{each.path}/moment?t={left_t - 0.1}")).json()["events"]
        for each in (lab, branch)
    ]
    assert moments[0] == moments[1]
    late = await learner.post(f"{branch.path}/branch", {"at_t": 1e6}, JSON)
    assert late.json()["error"]["code"] == "has_twin"


async def test_what_was_done_outlives_the_player_and_viewers_are_told(
    real_host: LabHost, learner: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.web.feed.RENEW_S", 0.1)
    lab = await VirtualLab.start(learner)
    await learner.post(f"{lab.path}/faults", HANG, JSON)
    reached_t = await lab.run_to(2.0)
    socket = Socket(lab.id)
    await socket.join()
    os.kill(player_of(real_host, lab), signal.SIGKILL)
    notice = await socket.next_but("state", "event", "frame", "traces")
    assert notice["type"] == "notice"
    assert notice["text"].startswith("This lab broke down. It is being played again")
    hello = await socket.next_but("notice", "state", "event", "frame", "traces")
    assert hello["type"] == "hello"
    assert hello["state"]["t"] == pytest.approx(reached_t, abs=0.01)
    assert [fault["kind"] for fault in hello["state"]["faults"]] == ["hang"]
    await socket.disconnect()


async def test_a_program_that_asks_a_lab_whose_player_was_killed_is_answered(
    real_host: LabHost, learner: Http
) -> None:
    lab = await VirtualLab.start(learner)
    await learner.post(f"{lab.path}/faults", HANG, JSON)
    os.kill(player_of(real_host, lab), signal.SIGKILL)
    await until(lambda: real_host.labs[lab.id].cluster.status == "broken")
    assert [fault["kind"] for fault in (await lab.read())["faults"]] == ["hang"]


async def test_a_lab_that_slept_is_played_again_to_where_it_was(site: Site, learner: Http) -> None:
    async with open_live_host():
        lab = await VirtualLab.start(learner)
        await lab.run_to(1.0)
        await learner.post(f"{lab.path}/faults", HANG, JSON)
        await lab.run_to(2.0)
        before = await lab.read()
    await labs.put_to_rest()
    async with open_live_host() as host:
        after = await lab.read()
        for name in ("t", "pace", "instances", "faults", "users", "links", "body"):
            assert after[name] == before[name], name
        assert after["created"] == before["created"]
        run = unpack(await host.labs[lab.id].cluster.run(""))
        assert [given.fields["command"] for given in run.head.commands] == ["inject_fault"]
        await learner.delete(lab.path)
    assert not await Past.objects.aexists()


async def test_what_was_done_is_kept_while_the_lab_runs(
    real_host: LabHost, learner: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.web.host.SWEEP_S", 0.02)
    lab = await VirtualLab.start(learner)
    await learner.post(f"{lab.path}/faults", HANG, JSON)

    async with asyncio.timeout(10.0):
        while not await Past.objects.filter(lab=lab.id, commands__contains="hang").aexists():
            pass


async def test_a_live_twin_is_a_second_cluster_with_the_same_changes(
    real_host: LabHost, learner: Http
) -> None:
    first = (await learner.post(API, {"scenario": "pair"}, JSON)).json()
    await learner.patch(f"{API}/{first['id']}/users", {"rate_per_s": 21.0}, JSON)
    await learner.post(f"{API}/{first['id']}/faults", HANG, JSON)
    change = {"command": "set_users", "patience_s": 0.5}
    answer = await learner.post(f"{API}/{first['id']}/twin", {"change": change}, JSON)
    assert answer.status_code == 201, answer.content
    second = answer.json()
    states = [(await learner.get(f"{API}/{lab['id']}")).json() for lab in (first, second)]
    assert [state["body"] for state in states] == ["live", "live"]
    assert [state["users"]["rate_per_s"] for state in states] == [21.0, 21.0]
    assert [fault["target"] for state in states for fault in state["faults"]] == ["callee-1"] * 2
    assert states[0]["users"]["patience_s"] != states[1]["users"]["patience_s"] == 0.5
    pids = [{each["pid"] for each in state["instances"]} for state in states]
    assert pids[0].isdisjoint(pids[1])
