"""Retry's knobs, with the usual values of resilience4j, gRPC and the AWS SDKs beside ours."""

from dataclasses import dataclass

from lab.patterns.backoff import BACKOFFS, JITTERS
from lab.patterns.parameters import ParameterError, parameter

RETRYABLE = ("failed", "timed_out", "refused", "shed")


@dataclass(frozen=True, slots=True)
class RetrySettings:
    """How often, after what, and how long apart a call is tried."""

    attempts: int = parameter(
        3,
        unit="attempts",
        minimum=1,
        maximum=10,
        help="How many tries a call gets in all. The first one counts, so 3 means two retries.",
        reference="resilience4j 3, gRPC at most 5",
    )
    backoff: str = parameter(
        "exponential",
        choices=BACKOFFS,
        help="How the waits grow: none tries again at once, fixed always waits the same time, "
        "exponential waits longer each time.",
        reference="resilience4j fixed, gRPC and AWS SDKs exponential",
    )
    base_s: float = parameter(
        0.05,
        unit="s",
        minimum=0.001,
        maximum=60.0,
        help="The wait before the first retry (the longest it can be, if there is jitter).",
        reference="resilience4j 0.5 s",
    )
    multiplier: float = parameter(
        2.0,
        unit="times",
        minimum=1.0,
        maximum=10.0,
        help="How many times longer each exponential wait is than the one before.",
        reference="AWS SDKs 2, resilience4j 1.5",
    )
    cap_s: float = parameter(
        1.0,
        unit="s",
        minimum=0.001,
        maximum=300.0,
        help="No wait is longer than this, not even when the callee asks for a longer one.",
        reference="AWS SDKs 20 s",
    )
    jitter: str = parameter(
        "full",
        choices=JITTERS,
        help="Chance in the waits, so that callers who failed together do not return together.",
        reference="AWS SDKs full, resilience4j none",
    )
    on: tuple[str, ...] = parameter(
        RETRYABLE,
        choices=RETRYABLE,
        help="The outcomes after which to try again. A call that the breaker stopped never is.",
        reference="gRPC: as configured; usually UNAVAILABLE only",
    )
    only_safe: bool = parameter(
        True,
        help="Repeat only what is safe: reads, and requests that certainly were not executed. "
        "Switch it off to see customers charged twice.",
        reference="Envoy and resilience4j leave it to you",
    )

    budget_ratio: float = parameter(
        0.0,
        unit="ratio",
        minimum=0.0,
        maximum=1.0,
        help="How many retries all calls together may add, as a share: 0.1 is one in ten. 0 is no "
        "budget.",
        reference="gRPC 0.1 tokens per success, Finagle 0.2, Envoy 0.2",
    )
    budget: str = parameter(
        "tokens",
        choices=("tokens", "deposits", "concurrent"),
        help="What earns retries: tokens by successes (gRPC), deposits by calls in a while "
        "(Finagle), concurrent by calls under way (Envoy).",
        reference="gRPC tokens, Finagle deposits, Envoy concurrent",
    )
    budget_tokens: int = parameter(
        10,
        unit="tokens",
        minimum=1,
        maximum=1000,
        help="For tokens: the size of the bucket. Each failure takes one; below half, no retries.",
        reference="gRPC as configured, at most 1,000",
    )
    budget_min_per_s: float = parameter(
        1.0,
        unit="per second",
        minimum=0.0,
        maximum=100.0,
        help="For deposits: retries that are always granted each second, so that few calls can be "
        "retried too.",
        reference="Finagle 10",
    )
    budget_life_s: float = parameter(
        5.0,
        unit="s",
        minimum=0.5,
        maximum=60.0,
        help="For deposits: how long a deposit is good for.",
        reference="Finagle 10 s",
    )
    budget_min_retries: int = parameter(
        3,
        unit="retries",
        minimum=0,
        maximum=100,
        help="For concurrent: so many retries may be under way in any case.",
        reference="Envoy 3",
    )

    def __post_init__(self) -> None:
        if self.cap_s < self.base_s:
            message = f"must be at least base_s ({self.base_s:g} s), not {self.cap_s:g} s"
            raise ParameterError("cap_s", message, "the cap is the longest wait, base_s the first")
