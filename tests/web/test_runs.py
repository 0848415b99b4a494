"""Runs over the API: taken in, read, shared to be read, exported, verified, within a quota."""

import asyncio
import gzip
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from lab.cluster import unpack
from lab.web import proofs, runs
from lab.web.api.guard import guard_file
from lab.web.host import LabHost
from lab.web.models import Lab, Run
from lab.web.site import Site
from tests.web.clients import Http
from tests.web.fake_cluster import FakeDoor
from tests.web.kept import SECONDS, edited, file_of
from tests.web.waiting import until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("static_files", "site"),
]

JSON, FILE = "application/json", "application/gzip"
API = "/api/v1/runs"
Browser = Callable[[], Http]


async def visit(client: Http) -> dict[str, str]:
    """Open home, as a browser does; return the header that its requests need."""
    await client.get("/")
    return {"x-csrftoken": str(client.cookies["faultline_csrf"].value)}


async def taken_in(client: Http, file: bytes = b"", headers: Any = None) -> Any:
    answer = await client.post(API, file or file_of(), FILE, headers=headers)
    assert answer.status_code == 201, answer.content
    return answer.json()


def error_of(answer: Any) -> Any:
    return answer.json()["error"]


async def test_a_file_is_taken_in_and_is_a_run_with_an_address(learner: Http) -> None:
    run = await taken_in(learner)
    assert (run["title"], run["scenario_name"], run["body"]) == ("A crash", "pair", "virtual")
    assert (run["from_t"], run["to_t"]) == (0.0, SECONDS)
    assert run["page"] == f"/runs/{run['id']}/"
    assert (await learner.get(API)).json() == {"runs": [run]}
    read = (await learner.get(f"{API}/{run['id']}")).json()
    assert read["head"]["seed"] == 3
    assert read["head"]["digest"] == run["digest"]
    (crash,) = read["head"]["commands"]
    assert crash["t"] == 1.0
    assert crash["fields"]["target"] == "callee-1"


async def test_any_moment_and_stretch_of_it_can_be_read(learner: Http) -> None:
    path = f"{API}/{(await taken_in(learner))['id']}"
    now = (await learner.get(f"{path}/moment?t=1.5")).json()
    assert now["type"] == "hello"
    states = {each["name"]: each["state"] for each in now["state"]["instances"]}
    assert states["callee-1"] == "down"
    span = (await learner.get(f"{path}/span?from_t=1.0&to_t=2.0")).json()
    assert {"event", "frame", "state", "traces"} == {kind for _, kind, _ in span["messages"]}
    early = await learner.get(f"{path}/moment?t=-1")
    assert early.status_code == 404
    assert error_of(early)["field"] == "t"
    assert "goes from 0.0 to 4.0 s" in error_of(early)["hint"]


async def test_the_steps_of_a_kept_request_can_be_read(learner: Http) -> None:
    path = f"{API}/{(await taken_in(learner))['id']}"
    heads = (await learner.get(f"{path}/moment?t=3")).json()["traces"]
    late = next(head for head in heads if head["t"] > 1.5)
    trace = (await learner.get(f"{path}/traces/{late['id']}?from_t=1.5")).json()
    assert trace["route"] == late["route"]
    assert "user" in {span["kind"] for span in trace["spans"]}
    assert (await learner.get(f"{path}/traces/nobody")).status_code == 404


async def test_an_exported_file_is_taken_in_again_as_the_same_run(learner: Http) -> None:
    run = await taken_in(learner)
    file = await learner.get(f"{API}/{run['id']}/file")
    assert file["Content-Type"] == FILE
    assert 'filename="pair-A-crash.run"' in file["Content-Disposition"]
    assert unpack(file.content).head.title == "A crash"
    again = await taken_in(learner, file.content)
    assert again["id"] != run["id"]
    assert again["digest"] == run["digest"]
    read = (await learner.get(f"{API}/{again['id']}")).json()
    assert read["same_as"] == [{"title": "A crash", "page": run["page"]}]


async def test_a_new_title_is_also_that_of_the_file(learner: Http) -> None:
    path = f"{API}/{(await taken_in(learner))['id']}"
    renamed = await learner.patch(path, {"title": "  Größe “1”  "}, JSON)
    assert renamed.json()["title"] == "Größe “1”"
    file = await learner.get(f"{path}/file")
    assert unpack(file.content).head.title == "Größe “1”"
    assert "filename*=UTF-8''pair-Gr%C3%B6%C3%9Fe-1.run" in file["Content-Disposition"]
    for title in ("", "  ", "two\nlines", "x" * 201):
        refused = await learner.patch(path, {"title": title}, JSON)
        assert refused.status_code == 422
        assert error_of(refused)["field"] == "title"


async def test_the_tables_are_json_or_csv(learner: Http) -> None:
    path = f"{API}/{(await taken_in(learner))['id']}/tables"
    told = (await learner.get(path)).json()
    assert set(told) == {"head", "rows", "events"}
    lines = (await learner.get(f"{path}?format=csv")).content.decode().splitlines()
    assert lines[0].startswith("t,offered,ok,")
    assert lines[0].endswith("calls_callee") or "calls_callee" in lines[0]
    assert len(lines) == 1 + len(told["rows"])
    other = await learner.get(f"{path}?format=xml")
    assert other.status_code == 422
    assert error_of(other)["hint"] == "there are: json, csv"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"hello", "this is no gzip file"),
        (gzip.compress(b"hello"), "the first line is not the head of a run"),
        (
            gzip.compress(json.dumps({"format": "zip", "version": 1}).encode()),
            "the format is 'zip'",
        ),
        (b"\x1f\x8b", "the file ends too early"),
    ],
)
async def test_what_is_no_run_is_422_and_says_what_was_expected(
    learner: Http, file: bytes, words: str
) -> None:
    refused = await learner.post(API, file, FILE)
    assert refused.status_code == 422
    assert error_of(refused)["code"] == "bad_run"
    assert words in error_of(refused)["message"]
    assert error_of(refused)["hint"]
    assert not await Run.objects.aexists()


async def test_a_run_of_another_version_is_refused_with_a_sentence(learner: Http) -> None:
    refused = await learner.post(API, edited(file_of(), version=9), FILE)
    assert refused.status_code == 422
    assert error_of(refused)["message"] == "the run has version 9, this Faultline reads 1"
    assert error_of(refused)["hint"].startswith("use the Faultline that wrote it")


async def test_a_file_must_be_a_file_and_not_too_large(
    learner: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = await learner.post(API, {"file": "x"})
    assert form.status_code == 422
    assert error_of(form)["field"] == "Content-Type"
    monkeypatch.setattr(sys.modules[guard_file.__module__], "MOST_FILE_BYTES", 100)
    large = await learner.post(API, file_of(), FILE)
    assert large.status_code == 413
    monkeypatch.undo()
    monkeypatch.setattr("lab.web.api.downloads.MOST_FILE_BYTES", 100)  # without Content-Length
    assert (await learner.post(API, file_of(), FILE)).status_code == 413


async def test_there_is_a_quota_of_runs_and_of_bytes(
    learner: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await taken_in(learner)
    monkeypatch.setattr(runs, "MOST_RUNS", 1)
    full = await learner.post(API, file_of(), FILE)
    assert full.status_code == 409
    assert error_of(full)["hint"] == "delete one first"
    monkeypatch.undo()
    monkeypatch.setattr(runs, "MOST_BYTES", first["bytes"] + 10)
    heavy = await learner.post(API, file_of(), FILE)
    assert heavy.status_code == 409
    assert "your runs take" in error_of(heavy)["message"]
    assert (await learner.delete(f"{API}/{first['id']}")).status_code == 204
    assert (await learner.post(API, file_of(), FILE)).status_code == 201


async def test_a_run_does_not_exist_for_another_browser(browser: Browser) -> None:
    ann, bob = browser(), browser()
    run = await taken_in(ann, headers=await visit(ann))
    csrf = await visit(bob)
    path = f"{API}/{run['id']}"
    for each in reads(path):
        assert (await bob.get(each)).status_code == 404, each
    for act in changes(bob, path, csrf):
        assert (await act).status_code == 404
    assert (await bob.get(API)).json() == {"runs": []}
    assert (await bob.get(run["page"])).status_code == 404


async def test_who_has_the_link_of_a_shared_run_may_read_it_and_no_more(browser: Browser) -> None:
    ann, bob = browser(), browser()
    csrf_ann = await visit(ann)
    run = await taken_in(ann, headers=csrf_ann)
    path, csrf_bob = f"{API}/{run['id']}", await visit(bob)
    shared = (await ann.patch(path, {"shared": True}, JSON, headers=csrf_ann)).json()
    key = shared["link"].partition("?")[2]
    for each in reads(path):
        joined = f"{each}{'&' if '?' in each else '?'}{key}"
        assert (await bob.get(joined)).status_code == 200, each
    read = (await bob.get(f"{path}?{key}")).json()
    assert (read["mine"], read["link"]) == (False, None)
    for act in changes(bob, path, csrf_bob, f"?{key}"):
        assert (await act).status_code == 403
    assert (await bob.get(f"{path}?key=wrong")).status_code == 404
    assert (await bob.get(shared["link"])).status_code == 200
    await ann.patch(path, {"shared": False}, JSON, headers=csrf_ann)
    assert (await bob.get(f"{path}?{key}")).status_code == 404
    once_more = (await ann.patch(path, {"shared": True}, JSON, headers=csrf_ann)).json()
    assert once_more["link"] != shared["link"]
    assert (await bob.get(shared["link"])).status_code == 404


def reads(path: str) -> list[str]:
    return [path, f"{path}/file", f"{path}/tables", f"{path}/moment?t=2", f"{path}/span?to_t=1"]


def changes(client: Http, path: str, headers: dict[str, str], query: str = "") -> list[Any]:
    return [
        client.patch(f"{path}{query}", {"title": "mine now"}, JSON, headers=headers),
        client.delete(f"{path}{query}", headers=headers),
        client.post(f"{path}/verify{query}", headers=headers),
    ]


async def test_a_virtual_run_is_verified_and_found_the_same_to_the_byte(learner: Http) -> None:
    run = await taken_in(learner)
    path = f"{API}/{run['id']}"
    asked = await learner.post(f"{path}/verify")
    assert asked.status_code == 202
    assert asked.json()["proof"]["verdict"] is None
    verdict = await verdict_of(run["id"])
    assert verdict["is_same"]
    assert (await learner.get(path)).json()["proof"]["verdict"] == verdict


async def test_a_run_that_comes_out_differently_says_where(learner: Http) -> None:
    run = await taken_in(learner, edited(file_of(), commands=[]))
    await learner.post(f"{API}/{run['id']}/verify")
    difference = (await verdict_of(run["id"]))["difference"]
    assert difference["t"] == pytest.approx(1.0, abs=0.1)
    assert difference["recorded"] != difference["played"]


async def test_one_run_is_verified_at_a_time(learner: Http, site: Site) -> None:
    one, other = await taken_in(learner), await taken_in(learner, file_of("pair", "B", 4))
    assert (await learner.post(f"{API}/{one['id']}/verify")).status_code == 202
    assert (await learner.post(f"{API}/{one['id']}/verify")).status_code == 202
    busy = await learner.post(f"{API}/{other['id']}/verify")
    assert busy.status_code == 503
    assert error_of(busy)["code"] == "busy"
    assert int(busy["Retry-After"]) > 0
    await verdict_of(one["id"])
    await until(lambda: site.proofs.is_idle)
    assert (await learner.post(f"{API}/{other['id']}/verify")).status_code == 202
    await verdict_of(other["id"])


@pytest.mark.parametrize("act", ["verify", "again"])
async def test_a_live_run_cannot_be_had_again(learner: Http, act: str) -> None:
    run = await taken_in(learner, edited(file_of(), body="live"))
    refused = await learner.post(f"{API}/{run['id']}/{act}")
    assert refused.status_code == 409
    assert error_of(refused)["code"] == "live_run"


async def test_a_virtual_run_is_run_again_as_a_lab_of_whoever_asks(
    host: LabHost, browser: Browser
) -> None:
    ann, bob = browser(), browser()
    csrf_ann, csrf_bob = await visit(ann), await visit(bob)
    run = await taken_in(ann, headers=csrf_ann)
    path = f"{API}/{run['id']}"
    shared = (await ann.patch(path, {"shared": True}, JSON, headers=csrf_ann)).json()
    key = shared["link"].partition("?")[2]
    assert (await bob.post(f"{path}/again", headers=csrf_bob)).status_code == 404
    made = await bob.post(f"{path}/again?{key}", headers=csrf_bob)
    assert made.status_code == 201
    lab = made.json()
    assert (lab["scenario_name"], lab["seed"], lab["body"]) == ("pair", 3, "virtual")
    assert (await ann.get(f"/api/v1/labs/{lab['id']}")).status_code == 404


async def test_a_proof_that_broke_off_is_forgotten(
    learner: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await taken_in(learner)
    await learner.post(f"{API}/{run['id']}/verify")
    monkeypatch.setattr(proofs, "SILENT_AFTER", proofs.SILENT_AFTER * 0)
    assert (await learner.get(f"{API}/{run['id']}")).json()["proof"] is None
    monkeypatch.undo()
    await verdict_of(run["id"])


async def verdict_of(run_id: str) -> dict[str, Any]:
    """Wait for the verdict."""
    async with asyncio.timeout(30.0):
        while True:
            told = proofs.told_of(await Run.objects.aget(pk=run_id))
            if told is not None and told.verdict is not None:
                return told.verdict
            await asyncio.sleep(0.05)


async def test_a_lab_is_saved_as_a_run_of_whoever_saves_it(host: LabHost, learner: Http) -> None:
    lab = (await learner.post("/api/v1/labs", {"scenario": "pair"}, JSON)).json()
    saved = await learner.post(f"/api/v1/labs/{lab['id']}/run", {"title": " Just now "}, JSON)
    assert saved.status_code == 201
    assert saved.json()["title"] == "Just now"
    assert (await learner.get(API)).json()["runs"] == [saved.json()]
    for title in ("", " ", "\t"):
        refused = await learner.post(f"/api/v1/labs/{lab['id']}/run", {"title": title}, JSON)
        assert refused.status_code == 422
        assert error_of(refused)["field"] == "title"


async def test_a_labs_record_can_be_read_without_keeping_it(host: LabHost, learner: Http) -> None:
    lab = (await learner.post("/api/v1/labs", {"scenario": "pair"}, JSON)).json()
    path = f"/api/v1/labs/{lab['id']}/run"
    told = (await learner.get(path)).json()
    assert set(told) == {"head", "rows", "events"}
    rows = await learner.get(f"{path}?format=csv")
    assert rows["Content-Type"].startswith("text/csv")
    assert rows.content.startswith(b"t,offered,ok,")
    assert not await Run.objects.aexists()


async def test_a_lab_at_rest_has_no_record_and_is_not_woken_for_one(
    host: LabHost, learner: Http, door: FakeDoor
) -> None:
    lab = (await learner.post("/api/v1/labs", {"scenario": "pair"}, JSON)).json()
    await Lab.objects.aupdate(status=Lab.Status.ASLEEP)
    refused = await learner.post(f"/api/v1/labs/{lab['id']}/run", {"title": "late"}, JSON)
    assert refused.status_code == 409
    assert error_of(refused)["code"] == "not_running"
    assert len(door.clusters) == 1


async def test_a_virtual_lab_at_rest_is_played_again_to_be_saved(
    host: LabHost, learner: Http
) -> None:
    scenario = {"scenario": "pair", "body": "virtual"}
    lab = (await learner.post("/api/v1/labs", scenario, JSON)).json()
    await Lab.objects.aupdate(status=Lab.Status.ASLEEP)
    saved = await learner.post(f"/api/v1/labs/{lab['id']}/run", {"title": "late"}, JSON)
    assert saved.status_code == 201
    assert (await Lab.objects.aget(pk=lab["id"])).status == Lab.Status.RUNNING
