"""The chain's idempotency key: makes a write one that may be repeated."""

from typing import Any

from lab.cluster.calls.call import Call, Inner, Result, Site
from lab.patterns.idempotency import KeySettings


class KeyLayer:
    """Gives each write a key. Everything inside it, retries and hedges, carries the same one."""

    def __init__(self, settings: KeySettings, site: Site, dependency: str) -> None:
        self._site = site
        self._given = 0

    def retune(self, settings: KeySettings) -> None:
        """There is nothing to tune."""

    async def run(self, inner: Inner, call: Call) -> Result:
        if call.idempotent:
            return await inner(call)
        self._given += 1
        call.key, call.idempotent = self._site.spans.trace_id(), True
        try:
            return await inner(call)
        finally:
            call.key, call.idempotent = "", False

    def snapshot(self, now_s: float) -> dict[str, Any]:
        reason = "each write carries a key, the same for all its attempts"
        return {"state": "keyed", "reason": reason, "counts": {"given": self._given}}
