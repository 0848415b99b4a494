"""HTTP clients for tests: what Django's own lacks is a Host of one's choice."""

from typing import Any

from django.test import AsyncClient

HOST = "127.0.0.1:8000"


class Http(AsyncClient):
    """A client at ``address`` that asks for ``host``. A browser is under CSRF's rules."""

    def __init__(
        self, host: str = HOST, address: str = "127.0.0.1", *, is_browser: bool = False
    ) -> None:
        super().__init__(enforce_csrf_checks=is_browser)
        self._host = host
        self._address = address

    def _base_scope(self, **request: Any) -> dict[str, Any]:
        scope: dict[str, Any] = super()._base_scope(**request)  # type: ignore[misc]
        kept = [pair for pair in scope["headers"] if pair[0] != b"host" and pair[1]]
        scope["headers"] = [(b"host", self._host.encode("latin1")), *kept]
        scope["client"] = [self._address, 50000]
        return scope
