"""Twins and branches on the site: who is whose twin, within which quota, on which host."""

import asyncio
from typing import Any

import pytest
from pytest_django import Settings

from lab.web import labs
from lab.web.host import LabHost
from lab.web.models import Lab
from lab.web.site import Site
from tests.web.clients import Http
from tests.web.conftest import open_host
from tests.web.fake_cluster import FakeDoor
from tests.web.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)

JSON = "application/json"
API = "/api/v1/labs"


async def started(client: Http, body: str = "virtual") -> Any:
    answer = await client.post(API, {"scenario": "pair", "body": body, "seed": 7}, JSON)
    assert answer.status_code == 201, answer.content
    return answer.json()


async def twin_of(client: Http, lab: Any, **twin: object) -> Any:
    answer = await client.post(f"{API}/{lab['id']}/twin", twin, JSON)
    assert answer.status_code == 201, answer.content
    return answer.json()


def error_of(answer: Any) -> Any:
    return answer.json()["error"]


async def test_a_lab_says_what_it_is_made_of(host: LabHost, learner: Http) -> None:
    virtual, live = await started(learner), await started(learner, "live")
    assert (virtual["body"], virtual["twin"], virtual["branch_of"]) == ("virtual", None, None)
    assert live["body"] == "live"
    read = (await learner.get(f"{API}/{virtual['id']}")).json()
    assert read["pace"] == {"speed": 1.0, "paused": False, "reached_per_s": None}
    assert (await learner.get(f"{API}/{live['id']}")).json()["pace"] is None
    wrong = await learner.post(API, {"scenario": "pair", "body": "spirit"}, JSON)
    assert wrong.status_code == 422
    assert error_of(wrong)["field"] == "body"


async def test_pace_and_steps_are_a_virtual_lab_s(host: LabHost, learner: Http) -> None:
    path = f"{API}/{(await started(learner))['id']}"
    wanted = {"speed": 2.0, "paused": True}
    assert (await learner.put(f"{path}/pace", wanted, JSON)).json() == {
        **wanted,
        "reached_per_s": None,
    }
    before_t = (await learner.get(f"{path}/pace")).json()["t"]
    assert (await learner.post(f"{path}/step", {}, JSON)).json()["t"] > before_t
    assert (await learner.get(f"{path}/moment?t=1")).json()["type"] == "hello"
    assert (await learner.get(f"{path}/span")).json()["next_t"] is None
    lacking = await learner.put(f"{path}/pace", {"speed": 2.0}, JSON)
    assert (lacking.status_code, error_of(lacking)["field"]) == (422, "paused")


async def test_a_live_lab_refuses_them(host: LabHost, learner: Http) -> None:
    path = f"{API}/{(await started(learner, 'live'))['id']}"
    pace = {"speed": 2.0, "paused": True}
    answers = [
        await learner.put(f"{path}/pace", pace, JSON),
        await learner.get(f"{path}/pace"),
        await learner.post(f"{path}/step", {}, JSON),
        await learner.post(f"{path}/branch", {"at_t": 1.0}, JSON),
    ]
    assert {(answer.status_code, error_of(answer)["code"]) for answer in answers} == {(409, "live")}


async def test_twins_name_each_other_and_are_played_side_by_side(
    host: LabHost, door: FakeDoor, learner: Http
) -> None:
    first = await started(learner)
    socket = Socket(first["id"])
    assert (await socket.join())["state"]["twin"] is None
    change = {"command": "set_users", "rate_per_s": 90.0}
    second = await twin_of(learner, first, change=change)
    assert (second["twin"], second["seed"], second["body"]) == (first["id"], 7, "virtual")
    making = door.newest.making
    assert making.beside is door.clusters[0]
    assert making.copying is not None
    assert making.copying.change == change
    told = await socket.next()
    assert (told["type"], told["twin"]) == ("state", second["id"])
    assert (await learner.get(f"{API}/{first['id']}")).json()["twin"] == second["id"]
    await socket.disconnect()


async def test_a_branch_is_a_twin_that_says_where_it_left(
    host: LabHost, door: FakeDoor, learner: Http
) -> None:
    first = await started(learner)
    branch = {"at_t": 1.5, "title": "with a retry"}
    answer = await learner.post(f"{API}/{first['id']}/branch", branch, JSON)
    assert answer.status_code == 201
    second = answer.json()
    assert second["branch_of"] == {"lab": first["id"], "t": 1.5}
    assert (second["twin"], second["title"]) == (first["id"], "with a retry")
    assert door.newest.making.copying is not None
    assert door.newest.making.copying.at_t == 1.5


async def test_a_live_twin_is_given_the_same_commands_and_the_change(
    host: LabHost, door: FakeDoor, learner: Http
) -> None:
    first = await started(learner, "live")
    fault = {"kind": "hang", "target": "payments-1"}
    await learner.post(f"{API}/{first['id']}/faults", fault, JSON)
    second = await twin_of(learner, first, change={"command": "reset"})
    assert second["body"] == "live"
    given = [change["command"] for change in door.newest.changes]
    assert given == ["inject_fault", "reset"]


async def test_a_refused_change_leaves_no_twin(
    host: LabHost, door: FakeDoor, learner: Http
) -> None:
    first = await started(learner, "live")
    changes = (
        ({"command": "set_users", "rate_per_s": "many"}, "change.rate_per_s"),
        ({"command": "heal_fault", "fault": "f9"}, "fault"),
    )
    for change, field in changes:
        answer = await learner.post(f"{API}/{first['id']}/twin", {"change": change}, JSON)
        assert (answer.status_code, error_of(answer)["field"]) == (422, field)
    listed = (await learner.get(API)).json()["labs"]
    assert [lab["id"] for lab in listed] == [first["id"]]
    assert listed[0]["twin"] is None
    assert len(host.labs) == 1


async def test_there_is_one_twin_until_it_is_stopped(host: LabHost, learner: Http) -> None:
    first = await started(learner)
    second = await twin_of(learner, first)
    again = await learner.post(f"{API}/{first['id']}/twin", {}, JSON)
    assert (again.status_code, error_of(again)["code"]) == (409, "has_twin")
    assert again.json()["lab"] == second["id"]
    await learner.delete(f"{API}/{second['id']}")
    assert (await learner.get(f"{API}/{first['id']}")).json()["twin"] is None
    assert (await twin_of(learner, first))["id"] != second["id"]


async def test_of_two_who_ask_at_once_one_gets_a_twin(host: LabHost, learner: Http) -> None:
    first = await started(learner)
    answers = await asyncio.gather(
        *(learner.post(f"{API}/{first['id']}/twin", {}, JSON) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(host.labs) == 2
    assert await Lab.objects.live().acount() == 2


async def test_who_may_have_one_lab_may_have_its_twin_besides(
    host: LabHost, learner: Http, settings: Settings
) -> None:
    settings.FAULTLINE_LABS_PER_OWNER = 1
    first = await started(learner)
    second = await twin_of(learner, first)
    refused = await learner.post(API, {"scenario": "pair"}, JSON)
    assert (refused.status_code, error_of(refused)["code"]) == (409, "too_many_labs")
    await learner.delete(f"{API}/{first['id']}")
    assert (await started(learner))["id"]
    more = await learner.post(f"{API}/{second['id']}/twin", {}, JSON)
    assert more.status_code == 409


async def test_virtual_labs_have_places_of_their_own(
    site: Site, door: FakeDoor, learner: Http, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FAULTLINE_MAX_LABS, settings.FAULTLINE_MAX_VIRTUAL = 1, 1
    monkeypatch.setattr("lab.web.waking.OFFER_S", 0.2)
    async with open_host(door) as host:
        first = await started(learner)
        await started(learner, "live")
        for answer in (
            await learner.post(API, {"scenario": "pair", "body": "virtual"}, JSON),
            await learner.post(f"{API}/{first['id']}/twin", {}, JSON),
        ):
            assert (answer.status_code, error_of(answer)["code"]) == (503, "no_room")
        assert len(host.labs) == 2


async def test_twins_that_wake_meet_again(site: Site, door: FakeDoor, learner: Http) -> None:
    async with open_host(door):
        first = await started(learner)
        await learner.post(f"{API}/{first['id']}/reset", {}, JSON)
        second = await twin_of(learner, first)
    await labs.put_to_rest()
    async with open_host(door):
        answers = await asyncio.gather(
            *(learner.get(f"{API}/{lab['id']}") for lab in (first, second))
        )
    assert [answer.status_code for answer in answers] == [200, 200]
    woken = door.clusters[2:]
    assert [cluster.making.beside for cluster in woken] == [None, woken[0]]
    replayed = [len(cluster.making.replay.commands) for cluster in woken]
    assert sorted(replayed) == [0, 1]
