import re
from copy import deepcopy
from typing import Any

import pytest

from lab.web.door import Making
from lab.web.exposition import Family, Sample, text
from lab.web.metrics import exposition
from tests.cluster.shops import shipped
from tests.virtual.played import played
from tests.web.fake_cluster import STATS, FakeCluster

LINE = re.compile(r'^[a-z_0-9]+(\{([a-z_]+="([^"\\\n]|\\.)*",?)*\})? -?[0-9.e+]+$')


ALL_STATES = {"closed", "open", "half_open", "forced_open", "disabled"}


def page() -> str:
    return exposition(STATS, FakeCluster(Making("toyshop", "")).state())


def value_of(line: str, shown: str = "") -> float:
    found = [each for each in (shown or page()).splitlines() if each.startswith(line + " ")]
    assert len(found) == 1, line
    return float(found[0].rpartition(" ")[2])


def test_every_line_is_a_comment_or_a_sample() -> None:
    lines = page().splitlines()
    assert len(lines) > 40
    assert not [each for each in lines if not each.startswith("# ") and not LINE.match(each)]


def test_a_breaker_has_resilience4js_names() -> None:
    labels = 'name="checkout:payments",caller="checkout-1"'
    prefix = "resilience4j_circuitbreaker"
    assert value_of(f'{prefix}_state{{{labels},state="open"}}') == 1
    assert value_of(f'{prefix}_state{{{labels},state="closed"}}') == 0
    assert value_of(f'{prefix}_calls_seconds_count{{{labels},kind="failed"}}') == 6
    assert value_of(f'{prefix}_not_permitted_calls_total{{{labels},kind="not_permitted"}}') == 3
    assert value_of(f"{prefix}_failure_rate{{{labels}}}") == 60
    assert value_of(f'{prefix}_buffered_calls{{{labels},kind="successful"}}') == 4


def test_retries_bulkheads_and_time_limiters_do_too() -> None:
    labels = 'name="checkout:payments",caller="checkout-1"'
    retry = "resilience4j_retry_calls_total"
    assert value_of(f'{retry}{{{labels},kind="successful_with_retry"}}') == 2
    assert value_of(f"resilience4j_bulkhead_available_concurrent_calls{{{labels}}}") == 6
    limiter = "resilience4j_timelimiter_calls_total"
    kinds = {
        kind: value_of(f'{limiter}{{name="checkout:payments",kind="{kind}"}}')
        for kind in ("successful", "failed", "timeout")
    }
    assert kinds == {"successful": 7, "failed": 1, "timeout": 2}


def test_rate_limiters_and_those_who_wait_do_too() -> None:
    labels = 'name="checkout:payments",caller="checkout-1"'
    assert value_of(f"resilience4j_ratelimiter_available_permissions{{{labels}}}") == 7
    assert value_of(f"resilience4j_ratelimiter_waiting_threads{{{labels}}}") == 0
    assert value_of(f"resilience4j_bulkhead_queue_depth{{{labels}}}") == 2
    assert value_of(f"resilience4j_bulkhead_queue_capacity{{{labels}}}") == 5


def test_below_the_minimum_of_calls_a_breakers_rates_are_minus_one() -> None:
    few = deepcopy(STATS)
    few["patterns"]["checkout:payments"]["checkout-1"]["breaker"]["minimum_calls"] = 11
    shown = exposition(few, FakeCluster(Making("toyshop", "")).state())
    labels = 'name="checkout:payments",caller="checkout-1"'
    for rate in ("failure_rate", "slow_call_rate"):
        assert value_of(f"resilience4j_circuitbreaker_{rate}{{{labels}}}", shown) == -1


def test_before_anything_has_happened_all_is_there_with_nothing() -> None:
    """A series that begins with its first event hides that event from every rate."""
    empty: dict[str, Any] = {
        "totals": {"users": [0] * 7, "calls": {}, "links": {}, "bytes": {}}, "patterns": {},
    }  # fmt: skip
    shown = exposition(empty, FakeCluster(Making("toyshop", "")).state())
    limiter = 'resilience4j_timelimiter_calls_total{name="checkout:payments",kind='
    assert [value_of(f'{limiter}"{kind}"}}', shown) for kind in ("successful", "timeout")] == [0, 0]
    duration = "http_client_request_duration_seconds_count"
    labels = 'name="checkout:payments",server_address="payments"'
    assert value_of(f"{duration}{{{labels}}}", shown) == 0
    assert shown.count("toxiproxy_proxy_sent_bytes_total{") == 4


@pytest.fixture(scope="module")
def real() -> str:
    """The page of a lab in virtual time whose one dependency has every pattern on."""
    with played(shipped("pair")) as play:
        dependency = next(iter(play.lab.crew.wanted.dependencies))
        chain = [{"pattern": name} for name in ("timeout", "retry", "breaker", "bulkhead")]
        more = [{"pattern": "rate_limit", "rate_per_s": 5.0, "burst": 2}]
        play.command(command="set_chain", dependency=dependency, chain=[*chain, *more])
        play.run_until(5.0)
        return exposition(play.command(command="stats"), play.lab.state())


def labelled(shown: str, metric: str, label: str) -> set[str]:
    """All values of a label that a metric has."""
    return set(re.findall(rf'^{metric}{{[^}}]*{label}="(\w+)"', shown, re.MULTILINE))


def test_a_real_labs_patterns_have_all_their_states_and_kinds(real: str) -> None:
    assert labelled(real, "resilience4j_circuitbreaker_state", "state") == ALL_STATES
    for metric, kinds in (
        ("circuitbreaker_calls_seconds_count", {"successful", "failed", "ignored"}),
        ("circuitbreaker_buffered_calls", {"successful", "failed"}),
        ("circuitbreaker_not_permitted_calls_total", {"not_permitted"}),
        ("retry_calls_total", {"successful_without_retry", "successful_with_retry",
                               "failed_without_retry", "failed_with_retry"}),
        ("timelimiter_calls_total", {"successful", "failed", "timeout"}),
    ):  # fmt: skip
        assert labelled(real, f"resilience4j_{metric}", "kind") == kinds, metric


def test_a_real_lab_tells_of_each_family_and_of_nothing_twice(real: str) -> None:
    families = set(re.findall(r"^# TYPE (\w+)", real, re.MULTILINE))
    assert {name for name in families if name.startswith("resilience4j_")} == {
        "resilience4j_bulkhead_available_concurrent_calls",
        "resilience4j_bulkhead_max_allowed_concurrent_calls",
        "resilience4j_bulkhead_queue_capacity",
        "resilience4j_bulkhead_queue_depth",
        "resilience4j_circuitbreaker_buffered_calls",
        "resilience4j_circuitbreaker_calls_seconds",
        "resilience4j_circuitbreaker_failure_rate",
        "resilience4j_circuitbreaker_not_permitted_calls_total",
        "resilience4j_circuitbreaker_slow_call_rate",
        "resilience4j_circuitbreaker_state",
        "resilience4j_ratelimiter_available_permissions",
        "resilience4j_ratelimiter_waiting_threads",
        "resilience4j_retry_calls_total",
        "resilience4j_timelimiter_calls_total",
    }
    series = [line.rpartition(" ")[0] for line in real.splitlines() if not line.startswith("#")]
    assert len(series) == len(set(series))
    assert not [each for each in real.splitlines() if each[0] != "#" and not LINE.match(each)]


def test_the_histogram_is_cumulative_and_complete() -> None:
    name = "http_client_request_duration_seconds"
    labels = 'name="checkout:payments",server_address="payments"'
    counts = [
        float(line.rpartition(" ")[2])
        for line in page().splitlines()
        if line.startswith(f"{name}_bucket")
    ]
    assert counts == sorted(counts)
    assert counts[0] == 4
    assert counts[-1] == value_of(f"{name}_count{{{labels}}}") == 10
    assert 0.06 < value_of(f"{name}_sum{{{labels}}}") < 0.08


def test_a_link_counts_its_bytes_as_toxiproxy_does() -> None:
    labels = 'proxy="checkout-1→payments-1",listener="127.0.0.1:42001",upstream="127.0.0.1:41001"'
    name = "toxiproxy_proxy_sent_bytes_total"
    assert value_of(f'{name}{{{labels},direction="upstream"}}') == 1000
    assert value_of(f'{name}{{{labels},direction="downstream"}}') == 2500


def test_labels_are_escaped() -> None:
    sample = Sample({"name": 'a"b\\c\nd'}, 1)
    assert text([Family("x", "gauge", "x", [sample])]).splitlines()[-1] == (
        'x{name="a\\"b\\\\c\\nd"} 1'
    )


def test_a_family_without_samples_is_left_out() -> None:
    assert text([Family("x", "gauge", "x", [])]) == ""
