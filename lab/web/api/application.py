"""django-ninja, made to speak our way: one content type, one shape of error."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from lab.web.errors import Problem

logger = logging.getLogger(__name__)

JSON = "application/json"
"""Exactly so, without a charset: Chaos Toolkit leaves other bodies unparsed."""

CODES = {400: "malformed", 401: "who_are_you", 403: "forbidden", 405: "not_allowed"}


class JsonParser(Parser):
    """Reads bodies with msgspec, which refuses NaN and never exhausts the stack unnoticed."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the body. django-ninja turns what this raises into a 400."""
        return cast("dict[str, Any]", msgspec.json.decode(request.body))


class JsonRenderer(BaseRenderer):
    """Writes bodies with msgspec."""

    media_type = JSON

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return ``data`` as JSON."""
        return msgspec.json.encode(data)


class Api(NinjaAPI):
    """The API; routes are added to it in ``lab.web.api``."""

    def get_content_type(self) -> str:
        """Return the one content type."""
        return JSON


def answer(body: bytes | object, status: int = 200) -> HttpResponse:
    """Return JSON; bytes are JSON already, as a lab's host encoded it."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return HttpResponse(content, status=status, content_type=JSON)


def refusal(problem: Problem) -> HttpResponse:
    """Return an error in its one shape."""
    response = answer({"error": problem.plain(), **problem.also}, problem.status)
    if problem.retry_after_s is not None:
        response["Retry-After"] = str(problem.retry_after_s)
    return response


def catch_errors(api: Api) -> None:
    """Give every error of ``api`` its one shape."""
    for kind, problem_of in _PROBLEMS.items():
        api.add_exception_handler(kind, partial(_refuse, problem_of))


def stranger() -> Problem:
    """Nobody was recognised."""
    return Problem(
        "who_are_you",
        "this needs a session of the page, or a token",
        hint="send 'Authorization: Bearer <token>'; the page gives tokens out",
    )


def too_large(most_bytes: int) -> Problem:
    """The body is over the limit."""
    return Problem("too_large", f"a request's body may have {most_bytes} bytes at most here")


def no_such_address(path: str) -> Problem:
    """Nothing is served there."""
    return Problem(
        "not_found", f"there is nothing at {path}", hint="/api/v1/openapi.json lists everything"
    )


def _of_http_error(error: HttpError) -> Problem:
    return Problem(CODES.get(error.status_code, "malformed"), str(error))


def _of_validation(error: ValidationError) -> Problem:
    """The first of the errors that pydantic found.

    ``loc`` begins with body, query or path, and goes on with the parameter that is the body.
    """
    first = error.errors[0]
    place = [str(part) for part in first["loc"]][1:]
    field = ".".join(place[1:] if place[:1] == ["body"] else place) or None
    limits = ", ".join(f"{key} {value}" for key, value in first.get("ctx", {}).items())
    message = f"{first['msg'][:1].lower()}{first['msg'][1:]}"
    return Problem("invalid", message, field=field, hint=limits or None)


def _of_crash(request: HttpRequest, error: Exception) -> Problem:
    logger.error("%s %s crashed", request.method, request.path, exc_info=error)
    return Problem("broken", "this is a fault of ours; the site's log has the details")


ProblemOf = Callable[[HttpRequest, Any], Problem]

_PROBLEMS: Mapping[type[Exception], ProblemOf] = {
    Problem: lambda _, problem: problem,
    Http404: lambda request, _: no_such_address(request.path),
    RequestDataTooBig: lambda *_: too_large(settings.DATA_UPLOAD_MAX_MEMORY_SIZE),
    AuthenticationError: lambda *_: stranger(),
    HttpError: lambda _, error: _of_http_error(error),
    ValidationError: lambda _, error: _of_validation(error),
    Exception: _of_crash,
}


def _refuse(problem_of: ProblemOf, request: HttpRequest, error: Any) -> HttpResponse:
    return refusal(problem_of(request, error))
