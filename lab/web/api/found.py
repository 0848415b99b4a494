"""The lab that a request is about, and questions to it."""

import uuid
from collections.abc import Collection, Mapping

from django.http import HttpRequest, HttpResponse

from lab.web.api.application import answer
from lab.web.api.guard import person_of
from lab.web.ask import ask
from lab.web.errors import Problem
from lab.web.exchange import Answer
from lab.web.models import Lab


async def find_lab(request: HttpRequest, lab_id: str) -> Lab:
    """Return the lab if the person may use it; to others it does not exist (404)."""
    try:
        key = uuid.UUID(lab_id)
    except ValueError:
        key = None
    lab = None
    if key is not None:
        lab = await Lab.objects.usable_by(person_of(request)).filter(pk=key).afirst()
    if lab is None:
        raise Problem(
            "not_found",
            "there is no such lab, or it is not yours",
            field="lab_id",
            hint="GET /api/v1/labs lists yours",
        )
    return lab


async def ask_found(
    request: HttpRequest,
    lab_id: str,
    command: Mapping[str, object],
    in_path: Collection[str] = (),
) -> Answer:
    """Have the lab carry out ``command``.

    What the cluster does not know is 404 if the address named it (the fields ``in_path``), and 422
    if the body did.
    """
    lab = await find_lab(request, lab_id)
    try:
        return await ask(lab, command)
    except Problem as problem:
        if problem.field in in_path and problem.code.startswith("unknown_"):
            raise Problem(
                "not_found", problem.message, field=problem.field, hint=problem.hint
            ) from None
        raise


async def answer_found(
    request: HttpRequest,
    lab_id: str,
    command: Mapping[str, object],
    *,
    in_path: Collection[str] = (),
    status: int = 200,
) -> HttpResponse:
    """The same, answered as the cluster answered it."""
    return answer((await ask_found(request, lab_id, command, in_path)).body, status)
