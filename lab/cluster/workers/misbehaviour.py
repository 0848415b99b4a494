"""The service faults that an instance acts out: errors, delays, stuck workers, poison."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any
from zlib import crc32

from lab.cluster.specs import FaultSpec, WorkSpec
from lab.cluster.workers.work import draw_s

KINDS = ("errors", "first_errors", "latency", "stuck", "poison", "leak", "bad_deploy")


class Misbehaviour:
    """All service faults now active here. They add up; ending one leaves the others."""

    def __init__(self, random: Random, stick: Callable[[int], None]) -> None:
        self._random = random
        self._stick = stick
        self._active: dict[str, FaultSpec] = {}
        self._delays: dict[str, WorkSpec] = {}
        self._left: dict[str, int] = {}
        self._leaked: dict[str, int] = {}
        self.crash: Callable[[], object] = lambda: None

    def begin(self, fault: FaultSpec) -> None:
        """Act out a fault from now on."""
        self._active[fault.id] = fault
        params = fault.params
        if fault.kind == "latency":
            self._delays[fault.id] = WorkSpec(
                params["kind"], params["mean_s"], params.get("deviation_s", 0.0)
            )
        elif fault.kind == "bad_deploy":
            self._delays[fault.id] = WorkSpec("fixed", params["delay_s"])
        elif fault.kind == "first_errors":
            self._left[fault.id] = params["count"]
        elif fault.kind == "leak":
            self._leaked[fault.id] = 0
        self._recount()

    def end(self, fault_id: str) -> None:
        """Stop acting it out; a fault that is not active is left alone."""
        self._active.pop(fault_id, None)
        self._delays.pop(fault_id, None)
        self._left.pop(fault_id, None)
        self._leaked.pop(fault_id, None)
        self._recount()

    def failure(self, trace_id: str) -> tuple[int, str] | None:
        """Return the status and reason with which the present request must fail, or None.

        A poison request crashes the process. Which ones are poison depends on the trace alone, so
        that a retry carries it on.
        """
        for fault in self._active.values():
            if fault.kind == "poison" and crc32(trace_id.encode()) % fault.params["every"] == 0:
                self.crash()
            failed = self._failed_by(fault)
            if failed is not None:
                return failed
        return None

    def leak(self) -> None:
        """A request has ended: perhaps its slot is not given back."""
        for fault_id in self._leaked:
            if self._random.random() < self._active[fault_id].params["ratio"]:
                self._leaked[fault_id] += 1
                self._recount()

    def delay_s(self) -> float:
        """Draw the latency that the faults add to one request, in seconds."""
        if not self._delays:
            return 0.0
        return sum(draw_s(delay, self._random) for delay in self._delays.values())

    def _failed_by(self, fault: FaultSpec) -> tuple[int, str] | None:
        match fault.kind:
            case "errors" if self._random.random() < fault.params["ratio"]:
                rule = f"fault: answers {fault.params['ratio']:.0%} with an error"
                return int(fault.params["status"]), rule
            case "bad_deploy" if self._random.random() < fault.params["ratio"]:
                return 500, f"fault: the deployed version fails {fault.params['ratio']:.0%}"
            case "first_errors" if self._left[fault.id] > 0:
                self._left[fault.id] -= 1
                return 500, f"fault: fails the first {fault.params['count']} requests"
            case _:
                return None

    def _recount(self) -> None:
        faults: Mapping[str, Any] = self._active
        stuck = sum(f.params["workers"] for f in faults.values() if f.kind == "stuck")
        self._stick(stuck + sum(self._leaked.values()))
