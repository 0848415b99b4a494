"""The circuit breaker's knobs, with resilience4j's and Hystrix's usual values beside ours."""

from dataclasses import dataclass

from lab.patterns.parameters import parameter


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """What the breaker looks at, when it opens, and how it finds its way back."""

    window: str = parameter(
        "count",
        choices=("count", "time"),
        help="What is judged: the latest calls (count), or the calls of the latest seconds (time).",
        reference="resilience4j count, Hystrix time",
    )
    window_calls: int = parameter(
        10,
        unit="calls",
        minimum=1,
        maximum=200,
        help="How many of the latest calls a count window holds.",
        reference="resilience4j 100",
    )
    window_s: float = parameter(
        10.0,
        unit="s",
        minimum=1.0,
        maximum=120.0,
        help="How many seconds a time window holds.",
        reference="resilience4j 100 s, Hystrix 10 s",
    )
    minimum_calls: int = parameter(
        5,
        unit="calls",
        minimum=1,
        maximum=200,
        help="Below so many calls in the window nothing is judged: two failures out of two prove "
        "little. A larger number than a count window holds means: when the window is full.",
        reference="resilience4j 100, Hystrix 20",
    )
    failure_ratio: float = parameter(
        0.5,
        unit="ratio",
        minimum=0.01,
        maximum=1.0,
        help="The breaker opens when this share of the calls, or more, has failed.",
        reference="resilience4j 50 %, Hystrix 50 %",
    )
    slow_ratio: float = parameter(
        1.0,
        unit="ratio",
        minimum=0.01,
        maximum=1.0,
        help="It also opens when this share of the calls, or more, was slow.",
        reference="resilience4j 100 %",
    )
    slow_s: float = parameter(
        1.0,
        unit="s",
        minimum=0.001,
        maximum=60.0,
        help="A call that took longer than this was slow, whether it failed or not.",
        reference="resilience4j 60 s",
    )
    wait_s: float = parameter(
        5.0,
        unit="s",
        minimum=0.1,
        maximum=300.0,
        help="How long it stays open before it lets probes through.",
        reference="resilience4j 60 s, Hystrix 5 s",
    )
    permits: int = parameter(
        3,
        unit="calls",
        minimum=1,
        maximum=100,
        help="How many calls are let through as probes when half-open, in all. Their results "
        "decide whether it closes or opens again.",
        reference="resilience4j 10, Hystrix 1",
    )
    half_open_max_s: float = parameter(
        10.0,
        unit="s",
        minimum=0.1,
        maximum=300.0,
        help="If probes stay away for so long, it opens again: one that hangs must not decide.",
        reference="resilience4j: no limit",
    )
    half_open_by: str = parameter(
        "call",
        choices=("call", "timer"),
        help="What ends the wait: the next call, or the clock by itself.",
        reference="resilience4j call",
    )
    mode: str = parameter(
        "auto",
        choices=("auto", "forced_open", "disabled"),
        help="auto lets the breaker decide; forced_open lets nothing through; disabled lets "
        "everything through.",
        reference="resilience4j has all three",
    )

    @property
    def needed_calls(self) -> int:
        """The minimum of calls, which a count window must be able to reach."""
        if self.window == "count":
            return min(self.minimum_calls, self.window_calls)
        return self.minimum_calls

    @property
    def window_shape(self) -> tuple[str, float]:
        """The window's kind and size. With another shape, what it remembers no longer fits."""
        return self.window, self.window_calls if self.window == "count" else self.window_s
