"""The innermost layer: choose an instance and try it once."""

from collections.abc import Collection, Sequence
from typing import Any

from lab.cluster.calls.call import Call, Result, Site
from lab.cluster.calls.spanbook import traceparent
from lab.cluster.message import LinkError, Refused, Request, Response, TimedOut
from lab.patterns.balance import Balancer, BalanceSettings, Pick
from lab.patterns.outlier import Outliers, OutlierSettings, Verdict
from lab.telemetry.outcome import Outcome

GOOD = (Outcome.OK, Outcome.DEGRADED)

CALLED_OFF = Result(Outcome.FAILED, "cancelled by the caller")


class Attempts:
    """Balances over the callee's instances and makes single attempts at them."""

    def __init__(self, dependency: str, site: Site) -> None:
        self.site = site
        self.dependency = dependency
        self.instances: list[str] = []
        self.healthy: set[str] = set()
        self.in_flight: dict[str, int] = {}
        self.outliers: Outliers | None = None
        self.lost_by: set[str] = set()
        self._near: set[str] = set()
        self._links: dict[str, str] = {}
        self._balancer = Balancer(BalanceSettings())
        self._chance = site.streams.chance(f"balance {dependency}")

    def add(self, instance: str, *, near: bool = False) -> None:
        """Let the balance choose ``instance`` too; ``near``: it is in the caller's own zone."""
        self.instances.append(instance)
        self.healthy.add(instance)
        self.in_flight.setdefault(instance, 0)
        self._links[instance] = f"{self.site.me}→{instance}"
        if near:
            self._near.add(instance)
        if self.outliers is not None:
            self.outliers.join(instance)

    def remove(self, instance: str) -> None:
        """Choose ``instance`` no more; what is on its way there ends by itself."""
        self.instances.remove(instance)
        self.healthy.discard(instance)
        self._near.discard(instance)
        self._balancer.forget(instance)
        if self.outliers is not None:
            self.outliers.leave(instance)

    def watch(self, settings: OutlierSettings | None) -> None:
        """Eject outliers by these rules from now on; None ejects nobody, and all are back."""
        if settings is None:
            out = [] if self.outliers is None else self.outliers.out
            self.outliers = None
            self._tell([Verdict(name, False, "nobody is ejected any more") for name in out])
        elif self.outliers is None:
            self.outliers = Outliers(settings)
            for instance in self.instances:
                self.outliers.join(instance)
        else:
            self.outliers.retune(settings)

    def poll(self) -> None:
        """Let time alone bring ejected instances back."""
        if self.outliers is not None:
            self._tell(self.outliers.poll(self.site.clock()))

    @property
    def any_in(self) -> bool:
        """Say whether any instance is in the balance by its own merit."""
        return any(self.is_in(instance) for instance in self.instances)

    def is_in(self, instance: str) -> bool:
        """Say whether the balance may choose an instance: healthy, and not ejected."""
        return instance in self.healthy and not self._is_ejected(instance)

    def retune(self, settings: BalanceSettings) -> None:
        """Balance by other rules from now on."""
        self._balancer.retune(settings)

    def snapshot(self) -> dict[str, Any]:
        """Who is in the balance and who is out, with the attempts in flight at each."""
        state: dict[str, Any] = dict(self._balancer.snapshot(self.site.clock()))
        state["in"] = [name for name in self.instances if self.is_in(name)]
        state["out"] = [name for name in self.instances if not self.is_in(name)]
        state["in_flight"] = {name: self.in_flight[name] for name in self.instances}
        return state

    async def run(self, call: Call) -> Result:
        """Try once. Links record every attempt, also one that was cancelled halfway."""
        site = self.site
        began_s = site.clock()
        left_s = None if call.deadline_s is None else call.deadline_s - began_s
        if left_s is not None and left_s <= 0.0:
            return Result(Outcome.TIMED_OUT, f"no time left: {call.deadline_rule}", True, True)
        if self.lost_by:
            name = self.dependency.rpartition(":")[2]
            return Result(Outcome.REFUSED, f"the name {name} cannot be looked up", True)
        if not self.instances:
            return Result(Outcome.REFUSED, f"{self.dependency} has no instances", True)
        pick = self._pick(call, began_s)
        call.attempts += 1
        attempt, span_id = call.first_attempt + call.attempts, site.spans.span_id()
        link = self._links[pick.instance]
        self.in_flight[pick.instance] += 1
        result = CALLED_OFF
        try:
            result = await self._send(link, call, left_s, span_id)
        finally:
            self.in_flight[pick.instance] -= 1
            ended_s = site.clock()
            site.recorder.attempt(link, result.outcome, ended_s - began_s)
            self._learn(pick.instance, result, ended_s - began_s, ended_s)
            site.spans.ring.add(
                (call.trace_id, span_id, call.span_id, "attempt", link,
                 began_s, ended_s, result.outcome._value_, result.rule or pick.reason, attempt)
            )  # fmt: skip
        return result

    def _pick(self, call: Call, now_s: float) -> Pick:
        """Choose among those in the balance, and not again whom a hedge of this call has asked."""
        instances: Sequence[str] = self.instances
        if call.avoid is not None:
            instances = [name for name in instances if name not in call.avoid] or instances
        healthy: Collection[str] = self.healthy
        if self.outliers is not None and self.outliers.out:
            healthy = self.healthy.difference(self.outliers.out)
        pick = self._balancer.pick(
            instances, healthy, self.in_flight, self._chance, now_s, self._near
        )
        if call.avoid is not None:
            call.avoid.append(pick.instance)
        return pick

    def _learn(self, instance: str, result: Result, seconds: float, now_s: float) -> None:
        """Judge the instance by this attempt; one that was called off tells nothing."""
        if result is CALLED_OFF:
            return
        self._balancer.learn(instance, seconds, now_s)
        if self.outliers is not None:
            good = result.outcome in GOOD
            self._tell(self.outliers.record(instance, good=good, now_s=now_s))

    def _is_ejected(self, instance: str) -> bool:
        return self.outliers is not None and instance in self.outliers.out

    def _tell(self, verdicts: list[Verdict]) -> None:
        for verdict in verdicts:
            where = f"the balance of {self.site.me}: {verdict.reason}"
            self.site.report(
                "outlier",
                verdict.instance,
                f"{'ejected from' if verdict.ejected else 'back in'} {where}",
                {"dependency": self.dependency, "healthy": self.is_in(verdict.instance)},
            )

    async def _send(self, link: str, call: Call, left_s: float | None, span_id: int) -> Result:
        request = Request(
            call.method, call.route, traceparent(call.trace_id, span_id), left_s, call.priority,
            key=call.key,
        )  # fmt: skip
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
