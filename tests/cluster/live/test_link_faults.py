"""Faults of links, met by plain TCP at the link's own port."""

import time

import pytest

from lab.cluster import CommandError
from tests.cluster.waiting import until
from tests.cluster.watched import Plain, Watched, answers, curl, refuses

LINK = "front-1→back-1"


async def timed_s(port: int) -> float:
    began_s = time.monotonic()
    assert (await curl(port, "/item", timeout_s=5.0))[0] == 200
    return time.monotonic() - began_s


@pytest.mark.parametrize(
    ("kind", "params", "least_s"),
    [
        ("toxic_latency", {"latency_ms": 300}, 0.3),
        ("toxic_latency", {"latency_ms": 300, "stream": "upstream"}, 0.3),
        ("bandwidth", {"rate_kb_per_s": 1}, 0.1),
        ("slicer", {"average_bytes": 10, "delay_us": 20_000}, 0.2),
        ("slow_close", {"delay_ms": 400}, 0.4),
    ],
)
async def test_what_slows_a_link_slows_it_until_healed(
    kind: str, params: Plain, least_s: float, shop: Watched
) -> None:
    port = shop.link(LINK)["port"]
    fault = await shop.fault(kind, LINK, params=params)
    assert fault["acknowledged_by"] == ["network"]
    assert await timed_s(port) >= least_s
    assert await timed_s(shop.link("front-1→back-2")["port"]) < least_s
    await shop.heal(fault)
    assert await timed_s(port) < least_s


async def test_a_black_hole_swallows_answers_and_tells_nobody(shop: Watched) -> None:
    fault = await shop.fault("black_hole", LINK)
    with pytest.raises(TimeoutError):
        await curl(shop.link(LINK)["port"], "/item", timeout_s=0.3)
    await shop.see(lambda frames: shop.link_counts(LINK, frames)[3] > 0, "attempts that time out")
    await shop.heal(fault)
    assert (await curl(shop.link(LINK)["port"], "/item"))[0] == 200


async def test_a_black_hole_may_close_after_a_while(shop: Watched) -> None:
    await shop.fault("black_hole", LINK, params={"timeout_ms": 200})
    with pytest.raises(ConnectionError):
        await curl(shop.link(LINK)["port"], "/item")


async def test_a_reset_is_a_reset(shop: Watched) -> None:
    fault = await shop.fault("reset_peer", LINK)
    with pytest.raises(ConnectionResetError):
        await curl(shop.link(LINK)["port"], "/item")
    await shop.heal(fault)
    assert (await curl(shop.link(LINK)["port"], "/item"))[0] == 200


async def test_limited_data_cuts_the_answer_off(shop: Watched) -> None:
    fault = await shop.fault("limit_data", LINK, params={"bytes": 10})
    with pytest.raises(ConnectionError, match="after 10 bytes"):
        await curl(shop.link(LINK)["port"], "/item")
    await shop.heal(fault)
    assert (await curl(shop.link(LINK)["port"], "/item"))[0] == 200


async def test_a_link_that_is_down_refuses_and_comes_back_at_the_same_port(shop: Watched) -> None:
    port = shop.link(LINK)["port"]
    fault = await shop.fault("down", LINK)
    assert fault["acknowledged_by"] == ["network"]
    with pytest.raises(ConnectionRefusedError):
        await curl(port)
    assert shop.link(LINK)["enabled"] is False
    assert (await curl(shop.unit("back-1")["port"]))[0] == 200  # the process itself is well
    await shop.heal(fault)
    assert shop.link(LINK)["enabled"] is True
    await shop.see(lambda frames: shop.link_counts(LINK, frames)[0] > 0, "traffic again")
    assert (await curl(port))[0] == 200


async def test_cut_twice_it_is_up_when_both_are_healed(shop: Watched) -> None:
    port = shop.link(LINK)["port"]
    one = await shop.fault("down", LINK)
    other = await shop.fault("down", "front:back")
    await shop.heal(one)
    await shop.next_frames(1)
    with pytest.raises(ConnectionRefusedError):
        await curl(port)
    await shop.heal(other)
    await until(lambda: shop.link(LINK)["enabled"], "the link")


async def test_a_dependency_is_all_its_links(shop: Watched) -> None:
    fault = await shop.fault("down", "front:back")
    assert fault["links"] == ["front-1→back-1", "front-1→back-2"]
    for name in fault["links"]:
        await refuses(shop.link(name)["port"])
    assert (await curl(shop.link("front-1→till-1")["port"]))[0] == 200


async def test_a_toxic_is_in_the_state_as_toxiproxy_would_list_it_until_healed(
    shop: Watched,
) -> None:
    fault = await shop.fault("toxic_latency", LINK, params={"latency_ms": 7, "jitter_ms": 3})
    assert shop.link(LINK)["toxics"] == [
        {
            "name": f"{fault['id']}_downstream",
            "type": "latency",
            "stream": "downstream",
            "toxicity": 1.0,
            "attributes": {"latency": 7, "jitter": 3},
        }
    ]
    await shop.heal(fault)
    assert shop.link(LINK)["toxics"] == []


async def test_a_toxicity_of_nothing_touches_nothing(shop: Watched) -> None:
    await shop.fault("black_hole", LINK, params={"toxicity_ratio": 0.0})
    for _ in range(5):
        assert (await curl(shop.link(LINK)["port"], "/item"))[0] == 200


async def test_several_latencies_add_up(shop: Watched) -> None:
    port = shop.link(LINK)["port"]
    one = await shop.fault("toxic_latency", LINK, params={"latency_ms": 150})
    await shop.fault("toxic_latency", "front:back", params={"latency_ms": 150})
    assert await timed_s(port) >= 0.3
    await shop.heal(one)
    assert await timed_s(port) >= 0.15


async def test_a_link_fault_outlives_the_network_worker(shop: Watched) -> None:
    await shop.fault("toxic_latency", LINK, params={"latency_ms": 200})
    await shop.fault("down", "front-1→back-2")
    last = shop.last_event
    shop.kill("network")
    await shop.event("process_up", "network", last)
    assert await timed_s(shop.link(LINK)["port"]) >= 0.2
    with pytest.raises(ConnectionRefusedError):
        await curl(shop.link("front-1→back-2")["port"])


async def test_a_frozen_network_worker_obeys_nothing_and_nothing_later(shop: Watched) -> None:
    shop.stop("network")
    await shop.is_in("network", "hung")
    for kind in ("black_hole", "down"):
        with pytest.raises(CommandError, match="hung and does not obey"):
            await shop.fault(kind, LINK)
    assert (shop.faults(), shop.link(LINK)["toxics"]) == ([], [])
    assert shop.link(LINK)["enabled"] is True
    shop.go_on("network")
    await shop.is_in("network", "up")
    await answers(shop.link(LINK)["port"], "/item")  # it obeys the orders, and their ends
    await shop.flows()


async def test_a_partition_between_zones_is_a_wall_and_nobody_is_told(shop: Watched) -> None:
    fault = await shop.fault("partition", "a|b")
    assert fault["acknowledged_by"] == ["network"]
    assert (fault["zones"], fault["links"]) == (["a", "b"], ["front-1→back-2", "front-1→till-1"])
    for name in fault["links"]:
        with pytest.raises(TimeoutError):
            await curl(shop.link(name)["port"], timeout_s=0.3)
    assert (await curl(shop.link(LINK)["port"]))[0] == 200
    assert (await curl(shop.unit("till-1")["port"]))[0] == 200  # it lives, behind the wall
    await shop.event("health", "back-2")
    await shop.heal(fault)
    for name in fault["links"]:
        assert (await curl(shop.link(name)["port"]))[0] == 200


@pytest.mark.parametrize(("direction", "arrive"), [("forward", False), ("backward", True)])
async def test_one_way_requests_arrive_or_do_not_but_no_answer_comes(
    direction: str, arrive: bool, shop: Watched
) -> None:
    await shop.do("set_service", service="till", health={"enabled": False})
    await shop.fault("partition", "front|till", params={"direction": direction})
    await shop.see(
        lambda frames: shop.link_counts("front-1→till-1", frames)[3] > 0, "requests in vain"
    )
    frames = await shop.next_frames(8)
    ended = shop.link_counts("front-1→till-1", frames)
    assert ended[0] == 0
    assert (shop.good_of("till-1", frames) > 0) is arrive


async def test_a_wrong_parameter_changes_nothing(shop: Watched) -> None:
    for params in ({"latency_ms": -1}, {"latency": 1}, {"stream": "sideways"}, {"latency_ms": "1"}):
        with pytest.raises(CommandError) as refused:
            await shop.fault("toxic_latency", LINK, params=params)
        assert refused.value.field.startswith("params.")
    assert (shop.faults(), shop.link(LINK)["toxics"]) == ([], [])
