"""Balance: which instance gets the next attempt.

    spread ──too few are healthy──▶ panic: all get traffic, healthy or not
           ◀──enough again────────

Round robin takes them in turn, random draws one. Two choices (Mitzenmacher 2001; Finagle's default,
Envoy's least request) draws two different instances and takes the one with fewer attempts in
flight, so a slow instance, whose attempts pile up, gets less. Ewma (Finagle's peak EWMA) draws two
as well and takes the lower product of time and attempts in flight, so it steers around a slow one
before they pile up. Zone first (Envoy) stays in the caller's zone while at least ``panic_ratio`` of
its own instances are healthy. Panic is Envoy's too: when few are left, sending all traffic to them
would bring them down too, and so many failed checks may say more about the checks.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from lab.patterns.ewma import PeakEwma
from lab.patterns.parameters import parameter


@dataclass(frozen=True, slots=True)
class BalanceSettings:
    """How to choose, and when to stop believing the health checks."""

    kind: str = parameter(
        "round_robin",
        choices=("round_robin", "random", "two_choices", "ewma"),
        help="round_robin takes the instances in turn, random draws one; two_choices draws two and "
        "takes the one that is less busy, ewma the one that is less busy and quicker.",
        reference="nginx round robin, Finagle two choices",
    )
    zone_first: bool = parameter(
        False,
        help="Stay in the caller's own zone while enough of its instances are healthy.",
        reference="Envoy zone aware routing on, most others off",
    )
    panic_ratio: float = parameter(
        0.5,
        unit="ratio",
        minimum=0.0,
        maximum=1.0,
        help="If fewer than this share of the instances are healthy, all of them get traffic.",
        reference="Envoy 50 %",
    )


@dataclass(frozen=True, slots=True)
class Pick:
    """The instance chosen, and why this one."""

    instance: str
    reason: str


class Balancer:
    """Chooses an instance for each attempt."""

    def __init__(self, settings: BalanceSettings) -> None:
        self._settings = settings
        self._turn = -1
        self._panic = ""
        self._picks = 0
        self._picks_in_panic = 0
        self._picks_in_zone = 0
        self._costs: dict[str, PeakEwma] = {}

    def retune(self, settings: BalanceSettings) -> None:
        """Choose by other settings from now on; turn and counts stay."""
        self._settings = settings

    def pick(
        self,
        instances: Sequence[str],
        healthy: Collection[str],
        in_flight: Mapping[str, int],
        chance: Callable[[], float],
        now_s: float = 0.0,
        near: Collection[str] = (),
    ) -> Pick:
        """Choose one of ``instances``, of which there must be at least one.

        ``in_flight`` counts the attempts under way at each instance, cancelled ones no longer.
        ``near`` are the instances of the caller's own zone.
        """
        if not instances:
            raise ValueError("there is no instance to choose from")
        pool = [name for name in instances if name in healthy]
        if not pool or len(pool) / len(instances) < self._settings.panic_ratio:
            self._panic = f"only {len(pool)} of {len(instances)} healthy, so all are used"
            self._picks_in_panic += 1
            pool = list(instances)
        else:
            self._panic = ""
        self._picks += 1
        if self._settings.zone_first and not self._panic:
            pool = self._in_zone(pool, near)
        if len(pool) == 1:
            return Pick(pool[0], self._panic or "the only one")
        match self._settings.kind:
            case "two_choices":
                return _less_busy(*_two(pool, chance), in_flight)
            case "ewma":
                return self._cheaper(*_two(pool, chance), in_flight, now_s)
            case "random":
                return Pick(pool[int(chance() * len(pool))], self._panic or "drawn")
            case _:
                self._turn += 1
                return Pick(pool[self._turn % len(pool)], self._panic or "its turn")

    def learn(self, instance: str, seconds: float, now_s: float) -> None:
        """Take how long an attempt at ``instance`` took, however it ended."""
        if self._settings.kind == "ewma":
            self._costs.setdefault(instance, PeakEwma()).learn(seconds, now_s)

    def forget(self, instance: str) -> None:
        """Forget an instance that is no more."""
        self._costs.pop(instance, None)

    def _in_zone(self, pool: list[str], near: Collection[str]) -> list[str]:
        """Return those of the pool that are near, if enough of the near ones are in it."""
        own = [name for name in pool if name in near]
        if not own or len(own) / len(near) < self._settings.panic_ratio:
            return pool
        self._picks_in_zone += 1
        return own

    def _cheaper(self, one: str, other: str, in_flight: Mapping[str, int], now_s: float) -> Pick:
        """Return the one with the lower product of time and attempts in flight, itself included."""
        costs = []
        for name in (one, other):
            known = self._costs.get(name)
            seconds = 0.0 if known is None else known.cost_s(now_s)
            costs.append(seconds * (in_flight.get(name, 0) + 1))
        chosen, left = (one, other) if costs[0] <= costs[1] else (other, one)
        least, most = sorted(costs)
        return Pick(chosen, f"cost {least * 1000:.1f} ms, {most * 1000:.1f} ms at {left}")

    def snapshot(self, now_s: float = 0.0) -> dict[str, object]:
        """Return the state as of the latest pick, its reason and the counts, as plain data.

        ``costs_s`` is what ewma weighs: the time of each instance that has been tried.
        """
        costs = self._costs if self._settings.kind == "ewma" else {}
        return {
            "state": "panic" if self._panic else "spread",
            "reason": self._panic or "the healthy instances share the traffic",
            "kind": self._settings.kind,
            "costs_s": {name: round(cost.cost_s(now_s), 4) for name, cost in costs.items()},
            "counts": {
                "picks": self._picks,
                "picks_in_panic": self._picks_in_panic,
                "picks_in_zone": self._picks_in_zone,
            },
        }


def _two(pool: Sequence[str], chance: Callable[[], float]) -> tuple[str, str]:
    """Draw two different instances."""
    first = int(chance() * len(pool))
    second = int(chance() * (len(pool) - 1))
    second += second >= first  # skips the first, so it is never drawn again
    return pool[first], pool[second]


def _less_busy(one: str, other: str, in_flight: Mapping[str, int]) -> Pick:
    """Return the one with fewer attempts in flight."""
    busy_one, busy_other = in_flight.get(one, 0), in_flight.get(other, 0)
    if busy_one <= busy_other:
        return Pick(one, f"{busy_one} in flight, {busy_other} at {other}")
    return Pick(other, f"{busy_other} in flight, {busy_one} at {one}")
