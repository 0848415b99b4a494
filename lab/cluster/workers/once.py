"""A write that carries an idempotency key is done once."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from lab.cluster.calls.attempts import GOOD
from lab.cluster.message import Request, Response
from lab.patterns.idempotency import Ledger, Seen
from lab.telemetry.outcome import Outcome

CONFLICT_S = 0.05
"""When to come back if the same key is at work."""


async def once(
    ledger: Ledger[Response],
    request: Request,
    path: str,
    do: Callable[[], Awaitable[Response]],
    now_s: float,
) -> Response:
    """Return what ``do`` answers, or what the ledger knows of the request's key.

    A repeat while the first is at work is refused for certain (409), the same key for another
    request is a mistake (422).
    """
    seen, known = ledger.begin(request.key, f"{request.method} {path}", now_s)
    if known is not None:
        return replace(known, rule="the ledger remembers the answer")
    if seen is Seen.IN_PROGRESS:
        return Response(409, Outcome.REFUSED, b"", CONFLICT_S, "the same key is at work already")
    if seen is Seen.OTHER:
        return Response(422, Outcome.FAILED, b"", rule="the key was used for another request")
    try:
        response = await do()
        if response.outcome in GOOD:
            ledger.answered(request.key, response)
        return response
    finally:
        ledger.failed(request.key)
