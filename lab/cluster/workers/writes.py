"""The writes that an instance has done, and those that it did twice for one request of a user."""

from collections import OrderedDict

MOST = 5000


class Writes:
    """Counts by trace and route: a retry of one request belongs to the same trace.

    It is what an auditor would find afterwards. Nothing here prevents anything.
    """

    def __init__(self) -> None:
        self._done: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._writes = self._twice = 0

    def done(self, trace_id: str, route: str) -> None:
        """Note a write whose work was done, whether or not anybody still waits for its answer."""
        self._writes += 1
        key = trace_id, route
        self._done[key] = self._done.get(key, 0) + 1
        self._twice += self._done[key] > 1
        if len(self._done) > MOST:
            self._done.popitem(last=False)

    def snapshot(self) -> dict[str, object] | None:
        """Return the counts as plain data; None before the first write."""
        if not self._writes:
            return None
        again = f"{self._twice} of {self._writes} writes repeated one that was done already"
        return {
            "state": "doubled" if self._twice else "single",
            "reason": again,
            "counts": {"done": self._writes, "twice": self._twice},
        }
