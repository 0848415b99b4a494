"""A service grows, shrinks and changes while it runs."""

import asyncio

import pytest

from lab.cluster import CommandError
from tests.cluster.kernel import is_alive, is_free
from tests.cluster.waiting import until
from tests.cluster.watched import Watched, curl, refuses


def links_to(shop: Watched, callee: str) -> list[str]:
    return [link["name"] for link in shop.lab.state()["links"] if link["callee"] == callee]


async def test_a_new_replica_gets_a_process_links_and_traffic(shop: Watched) -> None:
    answer = await shop.do("set_service", service="back", replicas=3)
    assert answer["replicas"] == 3
    unit = await shop.is_in("back-3", "up")
    assert unit["zone"] == "a"
    assert links_to(shop, "back-3") == ["front-1→back-3"]
    await shop.see(lambda frames: shop.good_of("back-3", frames) > 0, "traffic")
    assert (await curl(shop.link("front-1→back-3")["port"]))[0] == 200
    (service,) = [s for s in shop.lab.state()["services"] if s["name"] == "back"]
    assert service["replicas"] == 3


async def test_nobody_is_sent_to_a_new_replica_before_it_serves(shop: Watched) -> None:
    shop.lab.crew.wanted.services["back"].start_s = 0.5
    await shop.do("set_users", rate_per_s=300)
    first = shop.frames[-1]["n"]
    await shop.do("set_service", service="back", replicas=4)
    await shop.see(lambda frames: shop.good_of("back-4", frames) > 0, "traffic")
    frames = [frame for frame in shop.frames if frame["n"] > first]
    assert sum(shop.user_counts(frames)[1:]) == 0


async def test_a_replica_of_a_caller_has_links_to_all_its_callees(shop: Watched) -> None:
    await shop.do("set_service", service="front", replicas=2)
    await shop.is_in("front-2", "up")
    assert [link["name"] for link in shop.lab.state()["links"] if link["caller"] == "front-2"] == [
        "front-2→back-1",
        "front-2→back-2",
        "front-2→till-1",
    ]
    await shop.see(lambda frames: shop.good_of("front-2", frames) > 0, "traffic")
    assert (await curl(shop.unit("front-2")["port"], "/page"))[0] == 200


async def test_a_removed_replica_drains_and_is_gone_and_no_user_notices(shop: Watched) -> None:
    unit, link = shop.unit("back-2"), shop.link("front-1→back-2")
    first = shop.frames[-1]["n"]
    await shop.do("set_service", service="back", replicas=1)
    assert "back-2" not in shop.units()
    assert links_to(shop, "back-2") == []
    assert not is_alive(unit["pid"])
    await until(lambda: is_free(unit["port"]) and is_free(link["port"]), "the ports")
    frames = [frame for frame in await shop.next_frames(10) if frame["n"] > first]
    assert sum(shop.user_counts(frames)[1:]) == 0
    assert shop.good_of("back-1", frames) > 0


async def test_down_and_up_again_it_is_a_new_one(shop: Watched) -> None:
    pid = shop.unit("back-2")["pid"]
    await shop.do("set_service", service="back", replicas=1)
    await shop.do("set_service", service="back", replicas=2)
    assert (await shop.is_in("back-2", "up"))["pid"] != pid
    await shop.see(lambda frames: shop.good_of("back-2", frames) > 0, "traffic")


async def test_a_frozen_replica_is_removed_too(shop: Watched) -> None:
    await shop.fault("hang", "back-2")
    pid = shop.unit("back-2")["pid"]
    await shop.do("set_service", service="back", replicas=1)
    assert not is_alive(pid)
    assert shop.faults() == []


async def test_faults_of_what_is_removed_end_with_it_and_heal_cleanly(shop: Watched) -> None:
    errors = await shop.fault("errors", "back-2", params={"ratio": 1.0})
    toxic = await shop.fault("toxic_latency", "front:back")
    cut = await shop.fault("down", "front-1→back-2")
    await shop.do("set_service", service="back", replicas=1)
    await shop.do("set_service", service="back", replicas=2)
    await shop.is_in("back-2", "up")
    assert (await curl(shop.unit("back-2")["port"], "/item"))[0] == 200
    assert shop.link("front-1→back-2")["enabled"] is True
    for fault in (errors, toxic, cut):
        if fault["id"] in shop.faults():
            await shop.heal(fault)
    assert shop.faults() == []


async def test_replicas_up_and_down_under_load_lose_nothing_but_what_was_in_hand(
    shop: Watched,
) -> None:
    for replicas in (4, 2, 3, 1, 2):
        await shop.do("set_service", service="back", replicas=replicas)
    await shop.next_frames(2)
    await shop.flows()
    names = [unit["name"] for unit in shop.lab.state()["instances"]]
    assert sorted(names) == ["back-1", "back-2", "front-1", "till-1"]
    assert len(shop.lab.state()["links"]) == 4
    (frame,) = (await shop.next_frames(1))[-1:]
    assert len(frame["instances"]) == 4
    assert len(shop.frames[-1]["links"]) == 4


async def test_a_smaller_capacity_and_no_queue_shed_what_is_too_much(shop: Watched) -> None:
    await shop.fault("latency", "back", params={"mean_s": 0.2})
    await shop.do("set_service", service="back", capacity=1, queue=0)
    await shop.see(lambda frames: shop.link_counts("front-1→back-1", frames)[5] > 0, "shedding")
    await shop.next_frames(5)  # nobody who works already is thrown out
    frames = await shop.next_frames(5)
    assert max((shop.cells("back-1", frame) or [0, 0])[1] for frame in frames) == 1
    assert all((shop.cells("back-1", frame) or [0] * 3)[2] == 0 for frame in frames)
    (service,) = [s for s in shop.lab.state()["services"] if s["name"] == "back"]
    assert (service["capacity"], service["queue"]) == (1, 0)


async def test_the_very_next_request_meets_the_new_capacity(shop: Watched) -> None:
    await shop.do("set_users", rate_per_s=0)
    await shop.see(lambda frames: frames[-1]["users"]["in_flight"] == 0, "silence")
    await shop.fault("latency", "till", params={"mean_s": 0.3})
    port = shop.unit("till-1")["port"]
    for _ in range(3):
        await shop.do("set_service", service="till", capacity=1, queue=0)
        statuses = await _both(port)
        assert statuses == [200, 503]
        await shop.do("set_service", service="till", capacity=8)
        assert await _both(port) == [200, 200]


async def _both(port: int) -> list[int]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(curl(port, "/pay")) for _ in range(2)]
    return sorted(task.result()[0] for task in tasks)


async def test_an_unbounded_queue_grows(shop: Watched) -> None:
    await shop.fault("stuck", "till", params={"workers": 8})
    await shop.do("set_service", service="till", queue=None)
    await shop.do("set_users", rate_per_s=300, patience_s=10.0)
    await until(lambda: (shop.cells("till-1") or [0] * 3)[2] > 40, "a long queue")


async def test_a_new_process_has_the_new_capacity(shop: Watched) -> None:
    await shop.do("set_service", service="till", capacity=3, queue=None)
    last = shop.last_event
    await shop.fault("crash", "till")
    await shop.event("process_up", "till-1", last)
    await shop.fault("stuck", "till", params={"workers": 3})
    with pytest.raises(TimeoutError):
        await curl(shop.unit("till-1")["port"], "/pay", timeout_s=0.3)


async def test_what_is_wrong_changes_nothing(shop: Watched) -> None:
    def plain() -> tuple[object, ...]:
        state = shop.lab.state()
        return state["services"], [unit["name"] for unit in state["instances"]], state["links"]

    before = plain()
    for fields, field in (
        ({"replicas": 0}, "replicas"),
        ({"replicas": 9}, "replicas"),
        ({"capacity": 5, "health": {"interval_s": 0}}, "health.interval_s"),
        ({"capacity": 5, "restart": {"sometimes": True}}, "restart.sometimes"),
        ({"queue": -1}, "queue"),
    ):
        with pytest.raises(CommandError) as refused:
            await shop.do("set_service", service="back", **fields)
        assert refused.value.field == field
    with pytest.raises(CommandError) as refused:
        await shop.do("set_service", service="bakc", replicas=2)
    assert refused.value.code == "unknown_service"
    assert plain() == before


async def test_a_lab_does_not_outgrow_its_bounds(shop: Watched) -> None:
    await shop.do("set_service", service="back", replicas=8)
    await shop.do("set_service", service="till", replicas=8)
    with pytest.raises(CommandError) as refused:
        await shop.do("set_service", service="front", replicas=8, capacity=3)
    assert refused.value.code == "too_many"
    (front,) = [s for s in shop.lab.state()["services"] if s["name"] == "front"]
    assert (front["replicas"], front["capacity"]) == (1, 64)


async def test_what_is_removed_refuses(shop: Watched) -> None:
    port = shop.link("front-1→back-2")["port"]
    await shop.do("set_service", service="back", replicas=1)
    await refuses(port)
