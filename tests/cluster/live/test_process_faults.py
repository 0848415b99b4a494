"""What is done to processes is done to real ones, and undone."""

import asyncio

import pytest

from lab.cluster import CommandError
from tests.cluster.kernel import is_alive, is_stopped
from tests.cluster.waiting import until
from tests.cluster.watched import Watched, curl, refuses


async def test_a_crash_kills_the_process_and_it_is_started_again(shop: Watched) -> None:
    before = shop.unit("back-1")
    fault = await shop.fault("crash", "back-1")
    assert (fault["state"], fault["acknowledged_by"]) == ("over", ["back-1"])
    assert not is_alive(before["pid"])
    assert shop.unit("back-1")["state"] == "down"
    with pytest.raises(ConnectionRefusedError):
        await curl(before["port"])
    await until(lambda: shop.unit("back-1")["state"] != "down", "the restart")
    after = await shop.is_in("back-1", "up")
    assert after["pid"] != before["pid"]
    assert (after["port"], after["restarts"]) == (before["port"], 1)
    assert (await curl(after["port"]))[0] == 200
    assert shop.faults() == []


async def test_the_links_to_a_dead_process_refuse_as_its_own_port_does(shop: Watched) -> None:
    await shop.fault("crash", "back-1", duration_s=30.0)
    await refuses(shop.link("front-1→back-1")["port"])


async def test_its_exit_is_an_event_with_its_reason_and_the_fault_as_its_cause(
    shop: Watched,
) -> None:
    last = shop.last_event
    await shop.fault("crash", "back-1")
    fault = await shop.event("fault_on", "back-1", last)
    exit_ = await shop.event("process_exit", "back-1", last)
    assert exit_["text"] == "back-1 killed by SIGKILL"
    assert (exit_["cause"], exit_["after_s"] < 1.0) == (fault["id"], True)


async def test_a_service_is_all_its_instances(shop: Watched) -> None:
    pids = [shop.unit(f"back-{n}")["pid"] for n in (1, 2)]
    fault = await shop.fault("crash", "back")
    assert fault["acknowledged_by"] == ["back-1", "back-2"]
    assert not any(is_alive(pid) for pid in pids)


async def test_with_a_duration_it_stays_down_so_long(shop: Watched) -> None:
    fault = await shop.fault("crash", "back-1", duration_s=1.0)
    assert fault["state"] == "active"
    await until(lambda: shop.cells("back-1") is None, "no news from back-1")
    off = await shop.event("fault_off", "back-1", shop.last_event)
    up = await shop.event("process_up", "back-1", off["id"])
    assert 1.0 <= off["t"] - fault["started_t"] < 3.0
    assert up["t"] > off["t"]


async def test_who_is_down_already_cannot_crash(shop: Watched) -> None:
    fault = await shop.fault("crash", "back-1", duration_s=30.0)
    with pytest.raises(CommandError, match="already down") as refused:
        await shop.fault("crash", "back-1")
    assert refused.value.code == "not_obeyed"
    assert shop.faults() == [fault["id"]]


async def test_a_drain_finishes_what_is_in_hand_and_takes_no_more(shop: Watched) -> None:
    await shop.fault("latency", "back-1", params={"mean_s": 0.5})
    port = shop.unit("back-1")["port"]
    async with asyncio.TaskGroup() as group:
        in_hand = group.create_task(curl(port, "/item"))
        await shop.next_frames(2)
        await until(lambda: (shop.cells("back-1") or [0, 0])[1] >= 1, "a request in hand")
        last = shop.last_event
        await shop.fault("terminate", "back-1")
        await shop.is_in("back-1", "draining")
        with pytest.raises(ConnectionRefusedError):
            await curl(port, "/item")
    assert in_hand.result()[0] == 200
    gone = await shop.event("process_exit", "back-1", last)
    assert gone["text"] == "back-1 ended by itself"
    await shop.is_in("back-1", "up")


async def test_without_a_drain_what_is_in_hand_is_lost(shop: Watched) -> None:
    await shop.do("set_users", rate_per_s=0)
    await shop.fault("latency", "back-1", params={"mean_s": 5.0})
    async with asyncio.TaskGroup() as group:
        in_hand = group.create_task(_failure(shop.unit("back-1")["port"]))
        await until(lambda: (shop.cells("back-1") or [0, 0])[1] == 1, "a request in hand")
        await shop.fault("terminate", "back-1", params={"drain": False})
    assert isinstance(in_hand.result(), ConnectionError)


async def _failure(port: int) -> Exception | None:
    try:
        await curl(port, "/item", timeout_s=10.0)
    except (ConnectionError, TimeoutError) as error:
        return error
    return None


async def test_a_frozen_process_accepts_and_never_answers_until_it_is_healed(
    shop: Watched,
) -> None:
    unit = shop.unit("back-1")
    fault = await shop.fault("hang", "back-1")
    assert fault["acknowledged_by"] == ["back-1"]
    assert is_stopped(unit["pid"])
    hung = shop.unit("back-1")
    assert (hung["state"], hung["reason"]) == ("hung", "stopped by SIGSTOP")
    with pytest.raises(TimeoutError):
        await curl(unit["port"], timeout_s=0.3)
    await until(lambda: shop.cells("back-1") is None, "no news in the frame")
    healed = await shop.heal(fault)
    assert healed["state"] == "over"
    await until(lambda: not is_stopped(unit["pid"]), "the process to go on")
    await shop.is_in("back-1", "up")
    assert shop.unit("back-1")["pid"] == unit["pid"]
    assert (await curl(unit["port"]))[0] == 200
    await until(lambda: shop.cells("back-1") is not None, "news in the frame")


async def test_a_frozen_process_can_be_killed_and_its_hang_is_over_then(shop: Watched) -> None:
    fault = await shop.fault("hang", "back-1")
    pid = shop.unit("back-1")["pid"]
    await shop.fault("crash", "back-1")
    assert not is_alive(pid)
    assert fault["id"] not in shop.faults()
    await shop.is_in("back-1", "up")


async def test_frozen_twice_it_goes_on_when_both_are_healed(shop: Watched) -> None:
    pid = shop.unit("back-1")["pid"]
    first = await shop.fault("hang", "back-1")
    second = await shop.fault("hang", "back")
    await shop.heal(second)
    await until(lambda: not is_stopped(shop.unit("back-2")["pid"]), "back-2 to go on")
    assert is_stopped(pid)
    assert shop.unit("back-1")["state"] == "hung"
    await shop.heal(first)
    await until(lambda: not is_stopped(pid), "back-1 to go on")


async def test_a_whole_zone_can_be_frozen(shop: Watched) -> None:
    fault = await shop.fault("hang", "b")
    assert fault["zones"] == ["b"]
    assert fault["acknowledged_by"] == ["back-2", "till-1"]
    assert all(is_stopped(shop.unit(name)["pid"]) for name in ("back-2", "till-1"))
    assert not is_stopped(shop.unit("back-1")["pid"])


async def test_pauses_come_again_and_again_and_end_awake(shop: Watched) -> None:
    pid = shop.unit("back-1")["pid"]
    fault = await shop.fault("pauses", "back-1", params={"every_s": 0.2, "length_s": 0.1})
    for _ in range(3):
        await until(lambda: is_stopped(pid), "a pause")
        await until(lambda: not is_stopped(pid), "the end of the pause")
    await shop.heal(fault)
    await until(lambda: not is_stopped(pid), "the process to go on")
    last = shop.last_event
    await shop.next_frames(5)
    assert not [e for e in shop.events if e["id"] > last and e["kind"] == "process_stopped"]


async def test_a_pause_does_not_wake_what_is_frozen(shop: Watched) -> None:
    pid = shop.unit("back-1")["pid"]
    await shop.fault("hang", "back-1")
    pauses = await shop.fault("pauses", "back", params={"every_s": 0.2, "length_s": 0.05})
    other = shop.unit("back-2")["pid"]
    for _ in range(2):
        await until(lambda: is_stopped(other), "a pause of back-2")
        await until(lambda: not is_stopped(other), "its end")
        assert is_stopped(pid)
    await shop.heal(pauses)
    assert is_stopped(pid)
    assert shop.unit("back-1")["state"] == "hung"


async def test_a_slow_start_takes_its_time_until_it_is_healed(shop: Watched) -> None:
    slow = await shop.fault("slow_start", "back-1", params={"delay_s": 0.8})
    took_s = []
    for _ in range(2):
        last = shop.last_event
        await shop.do("act", target="back-1", action="restart")
        began = await shop.event("process_start", "back-1", last)
        up = await shop.event("process_up", "back-1", began["id"])
        took_s.append(up["t"] - began["t"])
        if slow["id"] in shop.faults():
            await shop.heal(slow)
    assert took_s[0] >= 0.8 > took_s[1]


async def test_a_hog_takes_the_processor_and_gives_it_back(shop: Watched) -> None:
    def busy() -> float:
        return float((shop.cells("back-1") or [0.0] * 7)[6])

    await until(lambda: busy() < 0.2, "a quiet process")
    fault = await shop.fault("hog", "back-1", params={"share_ratio": 0.8})
    assert fault["acknowledged_by"] == ["back-1"]
    await until(lambda: busy() > 0.3, "a busy process")
    await shop.heal(fault)
    await until(lambda: busy() < 0.2, "a quiet process again")


async def test_a_lost_zone_is_dead_and_stays_so_until_it_is_back(shop: Watched) -> None:
    pids = {name: shop.unit(name)["pid"] for name in ("back-2", "till-1")}
    fault = await shop.fault("lose_zone", "b")
    assert fault["acknowledged_by"] == ["back-2", "till-1"]
    assert not any(is_alive(pid) for pid in pids.values())
    await shop.do("act", target="back", action="restart")  # also what is held down
    await shop.next_frames(8)  # twice the wait before a restart
    assert {shop.unit(name)["state"] for name in pids} == {"down"}
    await shop.heal(fault)
    for name, pid in pids.items():
        assert (await shop.is_in(name, "up"))["pid"] != pid


async def test_who_is_removed_while_its_zone_is_lost_does_not_come_back_with_it(
    shop: Watched,
) -> None:
    fault = await shop.fault("lose_zone", "b")
    await shop.do("set_service", service="back", replicas=1)
    starts = [e["id"] for e in shop.events if e["kind"] == "process_start"]
    await shop.heal(fault)
    await shop.is_in("till-1", "up")
    await shop.next_frames(3)
    new = [
        event["subject"]
        for event in shop.events
        if event["kind"] == "process_start" and event["id"] > starts[-1]
    ]
    assert new == ["till-1"]
