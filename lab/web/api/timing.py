"""The time of a lab: its pace, its past, and second labs that leave it at some moment.

All but ``twin`` and the past are for virtual labs; a live one answers 409 ``live``.
"""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from lab.web import twins
from lab.web.api.application import answer
from lab.web.api.found import answer_found, ask_found, find_lab
from lab.web.api.labs import plain_lab
from lab.web.errors import Problem

router = Router(tags=["time"])


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Pace(_Strict):
    """How a virtual lab's time passes."""

    speed: float | None = Field(
        description="Lab seconds that pass in a second, 0.25 to 1000; null: as fast as it goes."
    )
    paused: bool


class Step(_Strict):
    """What is to happen before time stands still again."""

    to: Literal["moment", "frame", "event"] = Field(
        "moment", description="The next moment at which anything does, or all up to one of these."
    )


class Twin(_Strict):
    """What is to be different in the twin."""

    change: dict[str, Any] | None = Field(
        None,
        description="A command as the websocket takes it, given to the twin only.",
        examples=[{"command": "set_users", "rate_per_s": 90}],
    )


class Branch(_Strict):
    """Where to leave."""

    at_t: float = Field(ge=0.0, allow_inf_nan=False, description="Lab time, in seconds.")
    title: str = Field("", max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")


@router.get("/labs/{lab_id}/pace")
async def read_pace(request: HttpRequest, lab_id: str) -> HttpResponse:
    """Return how the time of a virtual lab passes, and how fast it really does."""
    state = (await ask_found(request, lab_id, {"command": "state"})).plain()
    if state["pace"] is None:
        raise Problem("live", "a live lab runs at its own pace")
    return answer({**state["pace"], "t": state["t"]})


@router.put("/labs/{lab_id}/pace")
async def set_pace(request: HttpRequest, lab_id: str, body: Pace) -> HttpResponse:
    """Set how a virtual lab's time, and its twin's, passes from now on. Idempotent.

    When nobody has watched a lab or asked it anything for a minute, its time stands still until
    somebody does.
    """
    return await answer_found(request, lab_id, {"command": "set_pace", **body.model_dump()})


@router.post("/labs/{lab_id}/step")
async def step(request: HttpRequest, lab_id: str, body: Step) -> HttpResponse:
    """Pause a virtual lab, and its twin, and let just the next thing happen. Not idempotent."""
    return await answer_found(request, lab_id, {"command": "step", **body.model_dump()})


@router.get("/labs/{lab_id}/moment")
async def read_moment(request: HttpRequest, lab_id: str, t: float) -> HttpResponse:
    """Return everything as it was at lab time ``t``, as a websocket's first message has it.

    404 when nothing of that time is kept.
    """
    return await answer_found(request, lab_id, {"command": "moment", "t": t})


@router.get("/labs/{lab_id}/span")
async def read_span(
    request: HttpRequest, lab_id: str, from_t: float = 0.0, to_t: float = 1e7
) -> HttpResponse:
    """Return the messages of a stretch as ``[t, kind, message]``; go on from ``next_t``."""
    command = {"command": "span", "from_t": from_t, "to_t": to_t}
    return await answer_found(request, lab_id, command)


@router.post("/labs/{lab_id}/twin")
async def start_twin(request: HttpRequest, lab_id: str, body: Twin) -> HttpResponse:
    """Start a second lab that is what this one is, but for the change. Not idempotent.

    201 with the twin. Of virtual labs time is then one: pace and steps of either are both's. A
    live twin is given the same commands at once. 409 ``has_twin`` when there is one already.
    """
    begun = await twins.twin(await find_lab(request, lab_id), body.change)
    return answer(plain_lab(begun), 201)


@router.post("/labs/{lab_id}/branch")
async def start_branch(request: HttpRequest, lab_id: str, body: Branch) -> HttpResponse:
    """Start a virtual lab that is what this one was at ``at_t``, paused there. Not idempotent.

    201 with the branch, which is this lab's twin. A long past may still be played again then;
    until the branch is there, its commands are refused (409 ``replaying``).
    """
    begun = await twins.branch(await find_lab(request, lab_id), body.at_t, body.title)
    return answer(plain_lab(begun), 201)
