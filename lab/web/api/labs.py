"""Labs: list, start, look at, reset, stop."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from lab.web import labs
from lab.web.api.application import answer
from lab.web.api.found import answer_found, ask_found, find_lab
from lab.web.api.guard import person_of
from lab.web.models import Lab
from lab.web.waking import about

router = Router(tags=["labs"])

MOST_LISTED = 100


class StartLab(BaseModel):
    """What to start."""

    model_config = ConfigDict(extra="forbid")

    scenario: str = Field(description="A name that GET /scenarios lists.", max_length=100)
    seed: int | None = Field(
        None, ge=0, lt=2**63, description="Repeats chance; the scenario's own by default."
    )
    body: Literal["live", "virtual"] = Field(
        "live",
        description="live: real processes and sockets; virtual: the same in virtual time, whose "
        "pace can be set, and which can be had again exactly.",
    )


@router.get("/labs")
async def list_labs(request: HttpRequest) -> HttpResponse:
    """List the labs you may use, the newest first; stopped ones are not listed."""
    rows = Lab.objects.usable_by(person_of(request)).exclude(status=Lab.Status.STOPPED)
    return answer({"labs": [plain_lab(lab) async for lab in rows[:MOST_LISTED]]})


@router.post("/labs")
async def start_lab(request: HttpRequest, body: StartLab) -> HttpResponse:
    """Start a lab. Not idempotent.

    201 when its users get answers; 409 names the lab you have if you may not have another; 503
    with Retry-After when no host has room.
    """
    lab = await labs.create(person_of(request), body.scenario, body.seed, body.body)
    return answer(plain_lab(lab), 201)


@router.get("/labs/{lab_id}")
async def read_lab(request: HttpRequest, lab_id: str) -> HttpResponse:
    """Return everything about a lab, and its newest numbers. Wakes a lab that was put to rest."""
    lab = await find_lab(request, lab_id)
    state = (await ask_found(request, lab_id, {"command": "state"})).plain()
    numbers = (await ask_found(request, lab_id, {"command": "stats"})).plain()
    for instance in [*state["instances"], *state["workers"]]:
        instance["since_s"] = round(state["t"] - instance["since_t"], 3)
    return answer({**plain_lab(lab), **_without_type(state), "numbers": numbers})


@router.post("/labs/{lab_id}/reset")
async def reset_lab(request: HttpRequest, lab_id: str) -> HttpResponse:
    """Go back to the scenario as authored: every fault ends, every process is new. Idempotent."""
    return await answer_found(request, lab_id, {"command": "reset"})


@router.delete("/labs/{lab_id}")
async def stop_lab(request: HttpRequest, lab_id: str) -> HttpResponse:
    """Stop a lab for good; its twin, if it has one, goes on alone. Idempotent."""
    await labs.stop(await find_lab(request, lab_id))
    return HttpResponse(status=204)


def plain_lab(lab: Lab) -> dict[str, Any]:
    """What the site itself knows of a lab."""
    return {
        "id": str(lab.pk),
        "scenario_name": lab.scenario_name,
        "seed": lab.seed,
        "body": lab.body,
        "title": lab.title,
        **about(lab),
        "created": lab.created.isoformat(),
        "status": lab.status,
        "page": f"/labs/{lab.pk}/",
        "socket": f"/ws/labs/{lab.pk}",
    }


def _without_type(state: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in state.items() if key not in ("type", "lab")}
