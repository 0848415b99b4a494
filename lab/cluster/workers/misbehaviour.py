"""The service faults that an instance acts out: errors, delays, stuck workers."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from lab.cluster.specs import FaultSpec, WorkSpec
from lab.cluster.workers.work import draw_s

KINDS = ("errors", "first_errors", "latency", "stuck")


class Misbehaviour:
    """All service faults now active here. They add up; ending one leaves the others."""

    def __init__(self, random: Random, stick: Callable[[int], None]) -> None:
        self._random = random
        self._stick = stick
        self._active: dict[str, FaultSpec] = {}
        self._delays: dict[str, WorkSpec] = {}
        self._left: dict[str, int] = {}

    def begin(self, fault: FaultSpec) -> None:
        """Act out a fault from now on."""
        self._active[fault.id] = fault
        params = fault.params
        if fault.kind == "latency":
            self._delays[fault.id] = WorkSpec(
                params["kind"], params["mean_s"], params.get("deviation_s", 0.0)
            )
        elif fault.kind == "first_errors":
            self._left[fault.id] = params["count"]
        self._recount()

    def end(self, fault_id: str) -> None:
        """Stop acting it out; a fault that is not active is left alone."""
        self._active.pop(fault_id, None)
        self._delays.pop(fault_id, None)
        self._left.pop(fault_id, None)
        self._recount()

    def failure(self) -> tuple[int, str] | None:
        """Return the status and reason with which the present request must fail, or None."""
        for fault in self._active.values():
            if fault.kind == "errors" and self._random.random() < fault.params["ratio"]:
                rule = f"fault: answers {fault.params['ratio']:.0%} with an error"
                return int(fault.params["status"]), rule
            if fault.kind == "first_errors" and self._left[fault.id] > 0:
                self._left[fault.id] -= 1
                return 500, f"fault: fails the first {fault.params['count']} requests"
        return None

    def delay_s(self) -> float:
        """Draw the latency that the faults add to one request, in seconds."""
        if not self._delays:
            return 0.0
        return sum(draw_s(delay, self._random) for delay in self._delays.values())

    def _recount(self) -> None:
        faults: Mapping[str, Any] = self._active
        self._stick(sum(f.params["workers"] for f in faults.values() if f.kind == "stuck"))
