"""What the processes act out themselves: errors, delays, stuck workers."""

import time

import pytest

from lab.cluster import CommandError
from tests.cluster.waiting import until
from tests.cluster.watched import Watched, curl


async def timed_s(port: int, path: str) -> float:
    began_s = time.monotonic()
    assert (await curl(port, path, timeout_s=5.0))[0] == 200
    return time.monotonic() - began_s


async def test_errors_are_answered_with_their_status_until_healed(shop: Watched) -> None:
    port = shop.unit("till-1")["port"]
    fault = await shop.fault("errors", "till-1", params={"ratio": 1.0, "status": 507})
    assert fault["acknowledged_by"] == ["till-1"]
    assert (await curl(port, "/pay"))[0] == 507
    assert (await curl(port, "/health"))[0] == 200
    await shop.see(lambda frames: shop.user_counts(frames)[2] > 0, "users who fail")
    await shop.heal(fault)
    assert (await curl(port, "/pay"))[0] == 200


async def test_a_share_of_errors_is_a_share(shop: Watched) -> None:
    await shop.fault("errors", "back", params={"ratio": 0.5})
    port = shop.unit("back-1")["port"]
    statuses = [(await curl(port, "/item"))[0] for _ in range(60)]
    assert 10 < statuses.count(500) < 50
    assert statuses.count(200) == 60 - statuses.count(500)


async def test_the_first_requests_fail_and_then_all_is_well(shop: Watched) -> None:
    await shop.do("set_users", rate_per_s=0)
    await shop.see(lambda frames: frames[-1]["users"]["in_flight"] == 0, "silence")
    fault = await shop.fault("first_errors", "back-1", params={"count": 3})
    port = shop.unit("back-1")["port"]
    assert [(await curl(port, "/item"))[0] for _ in range(6)] == [500] * 3 + [200] * 3
    assert fault["id"] in shop.faults()


async def test_latency_is_added_until_healed(shop: Watched) -> None:
    port = shop.unit("back-1")["port"]
    fault = await shop.fault("latency", "back-1", params={"mean_s": 0.3})
    assert await timed_s(port, "/item") >= 0.3
    await until(lambda: (shop.cells("back-1") or [0] * 6)[5] or 0 > 250, "p99 in the frame")
    await shop.heal(fault)
    assert await timed_s(port, "/item") < 0.3


@pytest.mark.parametrize("kind", ["normal", "heavy_tail"])
async def test_latency_of_any_shape_is_added(kind: str, shop: Watched) -> None:
    await shop.fault("latency", "back-1", params={"kind": kind, "mean_s": 0.3, "deviation_s": 0.01})
    assert await timed_s(shop.unit("back-1")["port"], "/item") >= 0.1  # Pareto's least


async def test_stuck_workers_answer_nothing_but_health_until_healed(shop: Watched) -> None:
    port = shop.unit("till-1")["port"]
    fault = await shop.fault("stuck", "till-1", params={"workers": 8})
    with pytest.raises(TimeoutError):
        await curl(port, "/pay", timeout_s=0.3)
    assert (await curl(port, "/health"))[0] == 200
    await until(lambda: (shop.cells("till-1") or [0, 0])[1] == 8, "8 busy workers in the frame")
    await shop.heal(fault)
    assert (await curl(port, "/pay"))[0] == 200


async def test_faults_of_one_instance_add_up_and_end_alone(shop: Watched) -> None:
    port = shop.unit("back-1")["port"]
    slow = await shop.fault("latency", "back-1", params={"mean_s": 0.2})
    slower = await shop.fault("latency", "back", params={"mean_s": 0.2})
    assert await timed_s(port, "/item") >= 0.4
    await shop.heal(slower)
    assert 0.2 <= await timed_s(port, "/item") < 0.4
    await shop.heal(slow)


async def test_a_fault_outlives_the_process_that_acts_it_out(shop: Watched) -> None:
    fault = await shop.fault("errors", "back-1", params={"ratio": 1.0})
    port = shop.unit("back-1")["port"]
    last = shop.last_event
    await shop.fault("crash", "back-1")
    await shop.event("process_up", "back-1", last)
    assert (await curl(port, "/item"))[0] == 500
    await shop.heal(fault)
    assert (await curl(port, "/item"))[0] == 200


async def test_who_is_down_cannot_act_it_out_and_nothing_is_left_of_the_order(
    shop: Watched,
) -> None:
    down = await shop.fault("crash", "back-1", duration_s=30.0)
    last = shop.last_event
    with pytest.raises(CommandError, match="back-1 is down") as refused:
        await shop.fault("errors", "back-1", params={"ratio": 1.0})
    assert refused.value.code == "not_obeyed"
    assert shop.faults() == [down["id"]]
    await shop.event("fault_failed", "back-1", last)
    assert (await curl(shop.unit("back-2")["port"], "/item"))[0] == 200
    await shop.heal(down)
    await shop.is_in("back-1", "up")
    assert (await curl(shop.unit("back-1")["port"], "/item"))[0] == 200


async def test_who_is_frozen_does_not_act_it_out_later_either(shop: Watched) -> None:
    hang = await shop.fault("hang", "back-1")
    with pytest.raises(CommandError, match="hung and does not obey"):
        await shop.fault("errors", "back-1", params={"ratio": 1.0})
    await shop.heal(hang)
    await shop.is_in("back-1", "up")
    assert (await curl(shop.unit("back-1")["port"], "/item"))[0] == 200
