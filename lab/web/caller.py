"""Where a request or a websocket comes from, read once from either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
OWN_PAGES = frozenset({"", "same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Caller:
    """The parts of a request that decide who is asking.

    ``host`` is the Host header, ``fetch_site`` the Sec-Fetch-Site header; "" where not sent.
    ``is_forwarded`` tells that a proxy stands between, so that ``address`` is the proxy's.
    """

    address: str
    host: str
    origin: str
    fetch_site: str
    authorization: str
    cookies: Mapping[str, str]
    is_forwarded: bool = False

    @property
    def is_same_origin(self) -> bool:
        """No Origin (not a browser, or a plain navigation), or that of the very site asked."""
        host = self.host.lower()
        return self.origin.lower() in ("", f"http://{host}", f"https://{host}")

    @property
    def is_local(self) -> bool:
        """Sent from this machine to this machine's own name, and by no foreign page.

        The name guards against DNS rebinding: the page of evil.example that resolves to
        127.0.0.1 still sends ``Host: evil.example``. Sec-Fetch-Site guards reads, for which
        browsers send no Origin.
        """
        return (
            not self.is_forwarded
            and _is_loopback(self.address)
            and _hostname(self.host) in LOCAL_NAMES
            and self.is_same_origin
            and self.fetch_site in OWN_PAGES
        )


def of_request(request: HttpRequest) -> Caller:
    """Read an HTTP request."""
    return Caller(
        address=request.META.get("REMOTE_ADDR", ""),
        host=request.META.get("HTTP_HOST", ""),
        origin=request.META.get("HTTP_ORIGIN", ""),
        fetch_site=request.META.get("HTTP_SEC_FETCH_SITE", ""),
        authorization=request.META.get("HTTP_AUTHORIZATION", ""),
        cookies=request.COOKIES,
        is_forwarded=any(name in request.headers for name in FORWARDED),
    )


def of_scope(scope: Mapping[str, Any]) -> Caller:
    """Read the ASGI scope of a websocket."""
    headers = {name.decode("latin1"): value.decode("latin1") for name, value in scope["headers"]}
    client = scope.get("client") or ("", 0)
    return Caller(
        address=client[0],
        host=headers.get("host", ""),
        origin=headers.get("origin", ""),
        fetch_site=headers.get("sec-fetch-site", ""),
        authorization=headers.get("authorization", ""),
        cookies=_cookies(headers.get("cookie", "")),
        is_forwarded=any(name in headers for name in FORWARDED),
    )


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
