"""Runs: keep the record of a lab, read it, share it, take it elsewhere and back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from msgspec.structs import replace
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from lab.cluster import kept_trace, moment, page
from lab.web import labs, runs
from lab.web.api.application import answer
from lab.web.api.downloads import FILE, body_of, download, tables
from lab.web.api.found import find_lab
from lab.web.api.guard import guard_file, person_of
from lab.web.api.labs import plain_lab
from lab.web.errors import Problem
from lab.web.models import Run
from lab.web.proofs import told_of
from lab.web.site import here

router = Router(tags=["runs"])

MOST_SAME = 5

TITLE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
"""One line that is not blank."""


class SaveRun(BaseModel):
    """What to call it."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=200, pattern=TITLE)


class ChangeRun(BaseModel):
    """What to change of it; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(None, max_length=200, pattern=TITLE)
    shared: bool | None = Field(None, description="Whether whoever has its link may read it.")


@router.post("/labs/{lab_id}/run")
async def save_run(request: HttpRequest, lab_id: str, body: SaveRun) -> HttpResponse:
    """Keep the record of a lab up to now as a run. Not idempotent."""
    lab = await find_lab(request, lab_id)
    run = await runs.save(person_of(request), lab, body.title.strip())
    return answer(plain_run(run, is_mine=True), 201)


@router.get("/labs/{lab_id}/run")
async def read_lab_run(request: HttpRequest, lab_id: str) -> HttpResponse:
    """Return a lab's record up to now: head, chart rows, events; with ``?format=csv`` the rows."""
    lab = await find_lab(request, lab_id)
    run = await runs.read(await runs.record_of(lab))
    return await here().opened.work(tables, run, request.GET.get("format", "json"))


@router.get("/runs")
async def list_runs(request: HttpRequest) -> HttpResponse:
    """List your runs, the newest first."""
    rows = Run.objects.without_file().usable_by(person_of(request))
    return answer({"runs": [plain_run(run, is_mine=True) async for run in rows[: runs.MOST_RUNS]]})


@router.post("/runs", auth=guard_file)
async def take_in_run(request: HttpRequest) -> HttpResponse:
    """Keep a run from its file, which is the body. 422 says what is wrong with it."""
    run = await runs.take_in(person_of(request), body_of(request))
    return answer(plain_run(run, is_mine=True), 201)


@router.get("/runs/{run_id}")
async def read_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """Return what a run is: scenario, seed, commands with their times, digest.

    This and all other reads are also for whoever has its link while it is shared (``?key=``).
    """
    run, is_mine = await _find(request, run_id)
    opened = await here().opened.open(run)
    same = await _same_as(run) if is_mine else []
    return answer({**plain_run(run, is_mine=is_mine), "head": opened.head, "same_as": same})


@router.patch("/runs/{run_id}")
async def change_run(request: HttpRequest, run_id: str, body: ChangeRun) -> HttpResponse:
    """Give it another title, or share it, or share it no longer. Idempotent."""
    run = await _find_mine(request, run_id)
    if body.title is not None:
        await runs.rename(run, body.title.strip())
    if body.shared is not None:
        await runs.share(run, is_shared=body.shared)
    return answer(plain_run(run, is_mine=True))


@router.delete("/runs/{run_id}")
async def delete_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """Delete a run, its file and its link."""
    run = await _find_mine(request, run_id)
    await Run.objects.filter(pk=run.pk).adelete()
    return HttpResponse(status=204)


@router.get("/runs/{run_id}/file")
async def export_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """Return the run as a file: gzip of JSON lines, which POST /runs takes in again."""
    run, _ = await _find(request, run_id)
    return download(await runs.file_of(run), FILE, f"{run.scenario_name} {run.title}", ".run")


@router.get("/runs/{run_id}/tables")
async def read_tables(request: HttpRequest, run_id: str) -> HttpResponse:
    """Return head, chart rows and events of a run; with ``?format=csv`` the rows."""
    run, _ = await _find(request, run_id)
    opened = await here().opened.open(run)
    return await here().opened.work(tables, opened, request.GET.get("format", "json"))


@router.get("/runs/{run_id}/moment")
async def read_moment(request: HttpRequest, run_id: str, t: float) -> HttpResponse:
    """Return everything as it was at lab time ``t``, as a websocket's first message has it."""
    run, _ = await _find(request, run_id)
    opened = await here().opened.open(run)
    try:
        return answer(await here().opened.work(moment, opened.recording, t))
    except LookupError as error:
        raise _not_kept(run, error) from None


@router.get("/runs/{run_id}/span")
async def read_span(
    request: HttpRequest, run_id: str, from_t: float = 0.0, to_t: float = 1e9
) -> HttpResponse:
    """Return a stretch of its messages as ``[t, kind, message]``; go on from ``next_t``."""
    run, _ = await _find(request, run_id)
    opened = await here().opened.open(run)
    return answer(await here().opened.work(page, opened.recording, from_t, to_t))


@router.get("/runs/{run_id}/traces/{trace}")
async def read_kept_trace(
    request: HttpRequest, run_id: str, trace: str, from_t: float = 0.0
) -> HttpResponse:
    """Return one kept request with its steps; ``from_t``: it had not ended before."""
    run, _ = await _find(request, run_id)
    opened = await here().opened.open(run)
    try:
        found = await here().opened.work(kept_trace, opened.recording, trace, from_t=from_t)
    except LookupError as error:
        raise Problem("not_found", str(error), field="trace") from None
    return answer(found)


@router.post("/runs/{run_id}/again")
async def run_again(request: HttpRequest, run_id: str) -> HttpResponse:
    """Start a virtual lab that plays the run again and then stands where it ended.

    Also for whoever has its link: the lab is theirs. 409 for a live run. Not idempotent.
    """
    run, _ = await _find(request, run_id)
    if run.body != "virtual":
        raise live_run()
    opened = await here().opened.open(run)
    lab = await labs.play(person_of(request), replace(opened.head, title=run.title))
    return answer(plain_lab(lab), 201)


@router.post("/runs/{run_id}/verify")
async def verify_run(request: HttpRequest, run_id: str) -> HttpResponse:
    """Play a virtual run again and compare, byte by byte; GET the run for the verdict."""
    run = await _find_mine(request, run_id)
    if run.body != "virtual":
        raise live_run()
    await here().proofs.start(run)
    return answer(plain_run(run, is_mine=True), 202)


def live_run() -> Problem:
    """What real processes did cannot be had again."""
    return Problem(
        "live_run",
        "a live run cannot be run again: real processes never do the same twice",
        hint="start its scenario in virtual time, and save that run",
    )


def plain_run(run: Run, *, is_mine: bool) -> dict[str, Any]:
    """What a list shows of a run; its key is only for those who may give it away."""
    told = told_of(run)
    page = f"/runs/{run.pk}/"
    return {
        "id": str(run.pk),
        "title": run.title,
        "created": run.created.isoformat(),
        "scenario_name": run.scenario_name,
        "body": run.body,
        "from_t": run.from_t,
        "to_t": run.to_t,
        "digest": run.digest,
        "bytes": run.file_bytes,
        "mine": is_mine,
        "shared": run.is_shared,
        "page": page,
        "link": f"{page}?key={run.key}" if is_mine and run.is_shared else None,
        "proof": None if told is None else {"t": told.t, "verdict": told.verdict},
    }


async def _same_as(run: Run) -> list[dict[str, str]]:
    """Return the owner's other runs in which the very same happened."""
    rows = Run.objects.filter(owner=run.owner, digest=run.digest).exclude(pk=run.pk)
    fields = rows.values_list("pk", "title")[:MOST_SAME]
    return [{"title": title, "page": f"/runs/{pk}/"} async for pk, title in fields]


async def _find(request: HttpRequest, run_id: str) -> tuple[Run, bool]:
    """Return the run and whether the person may change it; to others it does not exist."""
    person = person_of(request)
    run = await runs.find(person, run_id, request.GET.get("key", ""))
    if run is None:
        raise Problem(
            "not_found",
            "there is no such run, or it is not shared with you",
            field="run_id",
            hint="GET /api/v1/runs lists yours",
        )
    return run, person.may_use_all or run.owner in person.owners


async def _find_mine(request: HttpRequest, run_id: str) -> Run:
    run, is_mine = await _find(request, run_id)
    if not is_mine:
        raise Problem(
            "forbidden",
            "this run is shared with you to be read",
            hint="import its file to change it",
        )
    return run


def _not_kept(run: Run, error: LookupError) -> Problem:
    kept = f"it goes from {run.from_t:.1f} to {run.to_t:.1f} s"
    return Problem("not_found", str(error), field="t", hint=kept)
