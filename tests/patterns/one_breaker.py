"""A breaker with small numbers, and calls that end as one writes them."""

from dataclasses import replace
from typing import Any

from lab.patterns.breaker import Breaker, BreakerSettings, Permit, Rejection, Verdict

SETTINGS = BreakerSettings(window_calls=4, minimum_calls=4, permits=2, wait_s=5.0, slow_s=1.0)


def breaker(**changes: Any) -> Breaker:
    return Breaker(replace(SETTINGS, **changes))


def admitted(of: Breaker, now_s: float) -> Permit:
    permit = of.acquire(now_s)
    assert isinstance(permit, Permit)
    return permit


def rejected(of: Breaker, now_s: float) -> Rejection:
    rejection = of.acquire(now_s)
    assert isinstance(rejection, Rejection)
    return rejection


def calls(of: Breaker, marks: str, now_s: float = 0.0) -> None:
    """Make one call after the other: '.' ok, 'x' failed, 's' slow, 'X' slow and failed."""
    for mark in marks:
        verdict: Verdict = "failure" if mark in "xX" else "success"
        of.record(admitted(of, now_s), verdict, 1.5 if mark in "sX" else 0.5, now_s)


def state(of: Breaker, now_s: float = 0.0) -> str:
    return str(of.snapshot(now_s)["state"])


def opened(now_s: float = 0.0, **changes: Any) -> Breaker:
    of = breaker(**changes)
    calls(of, "xxxx", now_s)
    assert state(of, now_s) == "open"
    return of
