"""A request with all its spans, of all the processes that it went through."""

from typing import Any

import pytest

from lab.cluster import CommandError, Spawner
from tests.cluster.shops import shipped
from tests.cluster.waiting import until
from tests.cluster.watched import Plain, Watched, running


def heads(lab: Watched, **wanted: object) -> list[Plain]:
    return [head for head in lab.heads if all(head[key] == value for key, value in wanted.items())]


async def trace(lab: Watched, **wanted: object) -> Plain:
    """Return the newest kept request of this kind."""
    found = await until(lambda: heads(lab, **wanted), f"a request with {wanted}")
    return await lab.do("trace", trace=found[-1]["id"])


async def test_an_order_shows_every_hop_from_the_user_to_the_payments(spawner: Spawner) -> None:
    async with running(shipped("toyshop"), spawner) as lab:
        await lab.flows()
        one = await trace(lab, route="/order", outcome="ok")
    spans = one["spans"]
    by_id = {span["id"]: span for span in spans}
    places = {span["instance"].rpartition("-")[0] or span["instance"] for span in spans}
    assert places == {"users", "gateway", "checkout", "inventory", "payments"}
    (root,) = [span for span in spans if not span["parent"]]
    assert (root["kind"], root["name"], root["instance"]) == ("user", "/order", "users")
    assert root["start_ms"] == 0.0
    assert root["end_ms"] == pytest.approx(one["duration_ms"], abs=0.1)
    assert all(span["parent"] in by_id for span in spans if span is not root)
    kinds: dict[str, int] = {}
    for span in spans:
        kinds[span["kind"]] = kinds.get(span["kind"], 0) + 1
    assert kinds.pop("queue", 0) < 5
    assert kinds == {"user": 1, "call": 4, "attempt": 4, "server": 4, "work": 4}
    for span in spans:
        parent = by_id.get(span["parent"], root)
        assert span["start_ms"] >= parent["start_ms"] - 0.01
        assert span["end_ms"] <= parent["end_ms"] + 0.5
    servers = [span for span in spans if span["kind"] == "server"]
    assert all(by_id[s["parent"]]["name"].endswith(f"→{s['instance']}") for s in servers)


async def test_a_failed_request_tells_the_rule_that_decided_each_step(shop: Watched) -> None:
    await shop.fault("errors", "back", params={"ratio": 1.0})
    retry = {"pattern": "retry", "attempts": 3, "backoff": "fixed", "base_s": 0.02}
    await shop.do("set_chain", dependency="front:back", chain=[retry])
    shop.heads.clear()
    one = await trace(shop, route="/page", outcome="failed")
    attempts = _of(one, "attempt", "front-1→back-")
    assert [span["attempt"] for span in attempts] == [1, 2, 3]
    assert {span["rule"] for span in attempts} == {"fault: answers 100% with an error"}
    waits = _of(one, "wait")
    assert [span["rule"].partition(":")[0] for span in waits] == [
        "attempt 1 of 3 failed", "attempt 2 of 3 failed",
    ]  # fmt: skip
    (call,) = _of(one, "call", "front-1→back")
    assert call["rule"].endswith("(3 of 3 attempts used)")
    assert "front:back failed" in one["rule"]


async def test_failed_and_slow_requests_are_kept_before_ordinary_ones(shop: Watched) -> None:
    await shop.do("set_users", rate_per_s=200)
    await shop.fault("errors", "till", params={"ratio": 1.0})
    shop.heads.clear()
    frames = await shop.next_frames(15)
    failed = sum(shop.user_counts(frames)[2:])
    kept = len(heads(shop, outcome="failed"))
    assert kept >= 0.5 * failed  # one in five fails, three of twenty are kept each tenth
    assert kept > len(heads(shop, outcome="ok"))


async def test_kept_requests_are_listed_with_what_decided_them(shop: Watched) -> None:
    listed = (await shop.do("traces"))["traces"]
    assert listed
    assert {"id", "t", "route", "priority", "outcome", "duration_ms", "rule"} == listed[0].keys()
    assert [each["id"] for each in listed] == list({each["id"]: None for each in listed})


async def test_a_request_that_nobody_kept_is_an_error_that_says_so(shop: Watched) -> None:
    with pytest.raises(CommandError) as refused:
        await shop.do("trace", trace="0" * 32)
    assert refused.value.code == "unknown_trace"


async def test_a_dead_process_takes_its_part_of_a_request_with_it_and_no_more(
    shop: Watched,
) -> None:
    shop.heads.clear()
    head = (await until(lambda: heads(shop, route="/order"), "an order"))[-1]
    await shop.next_frames(8)  # its spans are asked for soon after it is kept
    await shop.fault("crash", "till", duration_s=30.0)
    one = await shop.do("trace", trace=head["id"])
    assert {"users", "front-1", "till-1"} <= {span["instance"] for span in one["spans"]}


def _of(one: Plain, kind: str, name: str = "") -> list[Any]:
    return [s for s in one["spans"] if s["kind"] == kind and s["name"].startswith(name)]
