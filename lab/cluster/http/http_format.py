"""How our requests and responses are written as HTTP/1.1, and read again.

Ours travel in headers::

    traceparent      W3C trace context: 00-<32 hex>-<16 hex>-<2 hex>
    lab-deadline-s   seconds that remain when the request is sent (decimal)
    lab-priority     critical, default or sheddable
    idempotency-key  of a write that may be repeated (IETF draft)
    lab-outcome      how the answer counts (see Outcome), beside the status
    lab-rule         the rule that decided, percent-encoded UTF-8 where it is not plain ASCII
    retry-after      whole seconds (RFC 9110, 10.2.3), rounded up
    lab-retry-after-s  the same, exact
"""

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import quote, unquote

from lab.cluster.message import Request, Response
from lab.telemetry.outcome import Outcome

WANTED_OF_REQUEST = frozenset(
    (
        b"host",
        b"traceparent",
        b"lab-deadline-s",
        b"lab-priority",
        b"idempotency-key",
        b"content-length",
        b"connection",
        b"expect",
    )
)
WANTED_OF_RESPONSE = frozenset((b"lab-outcome", b"lab-rule", b"retry-after", b"lab-retry-after-s"))
WITHOUT_BODY = frozenset((204, 304))

_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_TARGET = re.compile(r"/[!-~]*")
_METHOD = re.compile(r"[A-Z]+")
_PLAIN = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")
_SENDS_BODY = frozenset(("POST", "PUT", "PATCH"))


class Malformed(Exception):
    """A header of ours that cannot be understood; the text is fit for the answer."""


@lru_cache(maxsize=1024)
def request_line(method: str, path: str) -> str:
    """Return the first line; ValueError if it would not be one (a space, a line break, …)."""
    if not _METHOD.fullmatch(method) or not _TARGET.fullmatch(path):
        raise ValueError(f"cannot send {method!r} {path!r}: want GET and /path in printable ASCII")
    return f"{method} {path} HTTP/1.1\r\n"


def encode_request(request: Request, host: str) -> bytes:
    """Return the bytes of ``request``; ``host`` is ``127.0.0.1:<port>``."""
    head = f"{request_line(request.method, request.path)}host: {host}\r\n"
    if request.trace:
        head += f"traceparent: {request.trace}\r\n"
    if request.deadline_s is not None:
        head += f"lab-deadline-s: {max(0.0, request.deadline_s):.6f}\r\n"
    if request.priority != "default":
        head += f"lab-priority: {request.priority}\r\n"
    if request.key:
        head += f"idempotency-key: {request.key}\r\n"
    body = request.body
    if body:
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        return head.encode("latin-1") + body
    if request.method in _SENDS_BODY:
        head += "content-length: 0\r\n"
    return (head + "\r\n").encode("latin-1")


def decode_request(method: bytes, target: bytes, headers: Mapping[bytes, bytes]) -> Request:
    """Build the request without its body; raise Malformed."""
    trace = headers.get(b"traceparent", b"")
    if trace and not _TRACEPARENT.fullmatch(trace):
        trace = b""  # W3C Trace Context, 3.2.2.2: one that cannot be parsed is ignored
    path = target.decode("latin-1")
    deadline = headers.get(b"lab-deadline-s")
    priority = headers.get(b"lab-priority")
    return Request(
        method.decode("latin-1"),
        path if path.startswith("/") else _origin_form(path),
        trace.decode("latin-1"),
        None if deadline is None else _deadline_s(deadline),
        "default" if priority is None else priority.decode("latin-1"),
        key=headers.get(b"idempotency-key", b"").decode("latin-1"),
    )


def encode_response(response: Response, *, head_only: bool, connection: bytes) -> bytes:
    """Return the bytes of ``response``; ``connection`` is a whole header line or empty."""
    body = response.body
    head = _status_lines(response.status, response.outcome) + connection
    if response.rule:
        head += b"lab-rule: " + quote(response.rule, safe=_PLAIN).encode("ascii") + b"\r\n"
    if response.retry_after_s is not None:
        head += _retry_after(response.retry_after_s)
    if response.status in WITHOUT_BODY:
        return head + b"\r\n"
    if body:
        head += b"content-type: application/json\r\n"
    head += b"content-length: %d\r\n\r\n" % len(body)
    return head if head_only else head + body


def decode_response(status: int, headers: Mapping[bytes, bytes], body: bytes) -> Response:
    """Build the response; a server that is not ours is judged by its status alone."""
    outcome = _OUTCOMES.get(headers.get(b"lab-outcome", b""))
    if outcome is not None and len(headers) == 1:
        return Response(status, outcome, body)  # the usual one: nothing but an outcome
    return Response(
        status,
        outcome or outcome_of(status),
        body,
        _seconds(headers.get(b"lab-retry-after-s") or headers.get(b"retry-after")),
        unquote(headers.get(b"lab-rule", b"").decode("latin-1")),
    )


def outcome_of(status: int) -> Outcome:
    """Say in our words what a bare status says: RFC 9110, 15, and RFC 6585 for 429."""
    if status < 400:
        return Outcome.OK
    if status in {429, 503}:
        return Outcome.SHED
    return Outcome.TIMED_OUT if status == 504 else Outcome.FAILED


def _origin_form(target: str) -> str:
    """Reduce the absolute form, which RFC 9112, 3.2.2 obliges a server to accept."""
    _, separator, rest = target.partition("://")
    if not separator:
        return target
    _, slash, path = rest.partition("/")
    return slash + path if slash else "/"


def _deadline_s(value: bytes) -> float:
    seconds = _seconds(value)
    if seconds is None:
        shown = value[:40].decode("latin-1")
        raise Malformed(f"lab-deadline-s is {shown!r}; want remaining seconds, 0 or more")
    return seconds


def _seconds(value: bytes | None) -> float | None:
    """Read a finite number of seconds, 0 or more; None for anything else (such as a date)."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0.0 <= seconds < math.inf else None


def _retry_after(seconds: float) -> bytes:
    whole = math.ceil(max(0.0, seconds))
    return b"retry-after: %d\r\nlab-retry-after-s: %.6f\r\n" % (whole, max(0.0, seconds))


@lru_cache(maxsize=1024)
def _status_lines(status: int, outcome: Outcome) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    return f"HTTP/1.1 {status} {phrase}\r\nlab-outcome: {outcome.value}\r\n".encode("ascii")


_OUTCOMES: Mapping[bytes, Outcome] = {outcome.value.encode("ascii"): outcome for outcome in Outcome}
