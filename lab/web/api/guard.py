"""Who may use the API, and how much."""

import asyncio
import math

from django.conf import settings
from django.http import HttpRequest
from ninja.utils import check_csrf

from lab.web.api.application import stranger, too_large
from lab.web.caller import of_request
from lab.web.errors import Problem
from lab.web.identity import identify
from lab.web.person import Person, Proof
from lab.web.site import here

SAFE = ("GET", "HEAD", "OPTIONS")


MOST_FILE_BYTES = 16 << 20
"""What a file that is handed in may have; other bodies have the limit in the settings."""


async def guard(request: HttpRequest) -> Person:
    """Return who asks; raise Problem for strangers, forgeries, floods and oversized bodies.

    Only a session can be abused by a foreign page, so only it needs the CSRF token.
    """
    return await _let_in(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


async def guard_file(request: HttpRequest) -> Person:
    """The same where the body is a file."""
    return await _let_in(request, MOST_FILE_BYTES)


async def _let_in(request: HttpRequest, most_bytes: int) -> Person:
    if int(request.META.get("CONTENT_LENGTH") or 0) > most_bytes:
        raise too_large(most_bytes)
    person = await identify(of_request(request))
    if person is None:
        raise stranger()
    wait_s = here().allowances.wait_s(person.owner, asyncio.get_running_loop().time())
    if wait_s > 0.0:
        raise Problem(
            "too_fast",
            "too many requests",
            hint=f"come back in {wait_s:.2f} s",
            retry_after_s=math.ceil(wait_s),
        )
    if person.proof is Proof.SESSION and request.method not in SAFE:
        _check_csrf(request)
    return person


def person_of(request: HttpRequest) -> Person:
    """Who asks, as the guard found."""
    person = request.auth  # type: ignore[attr-defined]
    assert isinstance(person, Person)
    return person


def _check_csrf(request: HttpRequest) -> None:
    if check_csrf(request) is not None:
        raise Problem(
            "forbidden",
            "the CSRF token is missing or wrong",
            hint=f"send the cookie {settings.CSRF_COOKIE_NAME} again as X-CSRFToken",
        )
