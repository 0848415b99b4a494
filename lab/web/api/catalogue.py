"""What there is to choose from: scenarios, patterns, faults."""

from functools import cache

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from lab.cluster import catalogue
from lab.web.api.application import answer
from lessons.shelf import summaries

router = Router(tags=["catalogue"])


@router.get("/scenarios")
async def list_scenarios(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - for all who may ask
    """List the scenarios that may be started."""
    return answer({"scenarios": summaries()})


@router.get("/catalogue")
async def read_catalogue(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - as above
    """Describe every outcome, pattern (with its source) and fault, with their parameters."""
    response = answer(_catalogue())
    response["Cache-Control"] = "private, max-age=300"
    return response


@cache
def _catalogue() -> bytes:
    """Encoded once: it changes only with a release."""
    return msgspec.json.encode(catalogue())
