"""The pages of kept runs: the list of one's own, and the replay of one."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from lab.web import runs
from lab.web.identity import visitor


@require_safe
@ensure_csrf_cookie
async def listed(request: HttpRequest) -> HttpResponse:
    """The visitor's own runs, and where a file becomes one. For everyone."""
    await visitor(request)
    return render(request, "runs.html")


@require_safe
@ensure_csrf_cookie
async def replay(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """One run, replayed. For its owner, and for whoever has its link (``?key=``)."""
    key = request.GET.get("key", "")
    found = await runs.find(await visitor(request), str(run_id), key)
    if found is None:
        raise Http404("There is no such run, or it is not shared with you.")
    boot = {"path": f"/runs/{run_id}", "key": key, "catalogue": "/api/v1/catalogue"}
    return render(request, "run.html", {"run": found, "boot": boot})
