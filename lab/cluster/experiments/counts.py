"""What a lab has counted so far, and what it counted between two moments."""

from collections.abc import Mapping
from dataclasses import dataclass

from lab.cluster.sight.totals import Totals
from lab.telemetry.tally import CallTally, Tally


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums over all workers: user requests, calls by dependency, attempts by service."""

    users: Tally
    offered: int
    dropped: int
    calls: Mapping[str, tuple[int, int]]
    """(calls, attempts) by dependency."""
    received: Mapping[str, int]
    """Attempts that reached for a service."""

    @classmethod
    def of(cls, totals: Totals) -> "Counts":
        """Return a copy of what there is now."""
        received: dict[str, int] = {}
        for link, tally in totals.links.items():
            service = link.partition("→")[2].rpartition("-")[0]
            received[service] = received.get(service, 0) + sum(tally.outcomes)
        users = Tally(list(totals.users.outcomes), dict(totals.users.times))
        return cls(
            users,
            totals.offered,
            totals.dropped,
            {name: _calls(tally) for name, tally in totals.calls.items()},
            received,
        )

    def since(self, earlier: "Counts") -> "Counts":
        """Return what was counted after ``earlier``."""
        times = {
            bucket: count - earlier.users.times.get(bucket, 0)
            for bucket, count in self.users.times.items()
        }
        outcomes = zip(self.users.outcomes, earlier.users.outcomes, strict=True)
        return Counts(
            Tally([now - before for now, before in outcomes], times),
            self.offered - earlier.offered,
            self.dropped - earlier.dropped,
            {
                name: (calls - before[0], attempts - before[1])
                for name, (calls, attempts) in self.calls.items()
                for before in (earlier.calls.get(name, (0, 0)),)
            },
            {name: count - earlier.received.get(name, 0) for name, count in self.received.items()},
        )


def _calls(tally: CallTally) -> tuple[int, int]:
    return sum(tally.outcomes), tally.attempts
