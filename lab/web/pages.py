"""The pages: home, the lab, twins, and the two ways to start a lab.

Everyone may see home. A lab's page is for those who may use the lab; to others it does not exist.
"""

import uuid

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from lab.web import labs
from lab.web.api.application import no_such_address, refusal
from lab.web.errors import Problem
from lab.web.identity import visitor
from lab.web.models import Lab
from lab.web.person import Person
from lessons.course import COURSE
from lessons.shelf import summaries

CATALOGUE = "/api/v1/catalogue"
TWINS = 2
MOST_LABS = 10
"""So many of a visitor's labs are listed on home."""


@require_safe
@ensure_csrf_cookie
async def home(request: HttpRequest) -> HttpResponse:
    """The course, its modules, and a way into the lab. For everyone."""
    return await _home(request, await visitor(request))


@require_safe
@ensure_csrf_cookie
async def lab(request: HttpRequest, lab_id: uuid.UUID) -> HttpResponse:
    """The lab's page. For those who may use the lab; it wakes when the page joins its websocket."""
    person = await visitor(request)
    found = await Lab.objects.usable_by(person).filter(pk=lab_id).afirst()
    if found is None:
        raise Http404("There is no such lab, or it belongs to someone else.")
    return render(request, "lab.html", {"course": COURSE, "lab": found, "boot": _boot(found)})


@require_safe
@ensure_csrf_cookie
async def twins(request: HttpRequest, lab_id: uuid.UUID) -> HttpResponse:
    """A lab and its twin, the older one first. For those who may use both."""
    mine = Lab.objects.usable_by(await visitor(request))
    found = [lab async for lab in mine.filter(Q(pk=lab_id) | Q(twin=lab_id)).order_by("created")]
    if len(found) != TWINS:
        raise Http404("This lab has no twin, or it belongs to someone else.")
    boot = {"labs": [str(lab.pk) for lab in found], "catalogue": CATALOGUE}
    return render(request, "twins.html", {"boot": boot})


@require_safe
async def newest(request: HttpRequest) -> HttpResponse:
    """To the newest lab that the visitor may use.

    Without one, a new sandbox is started; but not on a shared site, where every robot that follows
    a link would start one.
    """
    person = await visitor(request)
    found = await Lab.objects.usable_by(person).exclude(status=Lab.Status.STOPPED).afirst()
    if found is None and settings.FAULTLINE_SHARED:
        return redirect("web:home")
    if found is None:
        return await _start(request, person, settings.FAULTLINE_SANDBOX)
    return redirect("web:lab", lab_id=found.pk)


@require_POST
async def start(request: HttpRequest) -> HttpResponse:
    """Start a lab from home's form (``scenario``, ``body``). For all, within their quota."""
    scenario = request.POST.get("scenario") or settings.FAULTLINE_SANDBOX
    virtual = request.POST.get("body") == Lab.Body.VIRTUAL
    body = Lab.Body.VIRTUAL if virtual else Lab.Body.LIVE
    return await _start(request, await visitor(request), scenario, body)


async def no_such_api(request: HttpRequest, rest: str) -> HttpResponse:  # noqa: ARG001 - from the address
    """An unknown address of the API, in the API's shape. For everyone."""
    return refusal(no_such_address(request.path))


async def _start(
    request: HttpRequest, person: Person, scenario: str, body: str = Lab.Body.LIVE
) -> HttpResponse:
    """To the new lab, or to home with the reason why there is none."""
    try:
        made = await labs.create(person, scenario, body=body)
    except Problem as problem:
        return await _home(request, person, problem)
    return redirect("web:lab", lab_id=made.pk)


async def _home(
    request: HttpRequest, person: Person, problem: Problem | None = None
) -> HttpResponse:
    context = {
        "course": COURSE,
        "labs": [lab async for lab in Lab.objects.usable_by(person).live()[:MOST_LABS]],
        "scenarios": summaries(),
        "problem": None if problem is None else problem.plain(),
    }
    return render(request, "home.html", context, status=200 if problem is None else problem.status)


def _boot(lab: Lab) -> dict[str, object]:
    """What the page's script needs to begin; the rest comes over the websocket and the API."""
    return {
        "lab": str(lab.pk),
        "socket": f"/ws/labs/{lab.pk}",
        "api": f"/api/v1/labs/{lab.pk}",
        "catalogue": CATALOGUE,
        "scenario": lab.scenario_name,
    }
