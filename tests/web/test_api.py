"""The API over a host whose clusters start no process: statuses, shapes, limits."""

import asyncio

import pytest
from django.http import HttpResponseBase
from pytest_django import Settings

from lab.web.allowances import BURST
from lab.web.host import LabHost
from lab.web.models import Lab
from lab.web.site import Site
from tests.web.clients import Http
from tests.web.fake_cluster import FakeDoor

pytestmark = pytest.mark.django_db(transaction=True)

JSON = "application/json"


@pytest.fixture
async def base(host: LabHost, learner: Http) -> str:
    """The address of a running lab."""
    made = await learner.post("/api/v1/labs", {"scenario": "toyshop"}, JSON)
    return f"/api/v1/labs/{made.json()['id']}"


def error_of(response: HttpResponseBase) -> dict[str, str | None]:
    """The error of a response, which has the one shape and the one content type."""
    assert response["Content-Type"] == JSON
    error: dict[str, str | None] = response.json()["error"]  # type: ignore[attr-defined]
    assert set(error) == {"code", "message", "field", "hint"}
    return error


async def test_a_lab_starts_and_is_described(base: str, learner: Http, door: FakeDoor) -> None:
    read = await learner.get(base)
    assert read.status_code == 200
    assert read["Content-Type"] == JSON
    lab = read.json()
    assert lab["status"] == "running"
    assert lab["instances"][0]["name"] == "payments-1"
    assert lab["instances"][0]["since_s"] == 1.5
    assert lab["numbers"]["p95_ms"] == 120.5
    assert base.endswith(lab["id"])


async def test_a_seed_reaches_the_cluster(host: LabHost, learner: Http, door: FakeDoor) -> None:
    made = await learner.post("/api/v1/labs", {"scenario": "pair", "seed": 42}, JSON)
    assert made.status_code == 201
    assert (door.newest.scenario, door.newest.seed) == ("pair", 42)


async def test_stopping_and_resetting_are_idempotent(
    base: str, learner: Http, door: FakeDoor
) -> None:
    assert [(await learner.post(f"{base}/reset")).status_code for _ in range(2)] == [200, 200]
    assert [(await learner.delete(base)).status_code for _ in range(2)] == [204, 204]
    assert door.newest.status == "stopped"
    gone = await learner.get(base)
    assert gone.status_code == 410
    assert error_of(gone)["code"] == "stopped"
    assert (await learner.get("/api/v1/labs")).json() == {"labs": []}


async def test_a_fault_begins_and_is_healed_once(base: str, learner: Http) -> None:
    fault = {"kind": "hang", "target": "payments-1", "params": {}, "duration_s": 3}
    made = await learner.post(f"{base}/faults", fault, JSON)
    assert made.status_code == 201
    assert (await learner.get(f"{base}/faults")).json()["faults"] == [made.json()]
    path = f"{base}/faults/{made.json()['id']}"
    assert (await learner.delete(path)).status_code == 200
    assert error_of(await learner.delete(f"{base}/faults/f99"))["code"] == "not_found"


async def test_what_the_body_names_wrongly_is_422_with_a_hint(base: str, learner: Http) -> None:
    response = await learner.post(f"{base}/faults", {"kind": "hang", "target": "paymnts"}, JSON)
    assert response.status_code == 422
    assert error_of(response) == {
        "code": "unknown_target",
        "message": "there is no such target",
        "field": "target",
        "hint": "did you mean payments-1?",
    }


async def test_what_the_address_names_wrongly_is_404(base: str, learner: Http) -> None:
    for path in (
        "/dependencies/a:b/chain",
        "/instances/nobody/log",
        "/traces/none",
        "/stats/nothing",
    ):
        response = await learner.get(f"{base}{path}")
        assert response.status_code == 404, path
        assert error_of(response)["code"] == "not_found"


async def test_the_chain_is_a_list_outermost_first(
    base: str, learner: Http, door: FakeDoor
) -> None:
    path = f"{base}/dependencies/checkout:payments/chain"
    assert (await learner.get(path)).json() == [
        {"pattern": "timeout", "enabled": True, "limit_s": 1.0}
    ]
    chain = [{"pattern": "retry", "attempts": 3}, {"pattern": "breaker"}]
    assert (await learner.put(path, chain, JSON)).status_code == 200
    assert door.newest.changes[-1] == {
        "command": "set_chain",
        "dependency": "checkout:payments",
        "chain": chain,
    }


async def test_a_change_names_only_what_changes(base: str, learner: Http, door: FakeDoor) -> None:
    await learner.patch(f"{base}/services/payments", {"replicas": 2, "queue": None}, JSON)
    await learner.patch(f"{base}/users", {"rate_per_s": 80}, JSON)
    await learner.post(f"{base}/services/payments/restart")
    assert door.newest.changes == [
        {"command": "set_service", "service": "payments", "replicas": 2, "queue": None},
        {"command": "set_users", "rate_per_s": 80.0},
        {"command": "act", "target": "payments", "action": "restart"},
    ]


async def test_a_body_cannot_say_which_command_it_is(
    base: str, learner: Http, door: FakeDoor
) -> None:
    for path, body in (
        ("users", {"command": "reset", "rate_per_s": 1}),
        ("services/payments", {"service": "gateway", "replicas": 3}),
    ):
        response = await learner.patch(f"{base}/{path}", body, JSON)
        assert response.status_code == 422
        assert error_of(response)["code"] == "unknown_field"
    assert door.newest.changes == []


async def test_one_number_is_a_bare_number(base: str, learner: Http) -> None:
    for name, body in {
        "p95_ms": b"120.5",
        "p99_ms": b"null",
        "attempts_per_call.checkout:payments": b"1.2",
    }.items():
        response = await learner.get(f"{base}/stats/{name}")
        assert response.content == body
        assert response["Content-Type"] == JSON
    near = error_of(await learner.get(f"{base}/stats/p95"))
    assert near["hint"] is not None
    assert "p95_ms" in near["hint"]


async def test_an_objective_that_holds_is_200_and_one_that_does_not_503(
    base: str, learner: Http
) -> None:
    good = await learner.get(f"{base}/slo?p95_ms_lt=300&success_ratio_gte=0.95")
    assert good.status_code == 200
    assert [bound["holds"] for bound in good.json()["bounds"]] == [True, True]
    bad = await learner.get(f"{base}/slo?p95_ms_lt=100&success_ratio_gte=0.95")
    assert bad.status_code == 503
    assert error_of(bad)["message"] == "p95_ms: expected < 100, got 120.5"
    assert bad.json()["bounds"][0] == {
        "bound": "p95_ms_lt",
        "expected": 100.0,
        "got": 120.5,
        "holds": False,
    }


async def test_an_objective_over_nothing_measured_does_not_hold(base: str, learner: Http) -> None:
    response = await learner.get(f"{base}/slo?p99_ms_lt=300")
    assert response.status_code == 503
    assert error_of(response)["message"] == "p99_ms: expected < 300, got nothing to measure"


@pytest.mark.parametrize(
    "query", ["", "p95_ms=3", "p95_ms_lt=x", "p95_ms_lt=nan", "nothing_lt=3", "p95_ms_between=3"]
)
async def test_an_objective_that_makes_no_sense_is_422(
    base: str, learner: Http, query: str
) -> None:
    response = await learner.get(f"{base}/slo?{query}")
    assert response.status_code == 422
    error_of(response)


async def test_an_unknown_scenario_is_422_and_names_the_nearest(
    host: LabHost, learner: Http
) -> None:
    response = await learner.post("/api/v1/labs", {"scenario": "toyshp"}, JSON)
    assert response.status_code == 422
    assert error_of(response)["hint"] == "did you mean toyshop?"


async def test_one_lab_more_than_allowed_is_409_and_names_the_existing_one(
    host: LabHost, learner: Http, settings: Settings
) -> None:
    settings.FAULTLINE_LABS_PER_OWNER = 1
    first = await learner.post("/api/v1/labs", {"scenario": "pair"}, JSON)
    second = await learner.post("/api/v1/labs", {"scenario": "pair"}, JSON)
    assert second.status_code == 409
    assert error_of(second)["code"] == "one_lab_only"
    assert second.json()["lab"] == first.json()["id"]


async def test_requests_at_once_cannot_start_more_labs_than_allowed(
    host: LabHost, learner: Http, door: FakeDoor, settings: Settings
) -> None:
    settings.FAULTLINE_LABS_PER_OWNER = 3
    responses = await asyncio.gather(
        *(learner.post("/api/v1/labs", {"scenario": "pair"}, JSON) for _ in range(10))
    )
    assert sorted(response.status_code for response in responses) == [201] * 3 + [409] * 7
    assert len(door.clusters) == 3
    assert await Lab.objects.live().acount() == 3


async def test_a_stopped_lab_makes_room_for_another(
    host: LabHost, learner: Http, settings: Settings
) -> None:
    settings.FAULTLINE_LABS_PER_OWNER = 1
    first = await learner.post("/api/v1/labs", {"scenario": "pair"}, JSON)
    await learner.delete(f"/api/v1/labs/{first.json()['id']}")
    assert (await learner.post("/api/v1/labs", {"scenario": "pair"}, JSON)).status_code == 201


async def test_no_host_is_503_and_says_when_to_come_back(
    site: Site, learner: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.web.waking.OFFER_S", 0.05)
    response = await learner.post("/api/v1/labs", {"scenario": "pair"}, JSON)
    assert response.status_code == 503
    assert error_of(response)["code"] == "no_room"
    assert int(response["Retry-After"]) > 0


async def test_a_full_host_is_503(
    site: Site, learner: Http, settings: Settings, monkeypatch: pytest.MonkeyPatch, door: FakeDoor
) -> None:
    from tests.web.conftest import open_host

    settings.FAULTLINE_MAX_LABS = 1
    monkeypatch.setattr("lab.web.waking.OFFER_S", 0.2)
    async with open_host(door):
        assert (await learner.post("/api/v1/labs", {"scenario": "pair"}, JSON)).status_code == 201
        full = await learner.post("/api/v1/labs", {"scenario": "pair"}, JSON)
        assert full.status_code == 503
        assert len(door.clusters) == 1


async def test_too_large_a_body_is_413(base: str, learner: Http, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = await learner.post(f"{base}/faults", {"kind": "x" * 2000}, JSON)
    assert response.status_code == 413
    assert error_of(response)["code"] == "too_large"


async def test_too_many_requests_are_429_and_say_when_to_come_back(
    site: Site, learner: Http
) -> None:
    statuses = [(await learner.get("/api/v1/tokens")).status_code for _ in range(int(BURST) + 50)]
    assert statuses[: int(BURST)] == [200] * int(BURST)
    last = await learner.get("/api/v1/tokens")
    while last.status_code != 429:
        last = await learner.get("/api/v1/tokens")
    assert error_of(last)["code"] == "too_fast"
    assert int(last["Retry-After"]) >= 1


async def test_unknown_addresses_and_methods_have_the_one_shape(base: str, learner: Http) -> None:
    nowhere = await learner.get("/api/v1/nowhere")
    assert nowhere.status_code == 404
    assert error_of(nowhere)["code"] == "not_found"
    wrong = await learner.put(f"{base}/faults", {}, JSON)
    assert wrong.status_code == 405
    assert error_of(wrong)["code"] == "not_allowed"
    assert sorted(wrong["Allow"].split(", ")) == ["GET", "POST"]


async def test_the_openapi_document_describes_every_route(learner: Http) -> None:
    response = await learner.get("/api/v1/openapi.json")
    assert response["Content-Type"] == JSON
    paths = response.json()["paths"]
    described = {f"{method} {path}" for path, methods in paths.items() for method in methods}
    lab, run = "/api/v1/labs/{lab_id}", "/api/v1/runs/{run_id}"
    assert described == {
        "get /api/v1/scenarios",
        "get /api/v1/catalogue",
        "get /api/v1/labs",
        "post /api/v1/labs",
        f"get {lab}",
        f"delete {lab}",
        f"post {lab}/reset",
        f"get {lab}/faults",
        f"post {lab}/faults",
        f"delete {lab}/faults/{{fault}}",
        f"get {lab}/dependencies/{{dependency}}/chain",
        f"put {lab}/dependencies/{{dependency}}/chain",
        f"patch {lab}/services/{{name}}",
        f"patch {lab}/users",
        f"post {lab}/services/{{name}}/{{action}}",
        f"get {lab}/events",
        f"get {lab}/traces",
        f"get {lab}/traces/{{trace}}",
        f"get {lab}/instances/{{instance}}/log",
        f"get {lab}/stats",
        f"get {lab}/stats/{{name}}",
        f"get {lab}/slo",
        f"get {lab}/metrics",
        f"get {lab}/pace",
        f"put {lab}/pace",
        f"post {lab}/step",
        f"get {lab}/moment",
        f"get {lab}/span",
        f"post {lab}/twin",
        f"post {lab}/branch",
        f"get {lab}/run",
        f"post {lab}/run",
        "get /api/v1/runs",
        "post /api/v1/runs",
        f"get {run}",
        f"patch {run}",
        f"delete {run}",
        f"get {run}/file",
        f"get {run}/tables",
        f"get {run}/moment",
        f"get {run}/span",
        f"get {run}/traces/{{trace}}",
        f"post {run}/again",
        f"post {run}/verify",
        "get /api/v1/experiments",
        "post /api/v1/experiments",
        "get /api/v1/experiments/{experiment_id}",
        "delete /api/v1/experiments/{experiment_id}",
        "get /api/v1/experiments/{experiment_id}/report",
        "get /api/v1/tokens",
        "post /api/v1/tokens",
        "delete /api/v1/tokens/{token_id}",
    }
    for methods in paths.values():
        for operation in methods.values():
            assert operation["description"]


async def test_scenarios_and_catalogue_can_be_read(site: Site, learner: Http) -> None:
    scenarios = (await learner.get("/api/v1/scenarios")).json()["scenarios"]
    assert {"toyshop", "chain", "pair"} <= {each["name"] for each in scenarios}
    catalogue = await learner.get("/api/v1/catalogue")
    assert set(catalogue.json()) >= {"outcomes", "patterns", "faults"}


async def test_tokens_are_listed_without_their_keys(site: Site, learner: Http) -> None:
    made = await learner.post("/api/v1/tokens", {"name": "ci"}, JSON)
    listed = (await learner.get("/api/v1/tokens")).json()["tokens"]
    assert [token["name"] for token in listed] == ["ci"]
    assert made.json()["key"] not in (await learner.get("/api/v1/tokens")).content.decode()
