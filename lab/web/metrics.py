"""A lab in Prometheus' text format, under the names that dashboards already know.

Names and kinds follow resilience4j's Micrometer metrics, OpenTelemetry's HTTP client metric and
Toxiproxy's METRICS.md. ``name`` is a dependency; ``caller`` (ours) is the instance whose pattern it
is, since each instance has its own. Times come from log buckets, so a histogram's counts are exact
up to one bucket (10 %) and its sum is an estimate. Every state and kind of a pattern, and every
dependency and link, is there from the first scrape on, with 0: a rate of what is not there is none.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lab.telemetry.histogram import BOUNDS_S, MIDDLES_S
from lab.telemetry.outcome import OUTCOMES
from lab.web.exposition import Family, Sample, text

Plain = Mapping[str, Any]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BREAKER_STATES = ("closed", "open", "half_open", "forced_open", "disabled")
CALL_KINDS = (("ok", "successful"), ("failed", "failed"), ("ignored", "ignored"))
RETRY_KINDS = (
    ("ok_at_once", "successful_without_retry"),
    ("ok_after_retry", "successful_with_retry"),
    ("gave_up_at_once", "failed_without_retry"),
    ("gave_up_after_retry", "failed_with_retry"),
)
DURATION_BOUNDS_S = (
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0
)  # fmt: skip
"""What OpenTelemetry advises for http.client.request.duration."""


def exposition(stats: Plain, state: Plain) -> str:
    """Return the page that a Prometheus scrapes. ``stats`` and ``state`` are a lab's answers."""
    return text(
        [
            *_breakers(stats["patterns"]),
            *_retries(stats["patterns"]),
            *_bulkheads(stats["patterns"]),
            *_rate_limiters(stats["patterns"]),
            *_time_limiters(stats["totals"]["calls"], state["dependencies"]),
            *_durations(stats["totals"]["links"], state["links"]),
            *_bytes(stats["totals"]["bytes"], state),
        ]
    )


def _each(patterns: Plain, pattern: str) -> Iterator[tuple[dict[str, str], Plain]]:
    """Every snapshot of a pattern, with its labels."""
    for dependency, callers in patterns.items():
        for caller, snapshots in callers.items():
            if pattern in snapshots:
                yield {"name": dependency, "caller": caller}, snapshots[pattern]


def _breakers(patterns: Plain) -> Iterator[Family]:
    found = list(_each(patterns, "breaker"))
    prefix = "resilience4j_circuitbreaker"
    yield Family(
        f"{prefix}_state", "gauge", "1 for the state that a circuit breaker is in",
        [
            Sample({**labels, "state": state}, float(snapshot["state"] == state))
            for labels, snapshot in found
            for state in BREAKER_STATES
        ],
    )  # fmt: skip
    yield Family(
        f"{prefix}_calls_seconds", "summary", "calls that a circuit breaker recorded",
        [
            Sample({**labels, "kind": kind}, snapshot["counts"][count], "_count")
            for labels, snapshot in found
            for count, kind in CALL_KINDS
        ],
    )  # fmt: skip
    yield Family(
        f"{prefix}_not_permitted_calls_total", "counter", "calls that a breaker turned away",
        [
            Sample({**labels, "kind": "not_permitted"}, snapshot["counts"]["not_permitted"])
            for labels, snapshot in found
        ],
    )  # fmt: skip
    yield Family(
        f"{prefix}_buffered_calls", "gauge", "results in a circuit breaker's window",
        [
            Sample({**labels, "kind": kind}, count)
            for labels, snapshot in found
            for kind, count in (
                ("failed", snapshot["failures"]),
                ("successful", snapshot["calls"] - snapshot["failures"]),
            )
        ],
    )  # fmt: skip
    for name, ratio in (("failure_rate", "failure_ratio"), ("slow_call_rate", "slow_ratio")):
        yield Family(
            f"{prefix}_{name}", "gauge", "per cent of the window; -1 below the minimum of calls",
            [Sample(labels, _percent(snapshot, ratio)) for labels, snapshot in found],
        )  # fmt: skip


def _retries(patterns: Plain) -> Iterator[Family]:
    yield Family(
        "resilience4j_retry_calls_total", "counter", "calls by how they ended, with retries or not",
        [
            Sample({**labels, "kind": kind}, snapshot["counts"][count])
            for labels, snapshot in _each(patterns, "retry")
            for count, kind in RETRY_KINDS
        ],
    )  # fmt: skip


def _bulkheads(patterns: Plain) -> Iterator[Family]:
    found = list(_each(patterns, "bulkhead"))
    prefix = "resilience4j_bulkhead"
    yield Family(
        f"{prefix}_available_concurrent_calls", "gauge", "permits that are free",
        [Sample(labels, snapshot["permits"] - snapshot["inside"]) for labels, snapshot in found],
    )  # fmt: skip
    yield Family(
        f"{prefix}_max_allowed_concurrent_calls", "gauge", "permits in all",
        [Sample(labels, snapshot["permits"]) for labels, snapshot in found],
    )  # fmt: skip
    yield Family(
        f"{prefix}_queue_depth", "gauge", "calls that wait for a permit",
        [Sample(labels, snapshot["waiting"]) for labels, snapshot in found],
    )  # fmt: skip
    yield Family(
        f"{prefix}_queue_capacity", "gauge", "calls that may wait for a permit",
        [Sample(labels, snapshot["queue"]) for labels, snapshot in found],
    )  # fmt: skip


def _rate_limiters(patterns: Plain) -> Iterator[Family]:
    found = list(_each(patterns, "rate_limit"))
    prefix = "resilience4j_ratelimiter"
    yield Family(
        f"{prefix}_available_permissions", "gauge", "calls that may go at once",
        [Sample(labels, int(snapshot["tokens"])) for labels, snapshot in found],
    )  # fmt: skip
    yield Family(
        f"{prefix}_waiting_threads", "gauge", "calls that wait; ours are refused at once",
        [Sample(labels, 0) for labels, _ in found],
    )  # fmt: skip


def _time_limiters(calls: Plain, dependencies: list[Plain]) -> Iterator[Family]:
    """Of the dependencies whose calls have a timeout; its outcomes are those of the calls."""
    limited = {
        dependency["name"]
        for dependency in dependencies
        for layer in dependency["chain"]
        if layer["pattern"] == "timeout" and layer.get("enabled", True)
    }
    samples = []
    for name in sorted(limited):
        outcomes = calls[name]["outcomes"] if name in calls else [0] * len(OUTCOMES)
        counts = dict(zip(OUTCOMES, outcomes, strict=True))
        successful = counts["ok"] + counts["degraded"]
        failed = sum(counts.values()) - successful - counts["timed_out"]
        for kind, count in (
            ("successful", successful), ("failed", failed), ("timeout", counts["timed_out"])
        ):  # fmt: skip
            samples.append(Sample({"name": name, "kind": kind}, count))
    yield Family(
        "resilience4j_timelimiter_calls_total", "counter", "calls by how they ended", samples
    )


def _durations(attempts: Plain, links: list[Plain]) -> Iterator[Family]:
    """Of attempts, as OpenTelemetry has it: a call that is tried three times counts three times."""
    times: dict[str, Counter[int]] = {}
    for link in links:
        counted = times.setdefault(link["dependency"], Counter())
        for bucket, count in attempts.get(link["name"], {"times": {}})["times"].items():
            counted[int(bucket)] += count
    yield Family(
        "http_client_request_duration_seconds", "histogram", "time of attempts over a dependency",
        [sample for name, counted in times.items() for sample in _histogram(name, counted)],
    )  # fmt: skip


def _histogram(dependency: str, times: Counter[int]) -> Iterator[Sample]:
    labels = {"name": dependency, "server_address": dependency.partition(":")[2]}
    for bound_s in DURATION_BOUNDS_S:
        below = sum(count for bucket, count in times.items() if _bound_s(bucket) <= bound_s)
        yield Sample({**labels, "le": f"{bound_s:g}"}, below, "_bucket")
    yield Sample({**labels, "le": "+Inf"}, times.total(), "_bucket")
    seconds = sum(count * MIDDLES_S[bucket] for bucket, count in times.items())
    yield Sample(labels, round(seconds, 6), "_sum")
    yield Sample(labels, times.total(), "_count")


def _bytes(moved: Plain, state: Plain) -> Iterator[Family]:
    ports = {each["name"]: each["port"] for each in state["instances"]}
    samples = []
    for link in state["links"]:
        up_bytes, down_bytes = moved.get(link["name"], (0, 0))
        labels = {
            "proxy": link["name"],
            "listener": f"127.0.0.1:{link['port']}",
            "upstream": f"127.0.0.1:{ports.get(link['callee'], 0)}",
        }
        samples.append(Sample({**labels, "direction": "upstream"}, up_bytes))
        samples.append(Sample({**labels, "direction": "downstream"}, down_bytes))
    yield Family(
        "toxiproxy_proxy_sent_bytes_total", "counter", "bytes that a link has passed on", samples
    )


def _bound_s(bucket: int) -> float:
    return BOUNDS_S[bucket] if bucket < len(BOUNDS_S) else float("inf")


def _percent(breaker: Plain, ratio: str) -> float:
    return -1.0 if breaker["calls"] < breaker["minimum_calls"] else breaker[ratio] * 100.0
