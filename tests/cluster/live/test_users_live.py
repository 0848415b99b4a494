"""The load: as commanded, at once, and told by the worker that makes it."""

import pytest

from lab.cluster import CommandError
from tests.cluster.watched import Plain, Watched


def offered_per_s(frames: list[Plain]) -> float:
    return float(sum(frame["users"]["offered"] for frame in frames) / (0.1 * len(frames)))


async def test_a_spike_is_there_at_once_and_gone_when_healed(shop: Watched) -> None:
    assert offered_per_s(await shop.next_frames(10)) == pytest.approx(60, abs=35)
    fault = await shop.fault("spike", "users", params={"factor": 5.0})
    assert fault["acknowledged_by"] == ["users"]
    await shop.next_frames(1)
    assert offered_per_s(await shop.next_frames(10)) == pytest.approx(300, rel=0.3)
    await shop.heal(fault)
    await shop.next_frames(2)
    assert offered_per_s(await shop.next_frames(10)) == pytest.approx(60, abs=35)


async def test_a_ramp_grows(shop: Watched) -> None:
    await shop.fault("ramp", "users", params={"factor": 8.0, "over_s": 1.5})
    began = offered_per_s(await shop.next_frames(5))
    await shop.see(lambda frames: offered_per_s(frames) > 350, "eight times sixty, nearly")
    assert began < 330


async def test_a_spike_outlives_the_users_process(shop: Watched) -> None:
    await shop.fault("spike", "users", params={"factor": 5.0})
    last = shop.last_event
    shop.kill("users")
    await shop.event("process_up", "users", last)
    await shop.next_frames(2)
    assert offered_per_s(await shop.next_frames(10)) == pytest.approx(300, rel=0.3)


async def test_a_new_rate_holds_from_the_answer_on(shop: Watched) -> None:
    answer = await shop.do("set_users", rate_per_s=300)
    assert answer["rate_per_s"] == 300.0
    await shop.next_frames(1)
    assert offered_per_s(await shop.next_frames(10)) == pytest.approx(300, rel=0.3)
    await shop.do("set_users", rate_per_s=0)
    await shop.next_frames(1)
    assert offered_per_s(await shop.next_frames(5)) == 0
    assert shop.lab.state()["users"]["rate_per_s"] == 0


async def test_the_mix_is_changed(shop: Watched) -> None:
    await shop.do("set_users", mix=[{"route": "/order", "share": 1, "priority": "default"}])
    await shop.next_frames(5)
    frames = await shop.next_frames(5)
    assert shop.good_of("till-1", frames) > 0
    assert shop.good_of("back-1", frames) + shop.good_of("back-2", frames) == 0


async def test_impatient_users_leave(shop: Watched) -> None:
    await shop.fault("latency", "back", params={"mean_s": 0.5})
    await shop.do("set_users", patience_s=0.1)
    await shop.see(lambda frames: shop.user_counts(frames)[3] > 3, "users who timed out")


async def test_more_than_the_bound_is_dropped_and_counted(shop: Watched) -> None:
    await shop.fault("hang", "front")
    await shop.do("set_users", rate_per_s=300, max_in_flight=10)
    await shop.see(
        lambda frames: (
            frames[-1]["users"]["dropped"] > 5 and frames[-1]["users"]["in_flight"] == 10
        ),
        "dropped users",
    )


async def test_a_route_that_does_not_exist_changes_nothing(shop: Watched) -> None:
    before = shop.lab.state()["users"]
    for mix in ([{"route": "/none", "share": 1}], [{"route": "/page", "share": 0}]):
        with pytest.raises(CommandError) as refused:
            await shop.do("set_users", rate_per_s=1, mix=mix)
        assert refused.value.field == "mix"
    assert shop.lab.state()["users"] == before


async def test_frozen_users_are_unknown_not_their_last_good_numbers(shop: Watched) -> None:
    shop.stop("users")
    await shop.see(lambda frames: frames[-1]["users"]["in_flight"] is None, "unknown users")
    await shop.is_in("users", "hung")
    shop.go_on("users")
    await shop.see(lambda frames: frames[-1]["users"]["in_flight"] is not None, "known users")
