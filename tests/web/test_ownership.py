"""Who may see, steer and stop a lab: its owner, and on one's own machine more."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from lab.web import labs
from lab.web.consumers import CLOSED_NO_SUCH_LAB, CLOSED_STRANGER
from lab.web.host import LabHost
from lab.web.models import Lab
from lab.web.person import LOCAL, Person, Proof
from tests.web.clients import HOST, Http
from tests.web.fake_cluster import FakeDoor
from tests.web.sockets import Socket

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("static_files"),
]

JSON = "application/json"
Browser = Callable[[], Http]


async def visit(client: Http) -> str:
    """Open home, as a browser does; return the CSRF token."""
    response = await client.get("/")
    assert response.status_code == 200
    return str(client.cookies["faultline_csrf"].value)


async def start(client: Http, csrf: str) -> Any:
    return await client.post(
        "/api/v1/labs", {"scenario": "pair"}, JSON, headers={"x-csrftoken": csrf}
    )


def cookie_of(client: Http) -> str:
    return f"faultline_session={client.cookies['faultline_session'].value}"


def every_request(lab_id: object) -> list[tuple[str, str, object]]:
    """Every route about one lab, in a form that its owner could send."""
    base = f"/api/v1/labs/{lab_id}"
    return [
        ("get", base, None),
        ("delete", base, None),
        ("post", f"{base}/reset", {}),
        ("get", f"{base}/faults", None),
        ("post", f"{base}/faults", {"kind": "hang", "target": "payments-1"}),
        ("delete", f"{base}/faults/f1", None),
        ("get", f"{base}/dependencies/checkout:payments/chain", None),
        ("put", f"{base}/dependencies/checkout:payments/chain", []),
        ("patch", f"{base}/services/payments", {"replicas": 2}),
        ("patch", f"{base}/users", {"rate_per_s": 1.0}),
        ("post", f"{base}/services/payments/restart", {}),
        ("get", f"{base}/events", None),
        ("get", f"{base}/traces", None),
        ("get", f"{base}/traces/1", None),
        ("get", f"{base}/instances/payments-1/log", None),
        ("get", f"{base}/stats", None),
        ("get", f"{base}/stats/p95_ms", None),
        ("get", f"{base}/slo?p95_ms_lt=300", None),
        ("get", f"{base}/metrics", None),
        ("get", f"{base}/run", None),
        ("post", f"{base}/run", {"title": "mine"}),
    ]


async def send(client: Http, method: str, path: str, body: object, **headers: str) -> Any:
    if body is None:
        return await getattr(client, method)(path, headers=headers)
    return await getattr(client, method)(path, body, JSON, headers=headers)


async def test_a_browsers_lab_does_not_exist_for_another_browser(
    host: LabHost, door: FakeDoor, browser: Browser
) -> None:
    ann, bob = browser(), browser()
    csrf_ann, csrf_bob = await visit(ann), await visit(bob)
    made = await start(ann, csrf_ann)
    lab_id = made.json()["id"]
    for method, path, body in every_request(lab_id):
        response = await send(bob, method, path, body, **{"x-csrftoken": csrf_bob})
        assert response.status_code == 404, path
        assert response.json()["error"]["code"] == "not_found"
    assert (await bob.get(f"/labs/{lab_id}/")).status_code == 404
    assert (await bob.get("/api/v1/labs")).json() == {"labs": []}
    assert door.newest.changes == []
    assert door.newest.status == "running"


async def test_another_browsers_websocket_is_closed(host: LabHost, browser: Browser) -> None:
    ann, bob = browser(), browser()
    made = await start(ann, await visit(ann))
    await visit(bob)
    mine = Socket(made.json()["id"], cookie=cookie_of(ann))
    assert (await mine.join())["type"] == "hello"
    other = Socket(made.json()["id"], cookie=cookie_of(bob))
    await other.connect()
    assert await other.code() == CLOSED_NO_SUCH_LAB
    await mine.disconnect()


async def test_a_session_that_is_over_opens_nothing(host: LabHost, browser: Browser) -> None:
    ann = browser()
    made = await start(ann, await visit(ann))
    ghost = Socket(made.json()["id"], cookie="faultline_session=over")
    await ghost.connect()
    assert await ghost.code() == CLOSED_STRANGER
    over = {"cookie": "faultline_session=over"}
    response = await Http().get(f"/api/v1/labs/{made.json()['id']}", headers=over)
    assert response.status_code == 401


async def test_the_owner_may_do_everything(host: LabHost, browser: Browser) -> None:
    ann = browser()
    csrf = await visit(ann)
    lab_id = (await start(ann, csrf)).json()["id"]
    last = ("delete", f"/api/v1/labs/{lab_id}", None)
    requests = [each for each in every_request(lab_id) if each != last]
    statuses = {
        path.removeprefix(f"/api/v1/labs/{lab_id}"): (
            await send(ann, method, path, body, **{"x-csrftoken": csrf})
        ).status_code
        for method, path, body in [*requests, last]
    }
    assert {path: status for path, status in statuses.items() if status >= 300} == {
        "/faults/f1": 404,  # its number is not the first change's
        "/traces/1": 404,  # the fake cluster keeps no requests
    }
    assert (await ann.get(f"/labs/{lab_id}/")).status_code == 200


async def test_every_session_on_this_machine_shares_the_local_labs(
    host: LabHost, learner: Http, browser: Browser
) -> None:
    made = await learner.post("/api/v1/labs", {"scenario": "toyshop"}, JSON)
    assert made.status_code == 201
    lab_id = made.json()["id"]
    assert (await Lab.objects.aget(pk=lab_id)).owner == LOCAL
    ann = browser()
    csrf = await visit(ann)
    assert (await ann.get(f"/api/v1/labs/{lab_id}")).status_code == 200
    reset = await ann.post(f"/api/v1/labs/{lab_id}/reset", headers={"x-csrftoken": csrf})
    assert reset.status_code == 200
    socket = Socket(lab_id, cookie=cookie_of(ann))
    assert (await socket.join())["type"] == "hello"
    await socket.disconnect()


async def test_whoever_sits_at_this_machine_may_reach_every_lab(
    host: LabHost, learner: Http, browser: Browser
) -> None:
    ann = browser()
    lab_id = (await start(ann, await visit(ann))).json()["id"]
    assert (await learner.get(f"/api/v1/labs/{lab_id}")).status_code == 200
    assert [each["id"] for each in (await learner.get("/api/v1/labs")).json()["labs"]] == [lab_id]


async def test_a_shared_site_has_no_local_learner(
    host: LabHost, learner: Http, settings: Settings
) -> None:
    settings.FAULTLINE_SHARED = True
    lab = await labs.create(Person(LOCAL, Proof.LOCAL), "toyshop")
    for path in ("/api/v1/labs", "/api/v1/scenarios", f"/api/v1/labs/{lab.pk}"):
        response = await learner.get(path)
        assert response.status_code == 401
        assert response.json()["error"]["code"] == "who_are_you"
    socket = Socket(lab.pk)
    await socket.connect()
    assert await socket.code() == CLOSED_STRANGER


async def test_on_a_shared_site_sessions_do_not_share_anything(
    host: LabHost, browser: Browser, settings: Settings
) -> None:
    settings.FAULTLINE_SHARED = True
    lab = await labs.create(Person(LOCAL, Proof.LOCAL), "toyshop")
    ann = browser()
    await visit(ann)
    assert (await ann.get(f"/api/v1/labs/{lab.pk}")).status_code == 404


async def test_a_token_acts_as_who_made_it_and_needs_no_csrf(
    host: LabHost, browser: Browser, settings: Settings
) -> None:
    settings.FAULTLINE_SHARED = True
    ann = browser()
    csrf = await visit(ann)
    made = await ann.post("/api/v1/tokens", {"name": "ci"}, JSON, headers={"x-csrftoken": csrf})
    assert made.status_code == 201
    bearer = {"authorization": f"Bearer {made.json()['key']}"}
    program = Http(is_browser=True)
    started = await program.post("/api/v1/labs", {"scenario": "pair"}, JSON, headers=bearer)
    assert started.status_code == 201
    lab_id = started.json()["id"]
    assert (await ann.get(f"/api/v1/labs/{lab_id}")).status_code == 200
    socket = Socket(lab_id, **bearer)
    assert (await socket.join())["type"] == "hello"
    await socket.disconnect()
    token_path = f"/api/v1/tokens/{made.json()['id']}"
    assert (await ann.delete(token_path, headers={"x-csrftoken": csrf})).status_code == 204
    assert (await program.get("/api/v1/labs", headers=bearer)).status_code == 401


@pytest.mark.parametrize(
    "authorization", ["Bearer nonsense", "Bearer", "Basic bG9jYWw6bG9jYWw=", "Bearer \u00e9"]
)
async def test_a_wrong_token_is_not_taken_for_the_local_learner(
    host: LabHost, learner: Http, authorization: str
) -> None:
    response = await learner.get(
        "/api/v1/labs", headers={"authorization": authorization.encode().decode("latin1")}
    )
    assert response.status_code == 401


async def test_a_browsers_change_needs_the_csrf_token(
    host: LabHost, door: FakeDoor, browser: Browser
) -> None:
    ann = browser()
    csrf = await visit(ann)
    lab_id = (await start(ann, csrf)).json()["id"]
    for method, path, body in every_request(lab_id):
        if method == "get":
            continue
        for headers in ({}, {"x-csrftoken": "x" * len(csrf)}):
            response = await send(ann, method, path, body, **headers)
            assert response.status_code == 403, path
            assert response.json()["error"]["code"] == "forbidden"
    assert (await ann.post("/labs/", {"scenario": "pair"})).status_code == 403
    assert len(door.clusters) == 1
    assert door.newest.changes == []


@pytest.mark.parametrize(
    ("asked", "headers"),
    [
        ("evil.example:8000", {}),
        (HOST, {"origin": "http://evil.example"}),
        (HOST, {"origin": "null"}),
        (HOST, {"sec-fetch-site": "cross-site"}),
        (HOST, {"x-forwarded-for": "192.0.2.7"}),
    ],
    ids=["rebound name", "foreign origin", "opaque origin", "foreign page", "proxy"],
)
async def test_a_foreign_page_cannot_act_as_the_local_learner(
    host: LabHost, door: FakeDoor, asked: str, headers: dict[str, str]
) -> None:
    client = Http(host=asked)
    read = await client.get("/api/v1/labs", headers=headers)
    written = await client.post("/api/v1/labs", {"scenario": "pair"}, "text/plain", headers=headers)
    assert {read.status_code, written.status_code} <= {400, 401}
    assert door.clusters == []


async def test_another_machine_is_not_the_local_learner(host: LabHost) -> None:
    response = await Http(address="192.0.2.7").get("/api/v1/labs")
    assert response.status_code == 401
