"""What the patterns cost, beside the libraries that people would use in our place.

A chain of retry > timeout > breaker > bulkhead around a call that is answered at once, as we make
it, as hyx makes it, and as tenacity, asyncio.wait_for and circuitbreaker make it together (with a
semaphore for the bulkhead, which none of them has). What each of them does for its time is listed
beside it. Ours only hands a deadline inwards; the timer that our transport sets for an attempt
belongs to the comparison and is set here too.

All take turns in one process, round by round, and what counts is processor time, the least of all
rounds: what disturbs a measurement only ever adds to it.

``python -m tests.bench.patterns`` prints the table and takes about a minute and a half.
"""

import asyncio
import gc
import json
import time
from collections.abc import Awaitable, Callable
from functools import partial

import tenacity
import uvloop
from circuitbreaker import circuit
from hyx.bulkhead import bulkhead
from hyx.circuitbreaker import consecutive_breaker
from hyx.retry import retry
from hyx.timeout import timeout

from lab.cluster.calls.call import Call, Inner, Result, Site
from lab.cluster.calls.chance import Streams
from lab.cluster.calls.layers import MAKERS
from lab.cluster.calls.spanbook import SpanBook
from lab.patterns import PATTERNS
from lab.patterns.breaker import Breaker, BreakerSettings, Permit
from lab.patterns.retry import Retry, RetrySettings
from lab.telemetry.outcome import Outcome
from lab.telemetry.recorder import Recorder
from tests.bench import chained
from tests.cluster.messages import MessageTransport

ROUNDS = 25
CALLS = 4_000
LIMIT_S = 5.0
PERMITS = 32

Once = Callable[[Call], Awaitable[object]]

DOES = {
    "ours": "attempts, backoff, jitter, deadline and a shared budget; a deadline handed down; a "
    "window of calls and slow calls, n probes, generations; permits, a bounded wait; each tells "
    "its state and why; an injected clock",
    "hyx": "attempts, backoff; a timeout by a task of its own; failures in a row, probes without a "
    "limit, the wall clock; permits, a bounded queue without a deadline",
    "the three": "attempts, backoff, jitter (tenacity); a timeout by a task of its own (wait_for); "
    "failures in a row, probes without a limit (circuitbreaker); permits, an unbounded queue",
}


def measure() -> dict[str, float]:
    """Return µs of CPU: patterns alone, the three chains and their ratios, the chain on a hop."""
    found = uvloop.run(_together())
    found["hyx_ratio"] = found["hyx"] / found["ours"]
    found["three_ratio"] = found["the three"] / found["ours"]
    for name, does in DOES.items():
        print(f"{name:>12} {found[name]:6.1f} µs  {does}")
    found["whole_us"] = chained.added_us()
    return found


async def _together() -> dict[str, float]:
    contestants: dict[str, Once] = {
        "nothing": _answered,
        "ours": _ours(),
        "hyx": _hyx(),
        "the three": _three(),
    }
    least_us: dict[str, float] = {}
    gc.collect()
    gc.freeze()
    for number in range(ROUNDS):
        for name in sorted(contestants, reverse=number % 2 == 1):
            took_us = await _round_us(contestants[name])
            least_us[name] = min(took_us, least_us.get(name, took_us))
        for name, passes in (("breaker", _breaker), ("retry", _retry)):
            took_us = _round_of_passes_us(passes)
            least_us[name] = min(took_us, least_us.get(name, took_us))
    nothing_us = least_us.pop("nothing")
    chains = contestants.keys() & least_us.keys()
    return {
        name: us - nothing_us if name in chains else us for name, us in sorted(least_us.items())
    }


async def _round_us(once: Once) -> float:
    began_s = time.process_time()
    for _ in range(CALLS):
        await once(Call("GET", "/"))
    return (time.process_time() - began_s) / CALLS * 1e6


def _round_of_passes_us(passes: Callable[[int], None]) -> float:
    began_s = time.process_time()
    passes(CALLS)
    return (time.process_time() - began_s) / CALLS * 1e6


def _breaker(calls: int) -> None:
    """Let successful calls through, each with its two looks at a clock."""
    breaker, clock = Breaker(BreakerSettings(window="time")), time.monotonic
    for _ in range(calls):
        began_s = clock()
        permit = breaker.acquire(began_s)
        assert isinstance(permit, Permit)
        ended_s = clock()
        breaker.record(permit, "success", ended_s - began_s, ended_s)


def _retry(calls: int) -> None:
    """Tell retry and its budget of successful calls."""
    one, clock = Retry(RetrySettings(budget_ratio=0.1, budget="deposits")), time.monotonic
    for _ in range(calls):
        budget = one.began(clock())
        assert budget is not None
        one.succeeded(1, budget)
        budget.ended()


ANSWER = Result(Outcome.OK)


async def _answered(call: Call) -> Result:
    return ANSWER


def _ours() -> Once:
    clock = time.monotonic
    transport, streams = MessageTransport(), Streams(1, "front-1")
    site = Site(
        "front-1", clock, streams, transport, Recorder("front-1"), SpanBook(1), lambda *_: None
    )
    loop = asyncio.get_running_loop()

    async def attempt(call: Call) -> Result:
        assert call.deadline_s is not None
        timer = loop.call_later(call.deadline_s - clock(), _never)
        try:
            return await _answered(call)
        finally:
            timer.cancel()

    run: Inner = attempt
    for name, tuned in (
        ("bulkhead", {"permits": PERMITS}),
        ("breaker", {"window": "time"}),
        ("timeout", {"limit_s": LIMIT_S}),
        ("retry", {"budget_ratio": 0.1, "budget": "deposits"}),
    ):
        run = partial(MAKERS[name](PATTERNS[name].settings(**tuned), site, "front:back").run, run)
    return run


def _never() -> None:
    raise AssertionError("an answer at once is never late")


def _hyx() -> Once:
    @retry(attempts=3, backoff=0.05)
    @timeout(LIMIT_S)
    @consecutive_breaker(failure_threshold=5, recovery_time_secs=5)
    @bulkhead(max_concurrency=PERMITS, max_capacity=PERMITS * 2)
    async def once(call: Call) -> Result:
        return await _answered(call)

    return once


def _three() -> Once:
    permits = asyncio.Semaphore(PERMITS)

    @circuit(failure_threshold=5, recovery_timeout=5)  # type: ignore[untyped-decorator]
    async def guarded(call: Call) -> Result:
        async with permits:
            return await _answered(call)

    @tenacity.retry(
        stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_random_exponential(0.05, 1.0)
    )
    async def once(call: Call) -> Result:
        return await asyncio.wait_for(guarded(call), LIMIT_S)  # noqa: TID251 - it is what is measured

    return once


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
