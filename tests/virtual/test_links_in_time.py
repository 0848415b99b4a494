"""Links that are slow, cut, reset or swallow what they carry, in virtual time."""

import asyncio
import signal

import pytest

from lab.cluster.virtual.process import VirtualProcess
from lab.cluster.virtual.transport import ClientEnd, VirtualTransport
from tests.cluster.waiting import until
from tests.virtual.shop import LINK, VirtualShop, in_a_shop
from tests.virtual.test_every_fault import FAILED, OK, REFUSED, TIMED_OUT
from tests.virtual.test_processes import _only


@pytest.mark.parametrize(
    ("kind", "params", "more_s"),
    [
        ("toxic_latency", {"latency_ms": 100}, 0.1),
        ("toxic_latency", {"latency_ms": 100, "stream": "upstream"}, 0.1),
        ("bandwidth", {"rate_kb_per_s": 1}, 0.16),
        ("slicer", {"average_bytes": 10, "delay_us": 5000}, 0.08),
    ],
)
@in_a_shop
async def test_what_slows_a_link_slows_it_by_so_much(
    shop: VirtualShop, kind: str, params: dict[str, object], more_s: float
) -> None:
    await shop.no_probes()
    fault = await shop.fault(kind, LINK, params=params)
    await shop.next_frames(15)
    frames = await shop.next_frames(5)
    assert _only(shop.link_counts(LINK, frames), OK)
    assert _p99_s(frames) == pytest.approx(more_s + 0.003, rel=0.2)
    await shop.heal(fault)
    await shop.next_frames(12)
    assert _p99_s(await shop.next_frames(5)) < 0.005


@in_a_shop
async def test_connecting_takes_no_longer_over_a_slow_link_and_is_refused_as_soon(
    shop: VirtualShop,
) -> None:
    await shop.no_probes()
    await shop.fault("toxic_latency", "front:back", params={"latency_ms": 500})
    await shop.fault("crash", "back-1", duration_s=20.0)
    await shop.next_frames(12)
    frames = await shop.next_frames(5)
    assert _only(shop.link_counts(LINK, frames), REFUSED)
    assert _p99_s(frames) < 0.001


@in_a_shop
async def test_a_share_of_the_connections_is_rolled_for_once_each(shop: VirtualShop) -> None:
    await shop.no_probes()
    await shop.do("set_users", rate_per_s=400, patience_s=0.2)
    params = {"toxicity_ratio": 0.5}
    fault = await shop.fault("black_hole", LINK, params=params)
    await shop.next_frames(10)
    counts = await shop.counts_of(LINK, 10.0)
    # Who got a good connection keeps it, so those in the black hole become few.
    assert 0 < counts[TIMED_OUT] < 0.2 * counts[OK]
    await shop.heal(fault)
    await shop.next_frames(3)
    assert _only(await shop.counts_of(LINK, 1.0), OK)


@in_a_shop
async def test_a_limit_closes_each_connection_after_exactly_so_many_bytes(
    shop: VirtualShop,
) -> None:
    await shop.no_probes()
    await shop.do("set_users", rate_per_s=60, mix=[{"route": "/page", "share": 1}])
    await shop.next_frames(10)
    up, down = shop.the_link().meters.values()
    before, answers = down.sent_bytes, await shop.counts_of(LINK, 2.0)
    answer_bytes = round((down.sent_bytes - before) / answers[OK])
    await shop.fault("limit_data", LINK, params={"bytes": int(answer_bytes * 2.5)})
    await shop.next_frames(5)
    counts = await shop.counts_of(LINK, 9.0)
    assert counts[OK] / counts[FAILED] == pytest.approx(2.0, rel=0.05)
    assert up.sent_bytes > 0


@in_a_shop
async def test_only_the_end_of_a_connection_comes_late(shop: VirtualShop) -> None:
    await shop.no_probes()
    await shop.do("set_users", patience_s=5.0)
    await shop.fault("latency", "back", params={"mean_s": 4.0})
    await shop.fault("slow_close", LINK, params={"delay_ms": 1000, "stream": "upstream"})
    await until(lambda: (shop.cells("back-1") or [0])[1] == 8, "requests in hand")
    await shop.fault("crash", "front-1", duration_s=5.0)
    await shop.next_frames(9)
    assert (shop.cells("back-1") or [0])[1] == 8
    await shop.next_frames(3)
    assert (shop.cells("back-1") or [8])[1] == 0


@in_a_shop
async def test_a_cut_ends_what_is_in_flight_and_refuses_what_comes(shop: VirtualShop) -> None:
    await shop.no_probes()
    await shop.fault("latency", "back-1", params={"mean_s": 0.9})
    await shop.fault("toxic_latency", LINK, params={"latency_ms": 50})
    await until(lambda: (shop.cells("back-1") or [0])[0] > 5, "requests in hand")
    link = shop.the_link()
    cut = await shop.fault("down", LINK)
    counts = await shop.counts_of(LINK, 0.3)
    assert counts[FAILED] > 5 > counts[REFUSED] > 0
    assert counts[OK] == counts[TIMED_OUT] == 0
    assert (shop.cells("back-1") or [1])[0] == 0
    assert len(link.connections) == 0
    await shop.heal(cut)
    await shop.next_frames(12)
    assert (await shop.counts_of(LINK, 2.0))[OK] > 0


@in_a_shop
async def test_a_cut_at_the_moment_of_an_accepted_connection_leaves_nothing(
    shop: VirtualShop,
) -> None:
    link = shop.the_link()
    users = shop.lab.crew.users.process
    assert isinstance(users, VirtualProcess)
    link.accept(ClientEnd(VirtualTransport(users, {}), users, LINK, link.port))  # type: ignore[attr-defined]
    await asyncio.sleep(0)  # it dials, but not yet
    await link.enable(enabled=False)
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(link.connections) == 0
    await link.enable(enabled=True)


@in_a_shop
async def test_one_way_requests_arrive_or_do_not_and_no_answer_comes(shop: VirtualShop) -> None:
    await shop.no_probes()
    await shop.do("set_users", patience_s=0.2)
    for direction, arrive in (("forward", False), ("backward", True)):
        wall = await shop.fault("partition", "front|back", params={"direction": direction})
        await shop.next_frames(5)
        frames = await shop.next_frames(10)
        assert _only(shop.link_counts(LINK, frames), TIMED_OUT)
        assert (shop.good_of("back-1", frames) > 0) is arrive
        await shop.heal(wall)
        await shop.next_frames(5)


@in_a_shop
async def test_a_reset_is_told_as_one(shop: VirtualShop) -> None:
    await shop.no_probes()
    await shop.fault("reset_peer", LINK)
    await shop.next_frames(10)
    (head, *_) = [head for head in shop.heads if head["outcome"] == "failed"]
    trace = await shop.do("trace", trace=head["id"])
    assert any("Connection reset by peer" in span["rule"] for span in trace["spans"])


@in_a_shop
async def test_when_the_network_dies_all_in_flight_break_and_nobody_connects(
    shop: VirtualShop,
) -> None:
    await shop.no_probes()
    network = shop.lab.crew.network.process
    assert isinstance(network, VirtualProcess)
    in_flight = shop.frames[-1]["users"]["in_flight"]
    last = shop.last_event
    await shop.machine.signal(network, signal.SIGKILL)
    assert network.sockets == {}
    users = shop.user_counts(await shop.next_frames(1))
    assert users[FAILED] >= in_flight
    await shop.event("process_up", "network", last)
    await shop.flows()


@in_a_shop
async def test_a_frozen_network_tells_nobody_anything_and_then_all_of_it(
    shop: VirtualShop,
) -> None:
    await shop.no_probes()
    await shop.do("set_users", patience_s=5.0)
    network = shop.lab.crew.network.process
    assert network is not None
    await shop.machine.signal(network, signal.SIGSTOP)
    await shop.next_frames(1)
    assert shop.user_counts(await shop.next_frames(20)) == [0] * 7
    await shop.machine.signal(network, signal.SIGCONT)
    await shop.next_frames(2)
    assert shop.user_counts(shop.frames[-2:])[OK] > 100
    await shop.flows()


def _p99_s(frames: list[dict[str, list[object]]]) -> float:
    cells = [frame["links"][LINK] for frame in frames]  # type: ignore[call-overload]
    return float([cell[1] for cell in cells if cell][-1]) / 1000.0
