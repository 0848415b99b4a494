"""Timeout: how long anybody waits for an answer.

    armed ──answer in time──▶ answered
      └────limit reached────▶ expired: timed_out, which is *indefinite*

There are two, told apart by their place in the chain: one bounds the whole call with all its
retries and waits, the other each attempt. Both only bring the deadline forward, never back, and
what is left is handed down to the callee as remaining seconds (clocks differ, durations do not), so
that it can stop working for somebody who is gone. After gRPC's deadlines.
"""

from dataclasses import dataclass

from lab.patterns.parameters import parameter


@dataclass(frozen=True, slots=True)
class TimeoutSettings:
    """The limit of a whole call."""

    limit_s: float = parameter(
        1.0,
        unit="s",
        minimum=0.01,
        maximum=60.0,
        help="How long the call may take in all: every attempt, every wait between them.",
        reference="resilience4j 1 s, Hystrix 1 s, Envoy 15 s, gRPC none",
    )


@dataclass(frozen=True, slots=True)
class AttemptTimeoutSettings:
    """The limit of one attempt."""

    limit_s: float = parameter(
        0.3,
        unit="s",
        minimum=0.01,
        maximum=60.0,
        help="How long one attempt may take. Choose it from the callee's slow answers (p99), so "
        "that few of the good ones are cut off.",
        reference="Envoy: the whole call's; a usual choice is a little above p99",
    )


def deadline(now_s: float, limit_s: float, outer_deadline_s: float | None) -> float:
    """Return the earlier of ``now_s + limit_s`` and the deadline that is already set, if any.

    All three on the same monotonic clock, in seconds.
    """
    ours_s = now_s + limit_s
    return ours_s if outer_deadline_s is None or ours_s < outer_deadline_s else outer_deadline_s
