"""Experiments: a scenario played again and again in the background, and what it gave."""

import asyncio
import uuid
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from lab.cluster import Asked, Report, Result
from lab.web import experiments
from lab.web.api.application import answer
from lab.web.api.guard import person_of
from lab.web.errors import Problem
from lab.web.experiment_options import shipped_text
from lab.web.kept_experiment import KeptExperiment
from lab.web.site import here

router = Router(tags=["experiments"])

CSP = "Content-Security-Policy"


class StartExperiment(BaseModel):
    """What to play, with which changes, how long and how often."""

    model_config = ConfigDict(extra="forbid")

    scenario: str = Field(description="A name that GET /scenarios lists.", max_length=100)
    seed: int | None = Field(None, ge=0, lt=2**32, description="The first one.")
    for_s: float = Field(60.0, ge=1.0, le=3600.0, description="Virtual seconds of each trial.")
    warm_up_s: float = Field(5.0, ge=0.0, le=3600.0, description="Not measured, at its beginning.")
    set: dict[str, Any] = Field({}, description='By path, such as {"users.rate_per_s": 80}.')
    sweep: dict[str, list[Any]] = Field(
        {}, description='Values to try by path: {"users.rate_per_s": [20, 40]}.'
    )
    seeds: int = Field(1, ge=1, le=1000, description="How many seeds each.")


@router.get("/experiments")
async def list_experiments(request: HttpRequest) -> HttpResponse:
    """List your experiments, the newest first, without their results."""
    await experiments.find_lost()
    rows = KeptExperiment.objects.usable_by(person_of(request)).defer("result")
    kept = [plain_experiment(row) async for row in rows[: experiments.MOST_KEPT]]
    return answer({"experiments": kept})


@router.post("/experiments")
async def start_experiment(request: HttpRequest, body: StartExperiment) -> HttpResponse:
    """Begin an experiment in virtual time. Not idempotent.

    202 at once; its websocket tells how far it is. 409 names the one you have running already, 503
    with Retry-After when others take all places.
    """
    asked = Asked(text=shipped_text(body.scenario), **body.model_dump())
    row = await here().experiments.start(person_of(request), asked)
    return answer(plain_experiment(row), 202)


@router.get("/experiments/{experiment_id}")
async def read_experiment(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Return how far it is; and when it has ended, ``result`` with all that it gave."""
    row = await _find(request, experiment_id)
    result = msgspec.Raw(row.result.encode()) if row.result else None
    return answer({**plain_experiment(row), "result": result})


@router.get("/experiments/{experiment_id}/report")
async def read_report(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Return the report as one HTML page without any script. 409 until there is one."""
    row = await _find(request, experiment_id)
    if not row.result:
        raise Problem(
            "no_result",
            f"the experiment has no result, it is {row.state}",
            hint="wait until it ends",
        )
    page, policy = await asyncio.to_thread(_page, row.result)
    response = HttpResponse(page)
    response[CSP] = f"{policy}; frame-ancestors 'none'; sandbox"
    return response


@router.delete("/experiments/{experiment_id}")
async def cancel_experiment(request: HttpRequest, experiment_id: str) -> HttpResponse:
    """Cancel an experiment if it runs; what it gave so far is kept. Idempotent."""
    await experiments.cancel(await _find(request, experiment_id))
    return HttpResponse(status=204)


def plain_experiment(row: KeptExperiment) -> dict[str, Any]:
    """Return what is known of an experiment besides its result."""
    asked = msgspec.json.decode(row.asked, type=Asked)
    return {
        "id": str(row.pk),
        "scenario": asked.scenario,
        "seed": asked.seed,
        "for_s": asked.for_s,
        "warm_up_s": asked.warm_up_s,
        "set": asked.set,
        "sweep": asked.sweep,
        "seeds": asked.seeds,
        "command": asked.command(),
        "created": row.created.isoformat(),
        "state": row.state,
        "done": row.done,
        "of": row.of,
        "progress_ratio": row.progress_ratio,
        "notice": row.notice or None,
        "socket": f"/ws/experiments/{row.pk}",
    }


async def _find(request: HttpRequest, experiment_id: str) -> KeptExperiment:
    """Return the experiment if it is the person's; to others it does not exist (404)."""
    await experiments.find_lost()
    row = None
    try:
        key = uuid.UUID(experiment_id)
    except ValueError:
        key = None
    if key is not None:
        row = await KeptExperiment.objects.usable_by(person_of(request)).filter(pk=key).afirst()
    if row is None:
        raise Problem(
            "not_found",
            "there is no such experiment, or it is not yours",
            field="experiment_id",
            hint="GET /api/v1/experiments lists yours",
        )
    return row


def _page(result: str) -> tuple[str, str]:
    report = Report(msgspec.json.decode(result, type=Result))
    return report.html(), report.policy
