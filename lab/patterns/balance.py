"""Balance: which instance gets the next attempt.

    spread ──too few are healthy──▶ panic: all get traffic, healthy or not
           ◀──enough again────────

Round robin takes them in turn. Two choices (Mitzenmacher 2001; Finagle's default, Envoy's least
request) draws two different instances and takes the one with fewer attempts in flight, so a slow
instance, whose attempts pile up, gets less. Panic is Envoy's: when few are left, sending all
traffic to them would bring them down too, and so many failed checks may say more about the checks.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from lab.patterns.parameters import parameter


@dataclass(frozen=True, slots=True)
class BalanceSettings:
    """How to choose, and when to stop believing the health checks."""

    kind: str = parameter(
        "round_robin",
        choices=("round_robin", "two_choices"),
        help="round_robin takes the instances in turn; two_choices draws two by chance and takes "
        "the one that is less busy.",
        reference="nginx round robin, Finagle two choices",
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

    def retune(self, settings: BalanceSettings) -> None:
        """Choose by other settings from now on; turn and counts stay."""
        self._settings = settings

    def pick(
        self,
        instances: Sequence[str],
        healthy: Collection[str],
        in_flight: Mapping[str, int],
        chance: Callable[[], float],
    ) -> Pick:
        """Choose one of ``instances``, of which there must be at least one.

        ``in_flight`` counts the attempts under way at each instance, cancelled ones no longer.
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
        if len(pool) == 1:
            return Pick(pool[0], self._panic or "the only one")
        if self._settings.kind == "two_choices":
            return _less_busy(pool, in_flight, chance)
        self._turn += 1
        return Pick(pool[self._turn % len(pool)], self._panic or "its turn")

    def snapshot(self) -> dict[str, object]:
        """Return the state as of the latest pick, its reason and the counts, as plain data."""
        return {
            "state": "panic" if self._panic else "spread",
            "reason": self._panic or "the healthy instances share the traffic",
            "kind": self._settings.kind,
            "counts": {"picks": self._picks, "picks_in_panic": self._picks_in_panic},
        }


def _less_busy(
    pool: Sequence[str], in_flight: Mapping[str, int], chance: Callable[[], float]
) -> Pick:
    """Draw two different instances and return the one with fewer attempts in flight."""
    first = int(chance() * len(pool))
    second = int(chance() * (len(pool) - 1))
    second += second >= first  # skips the first, so it is never drawn again
    one, other = pool[first], pool[second]
    busy_one, busy_other = in_flight.get(one, 0), in_flight.get(other, 0)
    if busy_one <= busy_other:
        return Pick(one, f"{busy_one} in flight, {busy_other} at {other}")
    return Pick(other, f"{busy_other} in flight, {busy_one} at {one}")
