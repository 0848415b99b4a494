"""Gives errors that never reach django-ninja the API's shape too.

A method that an address does not have, a Host that is not ours: Django answers those by itself,
with a page.
"""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import async_only_middleware

from lab.web.api.application import JSON, no_such_address, refusal
from lab.web.errors import Problem

PREFIX = "/api/"

Respond = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@async_only_middleware
def api_errors(respond: Respond) -> Respond:
    """Replace error pages below ``/api/``; pages are left alone."""

    async def shaped(request: HttpRequest) -> HttpResponseBase:
        response = await respond(request)
        if response.status_code < 400 or not request.path.startswith(PREFIX):
            return response
        if response.get("Content-Type") == JSON:
            return response
        return _shape(request, response)

    return shaped


def _shape(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    match response.status_code:
        case 404:
            problem = no_such_address(request.path)
        case 405:
            problem = Problem(
                "not_allowed", f"{request.method} is not allowed here", hint=response.get("Allow")
            )
        case status if status >= 500:
            problem = Problem("broken", "this is a fault of ours; the site's log has the details")
        case _:
            problem = Problem("malformed", "this request makes no sense to the site")
    shaped = refusal(problem)
    if "Allow" in response:
        shaped["Allow"] = response["Allow"]
    return shaped
