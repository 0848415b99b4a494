"""Cancellation: stop work that nobody waits for any more.

    stopping ──switched off──▶ working_on ──switched on──▶ stopping

When a caller has left, or its deadline has passed, the answer is for nobody. A server that notices
stops and is free for the next request (gRPC's cancellation and deadlines, Go's request contexts).
Many servers do not notice: they finish what was given up long ago. Together with retries that is
what makes an overload stay after its cause has gone: the server is busy with yesterday's requests.
"""

from dataclasses import dataclass

from lab.patterns.parameters import parameter


@dataclass(frozen=True, slots=True)
class CancellationSettings:
    """Whether anybody listens for those who leave."""

    enabled: bool = parameter(
        True,
        help="Stop when the caller has left or its deadline has passed.",
        reference="gRPC and Go on, most other servers off",
    )


class Cancellation:
    """Counts what was worked on for nobody."""

    def __init__(self, settings: CancellationSettings) -> None:
        self.settings = settings
        self._served = self._for_nobody = 0

    def retune(self, settings: CancellationSettings) -> None:
        """Stop or work on from now on; what is under way goes on as it began."""
        self.settings = settings

    def ended(self, *, is_awaited: bool) -> None:
        """Count a request that was worked on to its end although it might have been stopped."""
        self._served += 1
        self._for_nobody += not is_awaited

    def snapshot(self) -> dict[str, object]:
        """Return the state, its reason and the counts, as plain data."""
        nobody = f"{self._for_nobody} of {self._served} answers were for nobody"
        stops = "work stops when its caller leaves"
        return {
            "state": "stopping" if self.settings.enabled else "working_on",
            "reason": stops if self.settings.enabled else nobody,
            "counts": {"served": self._served, "for_nobody": self._for_nobody},
        }
