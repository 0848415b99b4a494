"""Processes that die, freeze, start slowly and burn: who is told what, and when."""

from itertools import pairwise

import pytest

from tests.cluster.waiting import until
from tests.virtual.shop import LINK, VirtualShop, in_a_shop
from tests.virtual.test_every_fault import FAILED, OK, REFUSED, TIMED_OUT

BACKOFF_S = 0.3
HELD_UP_S = 0.05
"""More than it takes to make a process and to tell of it."""


@in_a_shop
async def test_a_crash_is_refused_at_once_and_started_again_after_the_backoff(
    shop: VirtualShop,
) -> None:
    await shop.no_probes()
    last = shop.last_event
    await shop.fault("crash", "back-1")
    counts = await shop.counts_of(LINK, 0.2)
    with pytest.raises(KeyError):
        shop.the_link()
    assert counts[REFUSED] > 0
    assert counts[TIMED_OUT] == counts[FAILED] == 0
    up = await shop.event("process_up", "back-1", last)
    told = [e for e in shop.events if e["id"] > last and e["subject"] == "back-1"]
    kinds = ["fault_on", "process_exit", "process_start", "process_up"]
    assert [event["kind"] for event in told] == kinds
    assert BACKOFF_S <= up["t"] - told[0]["t"] < BACKOFF_S * 1.5 + HELD_UP_S
    await shop.next_frames(2)
    assert _only(await shop.counts_of(LINK, 1.0), OK)


@in_a_shop
async def test_a_slow_start_is_a_start_that_takes_so_long(shop: VirtualShop) -> None:
    slow = await shop.fault("slow_start", "back-1", params={"delay_s": 3.0})
    assert _only(await shop.counts_of(LINK, 0.5), OK)
    took_s = []
    for _ in range(2):
        last = shop.last_event
        await shop.do("act", target="back-1", action="restart")
        began = await shop.event("process_start", "back-1", last)
        up = await shop.event("process_up", "back-1", last)
        took_s.append(up["t"] - began["t"])
        if slow["id"] in shop.faults():
            await shop.heal(slow)
    assert took_s == pytest.approx([3.0, 0.0], abs=0.001)


@in_a_shop
async def test_who_waits_for_a_callee_that_dies_is_told_when_it_dies(shop: VirtualShop) -> None:
    await shop.no_probes()
    await shop.fault("latency", "back-1", params={"mean_s": 0.9})
    await until(lambda: (shop.cells("back-1") or [0])[0] > 5, "requests in hand")
    in_hand = (shop.cells("back-1") or [0])[0]
    began = shop.frames[-1]["n"]
    await shop.fault("crash", "back-1", duration_s=10.0)
    frames = await shop.next_frames(2)
    counts = shop.link_counts(LINK, [f for f in frames if f["n"] > began])
    assert in_hand - 2 <= counts[FAILED] <= in_hand + 5
    assert counts[TIMED_OUT] == 0


@in_a_shop
async def test_a_drain_answers_what_it_has_and_refuses_the_rest(shop: VirtualShop) -> None:
    await shop.no_probes()
    await shop.fault("latency", "back-1", params={"mean_s": 0.5})
    await until(lambda: (shop.cells("back-1") or [0])[0] > 5, "requests in hand")
    last = shop.last_event
    await shop.fault("terminate", "back-1", duration_s=5.0)
    assert (await shop.is_in("back-1", "draining"))["reason"].startswith("drains")
    counts = await shop.counts_of(LINK, 0.8)
    gone = await shop.event("process_exit", "back-1", last)
    assert counts[OK] > 5
    assert counts[REFUSED] + counts[FAILED] > 5
    assert counts[TIMED_OUT] == 0
    assert gone["text"] == "back-1 ended by itself"
    assert (await shop.counts_of(LINK, 1.0))[REFUSED] > 10


@in_a_shop
async def test_without_a_drain_what_it_has_is_lost(shop: VirtualShop) -> None:
    await shop.no_probes()
    await shop.fault("latency", "back-1", params={"mean_s": 0.9})
    await until(lambda: (shop.cells("back-1") or [0])[0] > 5, "requests in hand")
    await shop.fault("terminate", "back-1", params={"drain": False}, duration_s=5.0)
    counts = await shop.counts_of(LINK, 0.3)
    assert counts[OK] == counts[TIMED_OUT] == 0
    assert counts[FAILED] > 5


@in_a_shop
async def test_a_frozen_process_accepts_says_nothing_and_answers_who_still_waits(
    shop: VirtualShop,
) -> None:
    await shop.no_probes()
    before = len(shop.the_link().connections)
    hang = await shop.fault("hang", "back-1")
    await shop.next_frames(1)  # what had ended before
    assert await shop.counts_of(LINK, 0.5) == [0] * 7
    waiting = len(shop.the_link().connections)
    assert waiting > before + 5
    await shop.heal(hang)
    counts = await shop.counts_of(LINK, 0.2)
    assert counts[OK] >= waiting - before
    assert _only(counts, OK)


@in_a_shop
async def test_what_nobody_waits_for_any_more_is_not_begun_when_it_goes_on(
    shop: VirtualShop,
) -> None:
    await shop.no_probes()
    await shop.do("set_users", patience_s=0.3)
    hang = await shop.fault("hang", "back-1")
    left = (await shop.counts_of(LINK, 3.0))[TIMED_OUT]
    last = shop.frames[-1]["n"]
    await shop.heal(hang)
    await shop.next_frames(3)
    ended = [shop.cells("back-1", f) or [0] * 5 for f in shop.frames if f["n"] > last]
    assert left > 50
    assert sum(cells[4] for cells in ended) == 0


@in_a_shop
async def test_a_freeze_of_all_is_a_pause_from_which_all_go_on(shop: VirtualShop) -> None:
    await shop.no_probes()
    faults = [await shop.fault("hang", name) for name in ("back", "till", "front")]
    await shop.next_frames(5)
    for fault in faults:
        await shop.heal(fault)
    await shop.flows()


@in_a_shop
async def test_pauses_lose_nothing_and_cost_time(shop: VirtualShop) -> None:
    await shop.no_probes()
    last = shop.last_event
    await shop.fault("pauses", "back-1", params={"every_s": 0.6, "length_s": 0.4})
    frames = await shop.next_frames(50)
    assert _only(shop.link_counts(LINK, frames), OK)
    assert max(f["links"][LINK][1] for f in frames if f["links"][LINK]) > 350.0
    stops = [e for e in shop.told("process_stopped", "back-1") if e["id"] > last]
    assert len(stops) == 6
    for sooner, later in pairwise(stops):
        assert later["t"] - sooner["t"] == pytest.approx(1.0, abs=0.002)


@in_a_shop
async def test_a_hog_takes_its_share_of_the_processor_until_it_is_healed(
    shop: VirtualShop,
) -> None:
    hog = await shop.fault("hog", "back-1", params={"share_ratio": 0.8})
    await shop.next_frames(5)
    busy = [(shop.cells("back-1", f) or [0.0] * 7)[6] for f in await shop.next_frames(20)]
    assert sum(busy) / len(busy) == pytest.approx(0.8, abs=0.02)
    await shop.heal(hog)
    await shop.next_frames(2)
    assert (shop.cells("back-1") or [1.0] * 7)[6] == 0.0


@in_a_shop
async def test_a_process_may_be_killed_while_it_is_frozen_or_burns(shop: VirtualShop) -> None:
    for kind in ("hang", "hog"):
        last = shop.last_event
        fault = await shop.fault(kind, "back-1")
        await shop.next_frames(1)
        await shop.fault("crash", "back-1")
        await shop.event("process_up", "back-1", last)
        if fault["id"] in shop.faults():
            await shop.heal(fault)
    await shop.flows()


@in_a_shop
async def test_callers_that_die_take_their_work_with_them(shop: VirtualShop) -> None:
    await shop.no_probes()
    await shop.fault("latency", "back", params={"mean_s": 5.0})
    await until(lambda: (shop.cells("back-1") or [0])[0] > 5, "requests in hand")
    await shop.fault("crash", "front-1", duration_s=5.0)
    await shop.next_frames(2)
    assert (shop.cells("back-1") or [1])[0] == 0
    assert len(shop.the_link().connections) == 0


@in_a_shop
async def test_a_callback_that_raises_is_the_end_of_its_process_and_of_nothing_else(
    shop: VirtualShop,
) -> None:
    last = shop.last_event
    process = shop.lab.crew.instances["back-1"].process
    shop.machine.loop.call_soon(_fall_over, context=process.context)  # type: ignore[union-attr]
    gone = await shop.event("process_exit", "back-1", last)
    assert gone["text"] == "back-1 crashed with exit status 1"
    log = (await shop.do("log", instance="back-1"))["lines"]
    assert any("ZeroDivisionError" in line for line in log)
    await shop.event("process_up", "back-1", last)
    await shop.flows()


def _fall_over() -> None:
    _ = 1 / 0


def _only(counts: list[int], outcome: int) -> bool:
    return counts[outcome] > 0 and sum(counts) == counts[outcome]
