"""Restarts by policy, whoever ended the process; and what the kernel says is what is shown."""

import pytest

from tests.cluster.kernel import is_alive
from tests.cluster.watched import Watched, curl


async def test_a_crash_loop_is_given_up_until_somebody_restarts_it(shop: Watched) -> None:
    await shop.do("set_service", service="back", restart={"base_s": 0.05, "cap_s": 0.05})
    last = shop.last_event
    for _ in range(5):
        await shop.is_in("back-1", "up")
        shop.kill("back-1")
        await shop.event("process_exit", "back-1", last)
        last = shop.last_event
    given_up = await shop.event("restart_given_up", "back-1")
    assert "5 crashes within 30 s (limit 4)" in given_up["text"]
    unit = shop.unit("back-1")
    assert (unit["state"], unit["pid"], unit["restarts"]) == ("down", None, 5)
    await shop.next_frames(5)
    assert shop.unit("back-1")["state"] == "down"
    assert shop.unit("back-2")["state"] == "up"
    answer = await shop.do("act", target="back-1", action="restart")
    assert answer == {"restarted": ["back-1"]}
    await shop.is_in("back-1", "up")


@pytest.mark.parametrize("name", ["back-1", "users", "network", "front-1"])
async def test_an_accident_takes_the_same_path_as_a_crash_on_purpose(
    name: str, shop: Watched
) -> None:
    last, pid = shop.last_event, shop.kill(name)
    gone = await shop.event("process_exit", name, last)
    assert gone["text"] == f"{name} killed by SIGKILL"
    up = await shop.event("process_up", name, gone["id"])
    assert shop.unit(name)["pid"] != pid
    assert not is_alive(pid)
    assert up["t"] > gone["t"]
    await shop.flows()


@pytest.mark.parametrize("name", ["back-1", "users", "network"])
async def test_a_stop_from_outside_is_shown_and_so_is_its_end(name: str, shop: Watched) -> None:
    last = shop.last_event
    shop.stop(name)
    stopped = await shop.event("process_stopped", name, last)
    assert stopped["text"] == f"{name} stopped by SIGSTOP"
    assert shop.unit(name)["state"] == "hung"
    shop.go_on(name)
    await shop.event("process_continued", name, last)
    assert shop.unit(name)["state"] == "up"
    await shop.flows()


async def test_a_restart_by_hand_is_at_once_and_no_crash(shop: Watched) -> None:
    await shop.do("set_service", service="back", restart={"base_s": 30.0, "cap_s": 30.0})
    before = [shop.unit(f"back-{n}") for n in (1, 2)]
    last = shop.last_event
    answer = await shop.do("act", target="back", action="restart")
    assert answer == {"restarted": ["back-1", "back-2"]}
    for old in before:
        await shop.event("process_up", old["name"], last)
        new = shop.unit(old["name"])
        assert new["pid"] != old["pid"]
        assert new["restarts"] == 0
        assert (await curl(new["port"]))[0] == 200


async def test_without_restarts_a_crash_is_for_good(shop: Watched) -> None:
    await shop.do("set_service", service="back", restart={"restart": False})
    last = shop.last_event
    await shop.fault("crash", "back-1")
    given_up = await shop.event("restart_given_up", "back-1", last)
    assert "restarts are switched off" in given_up["text"]
    await shop.next_frames(5)
    assert shop.unit("back-1")["state"] == "down"


async def test_the_last_lines_of_the_log_stay_over_a_restart(shop: Watched) -> None:
    old = shop.unit("back-1")["pid"]
    last = shop.last_event
    await shop.fault("crash", "back-1")
    await shop.event("process_up", "back-1", last)
    new = shop.unit("back-1")["pid"]
    lines = (await shop.do("log", instance="back-1"))["lines"]
    text = "\n".join(lines)
    assert f"pid {old}" in text
    assert text.index(f"pid {old}") < text.index(f"pid {new}")
    assert len(lines) <= 200


async def test_a_long_frozen_process_goes_on_as_if_nothing_had_been(shop: Watched) -> None:
    """Thousands of messages wait for it; none of them may end it."""
    fault = await shop.fault("hang", "back-1")
    unit = shop.lab.crew.instances["back-1"]
    pid = shop.unit("back-1")["pid"]
    for _ in range(5000):
        shop.lab._supervisor.tell(unit, "spans", {"traces": ["0" * 32]})
    await shop.heal(fault)
    await shop.is_in("back-1", "up")
    fields = {"capacity": 8, "queue": 16, "guards": {}, "is_deep": False}
    answered = await shop.lab._supervisor.order(unit, "resize", fields)
    assert answered == {}
    assert shop.unit("back-1")["pid"] == pid
