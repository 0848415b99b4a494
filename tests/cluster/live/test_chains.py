"""A chain is switched, tuned and reordered while it runs, and acts on the next requests."""

from typing import Any

import pytest

from lab.cluster import CommandError
from lab.patterns.chain import DEFAULT_ORDER
from tests.cluster.waiting import until
from tests.cluster.watched import Plain, Watched, curl

NAME = "front:back"


async def rechain(shop: Watched, *chain: Plain) -> list[Plain]:
    answer = await shop.do("set_chain", dependency=NAME, chain=list(chain))
    obeyed: list[Plain] = answer["chain"]
    return obeyed


def counts(shop: Watched, frames: list[Plain]) -> tuple[list[int], int]:
    """Return the dependency's seven outcomes and its attempts."""
    parts = [frame["calls"][NAME] for frame in frames]
    outcomes = [sum(column) for column in zip(*(part["outcomes"] for part in parts), strict=True)]
    return outcomes, sum(part["attempts"] for part in parts)


def pattern(shop: Watched, name: str) -> Any:
    return shop.frames[-1]["calls"][NAME]["patterns"].get("front-1", {}).get(name)


async def test_the_answer_is_the_whole_chain_as_it_is_now(shop: Watched) -> None:
    chain = await rechain(shop, {"pattern": "retry", "attempts": 2})
    assert [entry["pattern"] for entry in chain] == [*DEFAULT_ORDER]
    assert [entry["pattern"] for entry in chain if entry["enabled"]] == ["retry", "balance"]
    (shown,) = [d for d in shop.lab.state()["dependencies"] if d["name"] == NAME]
    assert shown["chain"] == chain != shown["authored"]
    event = await shop.event("chain", NAME)
    assert event["text"] == "chain of front:back: retry › balance"


async def test_the_very_next_request_goes_through_it(shop: Watched) -> None:
    await shop.do("set_users", rate_per_s=0)
    await shop.fault("errors", "back", params={"ratio": 1.0})
    port = shop.unit("front-1")["port"]
    for _ in range(5):
        await rechain(shop)
        assert (await curl(port, "/page"))[0] == 502
        await rechain(shop, {"pattern": "fallback"})
        status, body = await curl(port, "/page")
        assert (status, b'"degraded"' in body) == (200, True)


async def test_three_attempts_are_three(shop: Watched) -> None:
    await shop.fault("errors", "back", params={"ratio": 1.0})
    await rechain(shop, {"pattern": "retry", "attempts": 3, "backoff": "none"})
    await shop.next_frames(2)
    outcomes, attempts = counts(shop, await shop.next_frames(10))
    assert attempts == pytest.approx(3 * sum(outcomes), rel=0.1)
    assert (await shop.do("stats"))["attempts_per_call"][NAME] > 1.0


async def test_a_breaker_opens_with_its_reason_and_closes_after_the_healing(shop: Watched) -> None:
    last = shop.last_event
    fault = await shop.fault("errors", "back", params={"ratio": 1.0})
    await rechain(shop, {"pattern": "breaker", "wait_s": 0.5, "permits": 2})
    opened = await shop.event("breaker", NAME, last)
    assert opened["text"].startswith("breaker open: ")
    assert "failed (threshold 50 %)" in opened["text"]
    assert opened["by"] == "front-1"
    assert opened["cause"] is not None
    await shop.see(lambda frames: counts(shop, frames)[0][6] > 0, "short circuits")
    await until(lambda: (pattern(shop, "breaker") or {}).get("state") == "open", "open in frame")
    assert pattern(shop, "breaker")["retry_in_s"] <= 0.5
    await shop.heal(fault)
    await until(lambda: (pattern(shop, "breaker") or {}).get("state") == "closed", "closed again")
    texts = [e["text"] for e in shop.events if e["id"] > last and e["kind"] == "breaker"]
    assert any(text.startswith("breaker half-open") for text in texts)
    assert texts[-1].startswith("breaker closed")


async def test_reordered_the_breaker_counts_calls_instead_of_attempts(shop: Watched) -> None:
    retry = {"pattern": "retry", "attempts": 3, "backoff": "none"}
    breaker = {"pattern": "breaker", "window_calls": 200, "minimum_calls": 200}
    await shop.fault("errors", "back", params={"ratio": 1.0})
    for chain, attempts_each in (((retry, breaker), 3), ((breaker, retry), 1)):
        await rechain(shop)
        await shop.next_frames(2)
        await rechain(shop, *chain)
        first = (await shop.next_frames(2))[-1]
        seen = first["calls"][NAME]["patterns"]["front-1"]["breaker"]["counts"]["failed"]
        frames = await shop.next_frames(6)
        failed = pattern(shop, "breaker")["counts"]["failed"] - seen
        calls = sum(counts(shop, frames)[0])
        assert failed == pytest.approx(attempts_each * calls, rel=0.35)


async def test_a_timeout_frees_the_callers_of_a_frozen_callee(shop: Watched) -> None:
    await shop.do("set_service", service="back", health={"enabled": False})
    await shop.fault("hang", "back")
    await until(lambda: (shop.cells("front-1") or [0] * 7)[1] > 20, "workers that wait")
    await rechain(shop, {"pattern": "attempt_timeout", "limit_s": 0.1})
    await until(lambda: 0 < (shop.cells("front-1") or [0] * 7)[1] < 15, "workers that are free")


async def test_a_wrong_chain_changes_nothing(shop: Watched) -> None:
    before = shop.lab.state()["dependencies"]
    for chain, field in (
        ([{"pattern": "retri"}], "chain[0].pattern"),
        ([{"pattern": "retry", "attempts": 0}], "chain[0].attempts"),
        ([{"pattern": "retry"}, {"pattern": "retry"}], "chain[1].pattern"),
        ([{"pattern": "balance", "enabled": False}], "chain[0].enabled"),
        ([{"pattern": "breaker", "wait_s": "5"}], "chain[0].wait_s"),
    ):
        with pytest.raises(CommandError) as refused:
            await shop.do("set_chain", dependency=NAME, chain=chain)
        assert (refused.value.code, refused.value.field) == ("invalid", field)
    with pytest.raises(CommandError) as refused:
        await shop.do("set_chain", dependency="front:bakc", chain=[])
    assert refused.value.code == "unknown_dependency"
    assert NAME in refused.value.hint
    assert shop.lab.state()["dependencies"] == before


async def test_a_new_process_of_the_caller_has_the_chain(shop: Watched) -> None:
    await rechain(shop, {"pattern": "fallback"})
    last = shop.last_event
    await shop.fault("crash", "front")
    await shop.event("process_up", "front-1", last)
    await shop.fault("errors", "back", params={"ratio": 1.0})
    status, body = await curl(shop.unit("front-1")["port"], "/page")
    assert (status, b'"degraded"' in body) == (200, True)


async def test_a_frozen_caller_does_not_hold_the_command_up_and_obeys_when_it_goes_on(
    shop: Watched,
) -> None:
    await shop.fault("errors", "back", params={"ratio": 1.0})
    fault = await shop.fault("hang", "front")
    await rechain(shop, {"pattern": "fallback"})
    await shop.heal(fault)
    await shop.is_in("front-1", "up")
    await shop.see(lambda frames: counts(shop, frames)[0][1] > 0, "degraded calls")


async def test_the_users_have_a_chain_too(shop: Watched) -> None:
    await shop.do(
        "set_chain", dependency="users:front", chain=[{"pattern": "breaker", "mode": "forced_open"}]
    )
    await shop.see(lambda frames: shop.user_counts(frames)[6] > 0, "users who are stopped")
