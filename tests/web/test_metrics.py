import re

from lab.web.door import Making
from lab.web.exposition import Family, Sample, text
from lab.web.metrics import exposition
from tests.web.fake_cluster import STATS, FakeCluster

LINE = re.compile(r'^[a-z_0-9]+(\{([a-z_]+="([^"\\\n]|\\.)*",?)*\})? -?[0-9.e+]+$')


def page() -> str:
    return exposition(STATS, FakeCluster(Making("toyshop", "")).state())


def value_of(line: str) -> float:
    found = [each for each in page().splitlines() if each.startswith(line + " ")]
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
