"""Outlier ejection: take an instance out that answers worse than its fellows.

    in ──failures in a row, or far below the others──▶ ejected ──its time is over──▶ in

After Envoy's outlier detection. It needs no probes: it judges by the very calls. An instance is
ejected after ``consecutive`` failures in a row, or when at the end of an interval its share of
successes is more than ``deviations`` standard deviations (of the whole population) below the mean
of all that had enough calls. It is out for ``base_s`` times the number of its ejections, which
falls again for every interval that it behaves; its counts begin anew when it is back. Never more
than ``most_ratio`` of the instances are out (but always one may be): when all are bad, the fault is
not theirs.
"""

from collections.abc import Collection
from dataclasses import dataclass
from math import inf, sqrt

from lab.patterns.parameters import parameter


@dataclass(frozen=True, slots=True)
class OutlierSettings:
    """What makes an outlier, and for how long it is out."""

    consecutive: int = parameter(
        5,
        unit="failures",
        minimum=1,
        maximum=100,
        help="So many failures in a row, and it is out at once.",
        reference="Envoy 5",
    )
    interval_s: float = parameter(
        2.0,
        unit="s",
        minimum=0.1,
        maximum=60.0,
        help="How often the shares of successes are compared.",
        reference="Envoy 10 s",
    )
    deviations: float = parameter(
        1.9,
        unit="deviations",
        minimum=0.5,
        maximum=5.0,
        help="How far below the mean of all its share of successes must be.",
        reference="Envoy 1.9",
    )
    minimum_instances: int = parameter(
        3,
        unit="instances",
        minimum=2,
        maximum=100,
        help="Compare only when so many instances had enough calls.",
        reference="Envoy 5",
    )
    minimum_calls: int = parameter(
        10,
        unit="calls",
        minimum=1,
        maximum=10_000,
        help="How many calls in an interval are enough.",
        reference="Envoy 100",
    )
    base_s: float = parameter(
        5.0,
        unit="s",
        minimum=0.1,
        maximum=300.0,
        help="How long the first ejection lasts; the second lasts twice as long, and so on.",
        reference="Envoy 30 s",
    )
    cap_s: float = parameter(
        60.0,
        unit="s",
        minimum=0.1,
        maximum=3600.0,
        help="No ejection lasts longer.",
        reference="Envoy 300 s",
    )
    most_ratio: float = parameter(
        0.5,
        unit="ratio",
        minimum=0.0,
        maximum=1.0,
        help="At most this share of the instances is out at any time, but always one may be.",
        reference="Envoy 10 %",
    )


@dataclass(slots=True)
class _Instance:
    good: int = 0
    bad: int = 0
    in_a_row: int = 0
    ejections: int = 0
    until_s: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An instance goes out of the balance, or comes back, and why."""

    instance: str
    ejected: bool
    reason: str


class Outliers:
    """Judges all instances of one dependency, as one caller sees them."""

    def __init__(self, settings: OutlierSettings) -> None:
        self._settings = settings
        self._instances: dict[str, _Instance] = {}
        self._out: set[str] = set()
        self._compare_at_s: float | None = None
        self._due_s = -inf
        """Before this time alone changes nothing, so a call looks at its own instance only."""
        self._ejections = 0

    def retune(self, settings: OutlierSettings) -> None:
        """Judge by other settings from now on; who is out stays out for its time."""
        self._settings = settings

    def join(self, instance: str) -> None:
        """Know an instance; it is in."""
        self._instances.setdefault(instance, _Instance())

    def leave(self, instance: str) -> None:
        """Forget an instance."""
        self._instances.pop(instance, None)
        self._out.discard(instance)

    @property
    def out(self) -> Collection[str]:
        """Who is ejected now, in the order of their joining."""
        return [name for name in self._instances if name in self._out] if self._out else []

    def record(self, instance: str, *, good: bool, now_s: float) -> list[Verdict]:
        """Take the end of an attempt; return whose place has changed by it or by time."""
        verdicts = self.poll(now_s) if now_s >= self._due_s else []
        one = self._instances.get(instance)
        if one is None or one.until_s is not None:
            return verdicts  # gone, or an answer from before its ejection
        if good:
            one.good, one.in_a_row = one.good + 1, 0
        else:
            one.bad, one.in_a_row = one.bad + 1, one.in_a_row + 1
            if one.in_a_row >= self._settings.consecutive:
                verdicts += self._eject(instance, now_s, f"{one.in_a_row} failures in a row")
        return verdicts

    def poll(self, now_s: float) -> list[Verdict]:
        """Let time alone bring instances back, and compare at the end of an interval."""
        if now_s < self._due_s:
            return []
        verdicts = []
        for name in self.out:
            one = self._instances[name]
            if one.until_s is not None and now_s >= one.until_s:
                one.until_s = None
                one.good = one.bad = one.in_a_row = 0
                self._out.discard(name)
                verdicts.append(Verdict(name, False, f"its {self._lasts_s(one):g} s are over"))
        if self._compare_at_s is None:
            self._compare_at_s = now_s + self._settings.interval_s
        elif now_s >= self._compare_at_s:
            self._compare_at_s = now_s + self._settings.interval_s
            verdicts += self._compare(now_s)
        times_s = [self._instances[name].until_s for name in self._out]
        self._due_s = min([self._compare_at_s, *(at_s for at_s in times_s if at_s is not None)])
        return verdicts

    def snapshot(self, now_s: float) -> dict[str, object]:
        """Return the state, its reason, each instance's share and time, as plain data."""
        out = {
            name: {
                "left_s": round(max(0.0, one.until_s - now_s), 2),
                "lasts_s": self._lasts_s(one),
                "reason": one.reason,
            }
            for name, one in self._instances.items()
            if one.until_s is not None
        }
        shares = {
            name: round(one.good / (one.good + one.bad), 3)
            for name, one in self._instances.items()
            if one.good + one.bad
        }
        most = self._most_out()
        return {
            "state": "ejected" if out else "in",
            "reason": f"{len(out)} of {len(self._instances)} are out, at most {most} may be",
            "out": out,
            "shares": shares,
            "in_a_row": {name: one.in_a_row for name, one in self._instances.items()},
            "counts": {"ejections": self._ejections},
        }

    def _compare(self, now_s: float) -> list[Verdict]:
        """Compare the shares of successes of the interval that ends now."""
        settings, verdicts = self._settings, []
        shares = {
            name: one.good / (one.good + one.bad)
            for name, one in self._instances.items()
            if one.until_s is None and one.good + one.bad >= settings.minimum_calls
        }
        if len(shares) >= settings.minimum_instances:
            mean = sum(shares.values()) / len(shares)
            deviation = sqrt(sum((s - mean) ** 2 for s in shares.values()) / len(shares))
            least = mean - settings.deviations * deviation
            for name, share in sorted(shares.items(), key=lambda item: item[1]):
                if share < least:
                    why = f"{share:.0%} succeed, {mean:.0%} of all (below {least:.0%})"
                    verdicts += self._eject(name, now_s, why)
        for one in self._instances.values():
            if one.until_s is None:
                one.ejections = max(0, one.ejections - 1) if one.in_a_row == 0 else one.ejections
                one.good = one.bad = 0
        return verdicts

    def _eject(self, instance: str, now_s: float, why: str) -> list[Verdict]:
        if len(self._out) >= self._most_out():
            return []
        one = self._instances[instance]
        one.ejections += 1
        one.until_s = now_s + self._lasts_s(one)
        one.reason = why
        self._out.add(instance)
        self._due_s = min(self._due_s, one.until_s)
        self._ejections += 1
        return [Verdict(instance, True, f"{why}: out for {self._lasts_s(one):g} s")]

    def _lasts_s(self, one: _Instance) -> float:
        return min(self._settings.cap_s, self._settings.base_s * max(1, one.ejections))

    def _most_out(self) -> int:
        if len(self._instances) < 2:
            return 0
        return max(1, int(self._settings.most_ratio * len(self._instances)))
