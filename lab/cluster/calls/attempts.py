"""The innermost layer: choose an instance and try it once."""

from dataclasses import dataclass
from typing import Any

from lab.cluster.calls.call import Call, Result, Site
from lab.cluster.calls.spanbook import traceparent
from lab.cluster.message import LinkError, Refused, Request, Response, TimedOut
from lab.patterns.balance import Balancer, BalanceSettings
from lab.telemetry.outcome import Outcome

GOOD = (Outcome.OK, Outcome.DEGRADED)


@dataclass(slots=True)
class Peer:
    """One callee instance as this caller sees it. In flight counts attempts."""

    instance: str
    link: str


class Attempts:
    """Balances over the callee's instances and makes single attempts at them."""

    def __init__(self, dependency: str, site: Site) -> None:
        self.site = site
        self.dependency = dependency
        self.instances: list[str] = []
        self.healthy: set[str] = set()
        self.in_flight: dict[str, int] = {}
        self._links: dict[str, str] = {}
        self._balancer = Balancer(BalanceSettings())
        self._chance = site.streams.chance(f"balance {dependency}")

    def add(self, instance: str) -> None:
        """Let the balance choose ``instance`` too."""
        self.instances.append(instance)
        self.healthy.add(instance)
        self.in_flight.setdefault(instance, 0)
        self._links[instance] = f"{self.site.me}→{instance}"

    def remove(self, instance: str) -> None:
        """Choose ``instance`` no more; what is on its way there ends by itself."""
        self.instances.remove(instance)
        self.healthy.discard(instance)

    def retune(self, settings: BalanceSettings) -> None:
        """Balance by other rules from now on."""
        self._balancer.retune(settings)

    def snapshot(self) -> dict[str, Any]:
        """Who is in the balance and who is out, with the attempts in flight at each."""
        state: dict[str, Any] = dict(self._balancer.snapshot())
        state["in"] = [name for name in self.instances if name in self.healthy]
        state["out"] = [name for name in self.instances if name not in self.healthy]
        state["in_flight"] = {name: self.in_flight[name] for name in self.instances}
        return state

    async def run(self, call: Call) -> Result:
        """Try once. Links record every attempt, also one that was cancelled halfway."""
        site = self.site
        began_s = site.clock()
        left_s = None if call.deadline_s is None else call.deadline_s - began_s
        if left_s is not None and left_s <= 0.0:
            return Result(Outcome.TIMED_OUT, f"no time left: {call.deadline_rule}", True, True)
        if not self.instances:
            return Result(Outcome.REFUSED, f"{self.dependency} has no instances", True)
        pick = self._balancer.pick(self.instances, self.healthy, self.in_flight, self._chance)
        call.attempts += 1
        attempt, span_id = call.attempts, site.spans.span_id()
        link = self._links[pick.instance]
        self.in_flight[pick.instance] += 1
        result = Result(Outcome.FAILED, "cancelled by the caller")
        try:
            result = await self._send(link, call, left_s, span_id)
        finally:
            self.in_flight[pick.instance] -= 1
            ended_s = site.clock()
            site.recorder.attempt(link, result.outcome, ended_s - began_s)
            site.spans.ring.add(
                (call.trace_id, span_id, call.span_id, "attempt", link,
                 began_s, ended_s, result.outcome._value_, result.rule or pick.reason, attempt)
            )  # fmt: skip
        return result

    async def _send(self, link: str, call: Call, left_s: float | None, span_id: int) -> Result:
        request = Request(
            call.method, call.route, traceparent(call.trace_id, span_id), left_s, call.priority
        )
        try:
            response = await self.site.transport.send(link, request, left_s)
        except Refused as error:
            return Result(Outcome.REFUSED, str(error), definite=True)
        except TimedOut:
            return Result(Outcome.TIMED_OUT, f"no answer in time: {call.deadline_rule}")
        except LinkError as error:
            return Result(Outcome.FAILED, str(error))
        return answered(response)


def answered(response: Response) -> Result:
    """Read a response as a result. A shed request was certainly not executed."""
    return Result(
        response.outcome,
        response.rule,
        definite=response.outcome is Outcome.SHED,
        response=response,
        retry_after_s=response.retry_after_s,
    )
