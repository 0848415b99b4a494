"""Experiments over the API: in the background, watched, cancelled, reported, each its owner's."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from lab.web import experiments
from lab.web.consumers import CLOSED_NO_SUCH_LAB, CLOSED_STRANGER
from lab.web.kept_experiment import KeptExperiment
from lab.web.site import Site
from tests.experiments.asking import children
from tests.web.clients import Http
from tests.web.sockets import Socket

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("static_files", "site"),
]

JSON = "application/json"
API = "/api/v1/experiments"
Browser = Callable[[], Http]

SHORT = {"scenario": "pair", "for_s": 6.0, "warm_up_s": 1.0}
LONG = {"scenario": "pair", "for_s": 600.0, "seeds": 20}


class Watching(Socket):
    """A websocket to an experiment."""

    PATH = "/ws/experiments/{}"


async def visit(client: Http) -> dict[str, str]:
    """Open home, as a browser does; return the header that its requests need."""
    await client.get("/")
    return {"x-csrftoken": str(client.cookies["faultline_csrf"].value)}


async def start(client: Http, body: object, headers: Any = None) -> Any:
    return await client.post(API, body, JSON, headers=headers)


async def begun(client: Http, body: object, headers: Any = None) -> Any:
    answer = await start(client, body, headers)
    assert answer.status_code == 202, answer.content
    return answer.json()


async def read(client: Http, experiment: Any) -> Any:
    answer = await client.get(f"{API}/{experiment['id']}")
    assert answer.status_code == 200
    return answer.json()


async def once(client: Http, experiment: Any, condition: Callable[[Any], object]) -> Any:
    """Return the experiment when the condition holds for it."""
    async with asyncio.timeout(60.0):
        while not condition(now := await read(client, experiment)):  # noqa: ASYNC110 - as a browser
            await asyncio.sleep(0.05)
    return now


async def ended(client: Http, experiment: Any) -> Any:
    """Return the experiment when it has ended and its workers are gone."""
    return await once(client, experiment, lambda now: now["state"] != "running" and not children())


def error_of(answer: Any) -> Any:
    return answer.json()["error"]


async def test_an_experiment_runs_in_the_background_and_then_has_a_result(learner: Http) -> None:
    body = SHORT | {"set": {"users.rate_per_s": 50}, "sweep": {"seed": [1, 2]}, "seeds": 2}
    experiment = await begun(learner, body)
    assert (experiment["state"], experiment["done"], experiment["of"]) == ("running", 0, 4)
    now = await ended(learner, experiment)
    assert (now["state"], now["done"], now["progress_ratio"]) == ("done", 4, 1.0)
    result = now["result"]
    assert [cell["at"] for cell in result["cells"]] == [{"seed": 1}, {"seed": 2}]
    trials = [trial for cell in result["cells"] for trial in cell["trials"]]
    assert [trial["seed"] for trial in trials] == [1, 2, 2, 3]
    assert trials[1]["digest"] == trials[2]["digest"]
    assert result["command"] == now["command"]
    listed = (await learner.get(API)).json()["experiments"]
    assert listed == [{key: value for key, value in now.items() if key != "result"}]


async def test_the_report_is_a_page_that_may_do_nothing(learner: Http) -> None:
    experiment = await begun(learner, SHORT)
    early = await learner.get(f"{API}/{experiment['id']}/report")
    assert (early.status_code, error_of(early)["code"]) == (409, "no_result")
    await ended(learner, experiment)
    report = await learner.get(f"{API}/{experiment['id']}/report")
    assert report.status_code == 200
    assert report["Content-Type"].startswith("text/html")
    assert report["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert report["Content-Security-Policy"].endswith("frame-ancestors 'none'; sandbox")
    assert "One caller, one callee" in report.content.decode()


async def test_its_websocket_tells_how_far_it_is_and_closes_at_the_end(learner: Http) -> None:
    experiment = await begun(learner, SHORT | {"for_s": 60.0, "seeds": 6})
    socket = Watching(experiment["id"])
    assert (await socket.connect())[0]
    messages = [await socket.next()]
    while messages[-1]["state"] == "running":
        message = json.loads(await socket.receive_from(timeout=60))
        messages.append(message)
    assert {message["type"] for message in messages} == {"experiment"}
    assert {message["id"] for message in messages} == {experiment["id"]}
    progress = [message["progress_ratio"] for message in messages]
    assert progress == sorted(progress)
    assert (messages[-1]["state"], messages[-1]["done"], messages[-1]["of"]) == ("done", 6, 6)
    assert await socket.code() == 1000


async def test_deleting_cancels_it_and_keeps_what_it_gave(learner: Http) -> None:
    experiment = await begun(learner, SHORT | {"for_s": 60.0, "seeds": 200})
    await once(learner, experiment, lambda now: now["done"])
    for _ in range(2):
        assert (await learner.delete(f"{API}/{experiment['id']}")).status_code == 204
    now = await ended(learner, experiment)
    assert now["state"] == "cancelled"
    assert children() == set()
    now = await once(learner, experiment, lambda now: now["result"])
    assert now["result"]["state"] == "cancelled"
    assert 1 <= now["result"]["done"] == now["done"] < 200


async def test_an_owner_has_one_at_a_time(learner: Http) -> None:
    first = await begun(learner, LONG)
    second = await start(learner, SHORT)
    assert (second.status_code, error_of(second)["code"]) == (409, "one_experiment_only")
    assert second.json()["experiment"] == first["id"]
    await learner.delete(f"{API}/{first['id']}")
    await ended(learner, first)
    third = await begun(learner, SHORT)
    assert (await ended(learner, third))["state"] == "done"


async def test_a_site_runs_a_few_at_a_time(learner: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments, "MOST_AT_ONCE", 0)
    refused = await start(learner, SHORT)
    assert (refused.status_code, error_of(refused)["code"]) == (503, "busy")
    assert refused["Retry-After"] == "30"


async def test_to_others_it_does_not_exist(browser: Browser, settings: Settings) -> None:
    settings.FAULTLINE_SHARED = True
    owner, other = browser(), browser()
    mine, theirs = await visit(owner), await visit(other)
    experiment = await begun(owner, LONG, mine)
    address = f"{API}/{experiment['id']}"
    for path in (address, f"{address}/report"):
        assert (await other.get(path)).status_code == 404
    assert (await other.delete(address, headers=theirs)).status_code == 404
    assert (await other.get(API)).json() == {"experiments": []}
    cookie = f"faultline_session={other.cookies['faultline_session'].value}"
    stranger, wrong = Watching(experiment["id"]), Watching(experiment["id"], cookie=cookie)
    assert (await stranger.connect())[0]
    assert await stranger.code() == CLOSED_STRANGER
    assert (await wrong.connect())[0]
    assert await wrong.code() == CLOSED_NO_SUCH_LAB
    assert (await read(owner, experiment))["state"] == "running"
    assert (await owner.delete(address, headers=mine)).status_code == 204
    await ended(owner, experiment)


async def test_a_page_of_another_site_is_refused_at_the_handshake(learner: Http) -> None:
    socket = Watching("00000000-0000-4000-8000-000000000000", origin="http://evil.example")
    assert not (await socket.connect())[0]


async def test_it_is_lost_with_its_site_process_and_its_owner_may_go_on(
    learner: Http, site: Site
) -> None:
    experiment = await begun(learner, LONG)
    await site.close()
    assert children() == set()
    assert (await read(learner, experiment))["state"] == "lost"
    silent = await KeptExperiment.objects.acreate(
        owner="local", asked=json.dumps({"scenario": "pair", "text": ""}), of=3,
        touched=timezone.now() - timedelta(minutes=1),
    )  # fmt: skip
    assert (await read(learner, {"id": silent.pk}))["state"] == "lost"


async def test_only_the_newest_are_kept(learner: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments, "MOST_KEPT", 2)
    for _ in range(3):
        newest = await begun(learner, SHORT)
        await ended(learner, newest)
    kept = (await learner.get(API)).json()["experiments"]
    assert len(kept) == 2
    assert kept[0]["id"] == newest["id"]


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"scenario": "toyshp"}, "unknown_scenario", "scenario"),
        ({"set": {"users.rate": 3}}, "bad_experiment", "set"),
        ({"sweep": {"users.rate_per_s": [1, "many"]}}, "bad_experiment", "sweep"),
        ({"sweep": {"users.rate_per_s": []}}, "bad_experiment", "sweep"),
        ({"warm_up_s": 6.0}, "bad_experiment", "warm_up_s"),
        ({"sweep": {"seed": list(range(101))}}, "out_of_range", "sweep"),
        ({"seeds": 401}, "out_of_range", "seeds"),
        ({"seeds": 100, "for_s": 241.0}, "out_of_range", "for_s"),
        ({"seeds": 0}, "invalid", "seeds"),
        ({"live": True}, "invalid", "live"),
        ({"set": [1]}, "invalid", "set"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    learner: Http, more: dict[str, Any], code: str, field: str
) -> None:
    answer = await start(learner, SHORT | more)
    assert (answer.status_code, error_of(answer)["code"]) == (422, code)
    assert error_of(answer)["field"] in (field, f"body.{field}")
    assert not await KeptExperiment.objects.aexists()


async def test_an_unknown_one_is_not_found(learner: Http) -> None:
    for name in ("nonsense", "00000000-0000-4000-8000-000000000000"):
        answer = await learner.get(f"{API}/{name}")
        assert (answer.status_code, error_of(answer)["code"]) == (404, "not_found")
