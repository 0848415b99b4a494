"""What a lab tells: events, requests, logs, numbers, objectives, metrics."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from lab.web.api.application import answer
from lab.web.api.found import answer_found, ask_found
from lab.web.errors import Problem
from lab.web.metrics import CONTENT_TYPE, exposition
from lab.web.numbers import number_named
from lab.web.objectives import judge

router = Router(tags=["reading"])


@router.get("/labs/{lab_id}/events")
async def list_events(request: HttpRequest, lab_id: str) -> HttpResponse:
    """List what happened: faults, transitions, starts and ends of processes, the oldest first."""
    return await answer_found(request, lab_id, {"command": "events"})


@router.get("/labs/{lab_id}/traces")
async def list_traces(request: HttpRequest, lab_id: str) -> HttpResponse:
    """List the requests that were kept: failed and slow ones before ordinary ones."""
    return await answer_found(request, lab_id, {"command": "traces"})


@router.get("/labs/{lab_id}/traces/{trace}")
async def read_trace(request: HttpRequest, lab_id: str, trace: str) -> HttpResponse:
    """Return one request: every attempt, wait and rejection, with the rule that decided it."""
    command = {"command": "trace", "trace": trace}
    return await answer_found(request, lab_id, command, in_path=("trace",))


@router.get("/labs/{lab_id}/instances/{instance}/log")
async def read_log(request: HttpRequest, lab_id: str, instance: str) -> HttpResponse:
    """Return the last lines that a process wrote."""
    command = {"command": "log", "instance": instance}
    return await answer_found(request, lab_id, command, in_path=("instance",))


@router.get("/labs/{lab_id}/stats")
async def read_stats(request: HttpRequest, lab_id: str) -> HttpResponse:
    """Return the newest numbers."""
    return await answer_found(request, lab_id, {"command": "stats"})


@router.get("/labs/{lab_id}/stats/{name}")
async def read_stat(request: HttpRequest, lab_id: str, name: str) -> HttpResponse:
    """Return one bare number, for range checks; a dot leads into a group of numbers.

    It is null while there is nothing to measure (no user has had an answer yet).
    """
    stats = (await ask_found(request, lab_id, {"command": "stats"})).plain()
    return answer(number_named(stats, name))


@router.get("/labs/{lab_id}/slo")
async def read_slo(request: HttpRequest, lab_id: str) -> HttpResponse:
    """Return 200 if every bound holds, else 503 saying which failed: expected and got.

    A bound is a number's name with _lt, _lte, _gt or _gte, as in
    ``?p95_ms_lt=300&success_ratio_gte=0.95``.
    """
    stats = (await ask_found(request, lab_id, {"command": "stats"})).plain()
    asked = [(name, str(value)) for name, values in request.GET.lists() for value in values]
    bounds = judge(stats, asked)
    missed = [bound for bound in bounds if not bound.holds]
    if not missed:
        return answer({"bounds": [bound.plain() for bound in bounds]})
    first = missed[0]
    problem = Problem("slo_missed", first.sentence(), field=first.parameter)
    body = {"error": problem.plain(), "bounds": [bound.plain() for bound in bounds]}
    return answer(body, 503)


@router.get("/labs/{lab_id}/metrics")
async def read_metrics(request: HttpRequest, lab_id: str) -> HttpResponse:
    """Return Prometheus' text format, under the names of resilience4j and Toxiproxy."""
    stats = (await ask_found(request, lab_id, {"command": "stats"})).plain()
    state = (await ask_found(request, lab_id, {"command": "state"})).plain()
    return HttpResponse(exposition(stats, state), content_type=CONTENT_TYPE)
